import { ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { fieldErrors, passedOver, personalDataFaults, type FieldError, type MessageClass } from '@qazyna/contracts';
import type { ValidationError } from 'class-validator';
import { ProblemError } from './problem.js';

/** Most broken rules reported at once; a hostile body must not become a huge answer. */
const ERRORS_MAX = 100;

/**
 * The pipe at every HTTP door: unknown fields are errors, nothing is converted between types, and every broken rule
 * of every field is named.
 */
export function strictValidationPipe(): ValidationPipe {
  return new DoorPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    validationError: { target: false, value: false },
    exceptionFactory: validationProblem,
  });
}

/** Nest takes these out of what came before anybody can see them. */
const STRIPPED: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/** What is of the right shape may still hold, in its free text, what must never enter a stream. */
class DoorPipe extends ValidationPipe {
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const stripped = STRIPPED.filter((name) => typeof value === 'object' && value !== null && Object.hasOwn(value, name));
    if (stripped.length > 0) throw problemOfErrors(stripped.map((field) => ({ field, rule: 'whitelistValidation', message: `${field} is not a known field` })));
    const sound: unknown = await super.transform(value, metadata);
    const dropped = sound === value ? [] : passedOver(value, sound);
    if (dropped.length > 0) throw problemOfErrors(dropped);
    const faults = metadata.metatype === undefined ? [] : personalDataFaults(metadata.metatype as MessageClass, sound);
    if (faults.length > 0) throw problemOfErrors(faults);
    return sound;
  }
}

function validationProblem(errors: ValidationError[]): ProblemError {
  return problemOfErrors(fieldErrors(errors));
}

function problemOfErrors(all: readonly FieldError[]): ProblemError {
  const shown = all.slice(0, ERRORS_MAX).map((error) => ({ field: error.field, code: error.rule, message: error.message }));
  const detail = all.length === 1 ? (all[0]?.message ?? 'a field is wrong') : `${all.length} rules are broken${all.length > ERRORS_MAX ? `; the first ${ERRORS_MAX} are listed` : ''}`;
  return new ProblemError(400, 'validation-failed', detail, { errors: shown });
}
