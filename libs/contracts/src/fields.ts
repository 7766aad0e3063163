/**
 * One decorator says everything about a field: how it is checked (class-validator), how it looks in OpenAPI
 * (Nest) and in JSON Schema 2020-12 (AsyncAPI, docs). So a DTO is written once for HTTP, Kafka and event streams.
 */
import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsDefined,
  IsIn,
  IsInt,
  IsObject,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

/** The part of JSON Schema 2020-12 that messages use. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** Any class whose instances are message bodies. */
export type MessageClass<T extends object = object> = new () => T;

/** Whether a value meets every rule of a field; never true where the field's class-validator checks find a fault. */
export type FieldTest = (value: unknown) => boolean;

export interface FieldRecord {
  readonly name: string;
  readonly required: boolean;
  readonly schema: JsonSchema;
  /** For nested fields only the rules of the field itself, such as a list's length. */
  readonly test: FieldTest;
  readonly nested?: { readonly of: () => MessageClass; readonly array: boolean };
  /** Whether people write sentences here: at the doors it is searched for personal data. */
  readonly freeText?: boolean;
}

export interface FieldOptions {
  readonly description: string;
  readonly example?: unknown;
  readonly optional?: boolean;
}

const fieldsOf = new WeakMap<object, FieldRecord[]>();

function define(options: FieldOptions, schema: JsonSchema, test: FieldTest, checks: readonly PropertyDecorator[], nested?: FieldRecord['nested'], freeText = false): PropertyDecorator {
  const required = options.optional !== true;
  const described: JsonSchema = {
    ...schema,
    description: options.description,
    ...(options.example === undefined ? {} : { examples: [options.example] }),
  };
  return (target, key) => {
    for (const check of checks) check(target, key);
    // A field is left out or has a value. Null is neither: read by those who ask "is it there?", it is a third thing.
    (required ? IsDefined() : ValidateIf((_body, value) => value !== undefined))(target, key);
    // The class of a nested field says its type, and that of a list's items: the schema's own word would hide it.
    const { type: ownType = 'object', ...bounds } = described;
    ApiProperty({
      required,
      type: nested ? (nested.array ? [nested.of()] : nested.of()) : ownType,
      ...bounds,
      ...(options.example === undefined ? {} : { example: options.example }),
    } as Parameters<typeof ApiProperty>[0])(target, key);
    const owner = target.constructor;
    const known = fieldsOf.get(owner) ?? [];
    fieldsOf.set(owner, [...known, { name: String(key), required, schema: described, test, ...(nested ? { nested } : {}), ...(freeText ? { freeText } : {}) }]);
  };
}

/** Fields of a message class in the order they are written, parents' first. */
export function declaredFields(type: MessageClass): FieldRecord[] {
  const parent = Object.getPrototypeOf(type) as MessageClass | null;
  return [...(parent && parent !== Function.prototype ? declaredFields(parent) : []), ...(fieldsOf.get(type) ?? [])];
}

/** JSON Schema 2020-12 of a message class; nested classes are `$ref`s below `refPrefix` and are reported through `onNested`. */
export function jsonSchemaOf(type: MessageClass, refPrefix: string, onNested?: (nested: MessageClass) => void): JsonSchema {
  const properties: Record<string, JsonSchema> = {};
  const required: string[] = [];
  for (const field of declaredFields(type)) {
    if (field.required) required.push(field.name);
    if (!field.nested) {
      properties[field.name] = field.schema;
      continue;
    }
    const of = field.nested.of();
    onNested?.(of);
    const ref = { $ref: `${refPrefix}${of.name}` };
    properties[field.name] = field.nested.array ? { ...field.schema, items: ref } : { ...field.schema, ...ref };
  }
  return { type: 'object', additionalProperties: false, properties, ...(required.length > 0 ? { required } : {}) };
}

const INSTANT = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,3})?Z$/;

/** A moment as RFC 3339 in UTC with at most milliseconds; 31 February is refused, not moved to March. */
export function isInstant(value: unknown): value is string {
  if (typeof value !== 'string' || !INSTANT.test(value)) return false;
  const time = new Date(value);
  return !Number.isNaN(time.getTime()) && time.toISOString().slice(0, 19) === value.slice(0, 19);
}

const DAY = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

/** A day of the calendar: 31 February is none. */
function isDay(value: unknown): value is string {
  return typeof value === 'string' && DAY.test(value) && isInstant(`${value}T00:00:00Z`);
}

/** As class-validator counts: a surrogate pair, or a character with its presentation selector, is one. */
function isLength(text: string, min: number, max: number): boolean {
  const length = COUNTED_DIFFERENTLY.test(text) ? text.length - (text.match(SELECTED)?.length ?? 0) - (text.match(SURROGATE_PAIRS)?.length ?? 0) : text.length;
  return length >= min && length <= max;
}

const COUNTED_DIFFERENTLY = /[\uD800-\uDFFF\uFE0E\uFE0F]/;
const SELECTED = /[^\uFE0F\uFE0E][\uFE0F\uFE0E]/g;
const SURROGATE_PAIRS = /[\uD800-\uDBFF][\uDC00-\uDFFF]/g;

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface TextRules extends FieldOptions {
  readonly min?: number;
  readonly max: number;
  readonly pattern?: RegExp;
  /** Says the pattern in words, for the error message. */
  readonly patternMeans?: string;
}

const BASE_UNITS_POSITIVE = /^[1-9][0-9]{0,39}$/;
const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$/;
const BASE_UNITS_SIGNED = /^(0|-?[1-9][0-9]{0,39})$/;

export const Field = {
  text(rules: TextRules): PropertyDecorator {
    const { min = 1, max, pattern } = rules;
    const test: FieldTest = (value) => typeof value === 'string' && isLength(value, min, max) && (pattern === undefined || pattern.test(value));
    return define(rules, { type: 'string', minLength: min, maxLength: max, ...(pattern ? { pattern: pattern.source } : {}) }, test, [
      IsString(),
      MinLength(min),
      MaxLength(max),
      ...(pattern ? [Matches(pattern, { message: `$property must be ${rules.patternMeans ?? `text matching ${pattern.source}`}` })] : []),
    ]);
  },

  /**
   * A sentence that a person writes. At the doors it may hold no personal data (`personalDataFaults`); `why` says what
   * the longest text must have room for.
   */
  freeText(rules: Omit<TextRules, 'pattern' | 'patternMeans'> & { readonly why: string }): PropertyDecorator {
    const { min = 1, max, why } = rules;
    const description = `${rules.description}. Free text of at most ${max} characters: ${why}. No personal data`;
    const test: FieldTest = (value) => typeof value === 'string' && isLength(value, min, max);
    return define({ ...rules, description }, { type: 'string', minLength: min, maxLength: max, 'x-qazyna-free-text': true }, test, [IsString(), MinLength(min), MaxLength(max)], undefined, true);
  },

  oneOf(values: readonly string[], options: FieldOptions): PropertyDecorator {
    const allowed: ReadonlySet<unknown> = new Set(values);
    return define({ example: values[0], ...options }, { type: 'string', enum: values }, (value) => allowed.has(value), [IsIn([...values], { message: `$property must be one of ${values.join(', ')}` })]);
  },

  /** A positive amount in the asset's base units, as a decimal string. */
  baseUnits(options: FieldOptions): PropertyDecorator {
    return define({ example: '149377', ...options }, { type: 'string', pattern: BASE_UNITS_POSITIVE.source }, (value) => typeof value === 'string' && BASE_UNITS_POSITIVE.test(value), [
      Matches(BASE_UNITS_POSITIVE, { message: '$property must be a positive whole number of base units, as a decimal string' }),
    ]);
  },

  /** A posting's amount: debits positive, credits negative. */
  signedBaseUnits(options: FieldOptions): PropertyDecorator {
    return define({ example: '-149377', ...options }, { type: 'string', pattern: BASE_UNITS_SIGNED.source }, (value) => typeof value === 'string' && BASE_UNITS_SIGNED.test(value), [
      Matches(BASE_UNITS_SIGNED, { message: '$property must be a whole number of base units, as a decimal string' }),
    ]);
  },

  instant(options: FieldOptions): PropertyDecorator {
    return define({ example: '2026-03-01T09:30:00Z', ...options }, { type: 'string', format: 'date-time', pattern: INSTANT.source }, isInstant, [
      ValidateBy({
        name: 'isInstant',
        validator: { validate: isInstant, defaultMessage: () => '$property must be an RFC 3339 time in UTC, such as 2026-03-01T09:30:00Z' },
      }),
    ]);
  },

  day(options: FieldOptions): PropertyDecorator {
    return define({ example: '2026-03-01', ...options }, { type: 'string', format: 'date', pattern: DAY.source }, isDay, [
      ValidateBy({ name: 'isDay', validator: { validate: isDay, defaultMessage: () => '$property must be a day of the calendar, such as 2026-03-01' } }),
    ]);
  },

  sha256(options: FieldOptions): PropertyDecorator {
    return Field.text({ example: 'c0'.repeat(32), ...options, min: 64, max: 64, pattern: /^[0-9a-f]{64}$/, patternMeans: 'a SHA-256 in 64 lower-case hex digits' });
  },

  uuid(options: FieldOptions): PropertyDecorator {
    return Field.text({ example: '462309d7-4ae0-51a5-8da9-b29e644ed8e1', ...options, min: 36, max: 36, pattern: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, patternMeans: 'a UUID in lower case' });
  },

  /** Small whole numbers that are not amounts: heights, indexes, counts. */
  integer(options: FieldOptions & { readonly min: number; readonly max: number }): PropertyDecorator {
    const { min, max } = options;
    return define({ example: min, ...options }, { type: 'integer', minimum: min, maximum: max }, (value) => Number.isInteger(value) && (value as number) >= min && (value as number) <= max, [IsInt(), Min(min), Max(max)]);
  },

  flag(options: FieldOptions): PropertyDecorator {
    return define({ example: true, ...options }, { type: 'boolean' }, (value) => typeof value === 'boolean', [IsBoolean()]);
  },

  /** Several short texts, none twice. */
  texts(options: FieldOptions & { readonly min?: number; readonly max: number; readonly maxLength: number; readonly pattern: RegExp; readonly patternMeans: string }): PropertyDecorator {
    const { min = 1, max, maxLength, pattern, patternMeans } = options;
    const test: FieldTest = (value) =>
      Array.isArray(value) && value.length >= min && value.length <= max && Array.from(value as unknown[]).every((each) => typeof each === 'string' && each.length <= maxLength && pattern.test(each)) && new Set(value).size === value.length;
    const schema = { type: 'array', minItems: min, maxItems: max, uniqueItems: true, items: { type: 'string', minLength: 1, maxLength, pattern: pattern.source } };
    return define(options, schema, test, [
      ValidateBy({ name: 'isTexts', validator: { validate: test, defaultMessage: () => `$property must be ${min} to ${max} different entries, each ${patternMeans} of at most ${maxLength} characters` } }),
    ]);
  },

  /** Several whole numbers that are not amounts, none twice. */
  integers(options: FieldOptions & { readonly min: number; readonly max: number; readonly maxCount: number }): PropertyDecorator {
    const { min, max, maxCount } = options;
    const test: FieldTest = (value) =>
      Array.isArray(value) && value.length <= maxCount && Array.from(value as unknown[]).every((each) => Number.isInteger(each) && (each as number) >= min && (each as number) <= max) && new Set(value).size === value.length;
    return define(options, { type: 'array', maxItems: maxCount, uniqueItems: true, items: { type: 'integer', minimum: min, maximum: max } }, test, [
      ValidateBy({ name: 'isIntegers', validator: { validate: test, defaultMessage: () => `$property must be at most ${maxCount} different whole numbers from ${min} to ${max}` } }),
    ]);
  },

  /** A text for people in several languages, English among them. */
  translations(options: FieldOptions): PropertyDecorator {
    const test: FieldTest = (value) =>
      isPlainObject(value) && Object.hasOwn(value, 'en') && Object.entries(value).every(([language, text]) => LANGUAGE.test(language) && typeof text === 'string' && text.trim() !== '' && text.length <= 300);
    const schema = { type: 'object', required: ['en'], propertyNames: { pattern: LANGUAGE.source }, additionalProperties: { type: 'string', minLength: 1, maxLength: 300, pattern: '\\S' } };
    return define({ example: { en: 'Restriction' }, ...options }, schema, test, [
      ValidateBy({ name: 'isTranslations', validator: { validate: test, defaultMessage: () => '$property must give a text of at most 300 characters for each language tag, and one for "en"' } }),
    ]);
  },

  nested(of: () => MessageClass, options: FieldOptions): PropertyDecorator {
    return define(options, {}, isPlainObject, [IsObject(), ValidateNested(), Type(of)], { of, array: false });
  },

  list(of: () => MessageClass, options: FieldOptions & { readonly min?: number; readonly max: number }): PropertyDecorator {
    const { min = 0, max } = options;
    return define(
      options,
      { type: 'array', minItems: min, maxItems: max },
      (value) => Array.isArray(value) && value.length >= min && value.length <= max,
      // A list in a list is no item: class-validator looks into it, and takes an empty one for sound.
      [IsArray(), ArrayMinSize(min), ArrayMaxSize(max), IsObject({ each: true }), ValidateNested({ each: true }), Type(of)],
      { of, array: true },
    );
  },
};
