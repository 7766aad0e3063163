import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError, type ValidatorOptions } from 'class-validator';
import { isUpstream, schemaOf } from './catalogue.js';
import { isPlainObject, type MessageClass } from './fields.js';
import { personalDataFaults } from './free-text.js';
import { soundInstance } from './sound-instance.js';

/** The same strictness at every door: unknown fields are errors, never dropped. */
export const STRICT: ValidatorOptions = {
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  validationError: { target: false },
};

export interface FieldError {
  /** Path such as `assets.0.amount`. */
  readonly field: string;
  /** Name of the rule, such as `matches`. */
  readonly rule: string;
  readonly message: string;
}

/** Flattens class-validator's tree into one line per broken rule, in the order of the fields. */
export function fieldErrors(errors: readonly ValidationError[], parent = ''): FieldError[] {
  return errors.flatMap((error) => {
    const field = parent === '' ? error.property : `${parent}.${error.property}`;
    const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({
      field,
      rule,
      message: rule === 'whitelistValidation' ? `${field} is not a known field` : withPath(message, error.property, field),
    }));
    return [...own, ...fieldErrors(error.children ?? [], field)];
  });
}

/** class-validator names the property only; messages that begin with it get the whole path, others get it in front. */
function withPath(message: string, property: string, field: string): string {
  return message.startsWith(`${property} `) ? `${field}${message.slice(property.length)}` : `${field}: ${message}`;
}

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly errors: readonly FieldError[] };

/**
 * Checks a parsed JSON body against a message class and makes its instance. What is sound is found so by the fields'
 * own tests, without class-validator's cost; what is not is given to it, for the path and the rule of each fault.
 */
export function parseMessage<T extends object>(type: MessageClass<T>, data: unknown): Parsed<T> {
  if (!isPlainObject(data)) {
    return { ok: false, errors: [{ field: '', rule: 'object', message: 'the body must be a JSON object' }] };
  }
  const sound = soundInstance(type, data);
  if (sound !== undefined) return { ok: true, value: sound };
  const value = plainToInstance(type, data);
  const errors = [...fieldErrors(validateSync(value, STRICT)), ...passedOver(data, value)];
  return errors.length === 0 ? { ok: true, value } : { ok: false, errors };
}

/**
 * class-transformer passes over names that every object has, such as `toString`, and class-validator never sees them.
 * @param made what class-transformer made of `data`
 * @returns an error for each field that was dropped
 */
export function passedOver(data: unknown, made: unknown, parent = ''): FieldError[] {
  if (typeof data !== 'object' || data === null || typeof made !== 'object' || made === null) return [];
  return Object.entries(data).flatMap(([name, value]) => {
    const field = parent === '' ? name : `${parent}.${name}`;
    if (!Object.hasOwn(made, name)) return [{ field, rule: 'whitelistValidation', message: `${field} is not a known field` }];
    return passedOver(value, (made as Record<string, unknown>)[name], field);
  });
}

export type ValidationOutcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: string; readonly field: string; readonly message: string };

/** Only of what comes from outside: what our own services say was checked when it came in. */
function personalDataRefused(messageType: string, schema: MessageClass, value: unknown): ValidationOutcome | undefined {
  const [first] = isUpstream(messageType) ? personalDataFaults(schema, value) : [];
  return first === undefined ? undefined : { ok: false, code: 'personal-data', field: first.field, message: first.message };
}

/** Validates messages of every type in the catalogue; the messaging edge takes it as its validator. */
export const catalogueValidator = {
  validate(messageType: string, data: unknown): ValidationOutcome {
    const schema = schemaOf(messageType);
    if (!schema) return { ok: false, code: 'unknown-message-type', field: 'type', message: `no message type is called ${messageType}` };
    const parsed = parseMessage(schema, data);
    if (parsed.ok) return personalDataRefused(messageType, schema, parsed.value) ?? parsed;
    const [first] = parsed.errors;
    return {
      ok: false,
      code: 'invalid-message',
      field: first?.field ?? '',
      message: parsed.errors.map((error) => error.message).join('; '),
    };
  },
};
