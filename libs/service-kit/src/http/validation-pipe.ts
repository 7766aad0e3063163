import { ValidationPipe } from '@nestjs/common';
import { fieldErrors } from '@qazyna/contracts';
import type { ValidationError } from 'class-validator';
import { ProblemError } from './problem.js';

/** Most broken rules reported at once; a hostile body must not become a huge answer. */
const ERRORS_MAX = 100;

/**
 * The pipe at every HTTP door: unknown fields are errors, nothing is converted between types, and every broken rule
 * of every field is named.
 */
export function strictValidationPipe(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    validationError: { target: false, value: false },
    exceptionFactory: validationProblem,
  });
}

function validationProblem(errors: ValidationError[]): ProblemError {
  const all = fieldErrors(errors);
  const shown = all.slice(0, ERRORS_MAX).map((error) => ({ field: error.field, code: error.rule, message: error.message }));
  const detail = all.length === 1 ? (all[0]?.message ?? 'a field is wrong') : `${all.length} rules are broken${all.length > ERRORS_MAX ? `; the first ${ERRORS_MAX} are listed` : ''}`;
  return new ProblemError(400, 'validation-failed', detail, { errors: shown });
}
