import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import fc from 'fast-check';
import { EVENT_CATALOGUE, UPSTREAM_CATALOGUE } from './catalogue.js';
import { declaredFields, jsonSchemaOf, type JsonSchema, type MessageClass } from './fields.js';
import { soundInstance } from './sound-instance.js';
import { SeizureFact } from './upstream/seizure-fact.js';
import { parseMessage, STRICT } from './validator.js';

const classes: MessageClass[] = [...new Set([...EVENT_CATALOGUE, ...UPSTREAM_CATALOGUE].map(({ schema }) => schema))];

/** Bodies that keep the rules of a schema, as far as its keywords say. */
function soundBody(type: MessageClass): fc.Arbitrary<Record<string, unknown>> {
  const nested = new Map<string, MessageClass>();
  const { properties, required } = jsonSchemaOf(type, '', (inner) => nested.set(inner.name, inner)) as { properties: Record<string, JsonSchema>; required?: string[] };
  const valueOf = (schema: JsonSchema): fc.Arbitrary<unknown> => {
    if (typeof schema['$ref'] === 'string') return soundBody(nested.get(schema['$ref']) as MessageClass);
    if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]));
    if (schema['type'] === 'array') {
      const [items, length] = [valueOf(schema['items'] as JsonSchema), { minLength: (schema['minItems'] as number | undefined) ?? 0, maxLength: Math.min(schema['maxItems'] as number, 3) }];
      return schema['uniqueItems'] === true ? fc.uniqueArray(items, length) : fc.array(items, length);
    }
    if (schema['type'] === 'integer') return fc.integer({ min: schema['minimum'] as number, max: schema['maximum'] as number });
    if (schema['type'] === 'boolean') return fc.boolean();
    if (schema['format'] === 'date-time') return fc.constantFrom('2024-02-29T00:00:00Z', '2026-03-01T09:30:00.5Z');
    if (typeof schema['pattern'] === 'string') return fc.stringMatching(new RegExp(schema['pattern'])).filter((text) => text.length <= ((schema['maxLength'] as number | undefined) ?? Infinity));
    return fc.string({ minLength: schema['minLength'] as number, maxLength: Math.min(schema['maxLength'] as number, 20), unit: 'grapheme' });
  };
  const known = Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, valueOf(schema)]));
  return fc.record(known, { requiredKeys: required ?? [] });
}

/** One place of a body, however deep, replaced by something else, dropped, or given a neighbour. */
function broken(body: Record<string, unknown>, path: readonly number[], replacement: unknown, how: 'replace' | 'drop' | 'add'): unknown {
  const copy = structuredClone(body);
  let at: Record<string, unknown> = copy;
  for (const step of path) {
    const inner = Object.values(at).filter((value): value is Record<string, unknown> => typeof value === 'object' && value !== null);
    const next = inner[step % Math.max(inner.length, 1)];
    if (next === undefined) break;
    at = next;
  }
  const keys = Object.keys(at);
  const key = keys[(path[0] ?? 0) % Math.max(keys.length, 1)] ?? 'field';
  if (how === 'drop') Reflect.deleteProperty(at, key);
  else at[how === 'add' ? 'neighbour' : key] = replacement;
  return copy;
}

const bySlowRules = (type: MessageClass, body: Record<string, unknown>): boolean => validateSync(plainToInstance(type, body), STRICT).length === 0;

describe.each(classes.map((type) => [type.name, type] as const))('a body of %s', (_name, type) => {
  it('is found sound when it is, and never where class-validator finds a fault', () => {
    const odd = fc.oneof(fc.jsonValue(), fc.constantFrom(null, undefined, NaN, -1, 1.5, '', ' ', '0', '-1', '😀'.repeat(40), 'x'.repeat(70_000), [], {}, '2026-02-31T00:00:00Z'));
    fc.assert(
      fc.property(soundBody(type), fc.array(fc.nat({ max: 9 }), { maxLength: 3 }), odd, fc.constantFrom('replace', 'drop', 'add'), (body, path, replacement, how) => {
        expect(soundInstance(type, body)).toEqual(plainToInstance(type, body));
        const other = broken(body, path, replacement, how) as Record<string, unknown>;
        if (soundInstance(type, other) !== undefined) expect(bySlowRules(type, other)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a list of objects', () => {
  const fact = { agency: 'afm', caseNumber: '1', act: 'reported', document: { reference: 'r', authority: 'court', sha256: 'c0'.repeat(32) }, actAt: '2026-03-01T00:00:00Z', effectiveAt: '2026-03-01T00:00:00Z' };
  it.each([[[[]]], [[[[[]]]]], [[[{}]]], [[null]], [['x']], [[1]], [[[{ asset: 'a' }]]]])('takes no %j', (assets) => {
    const parsed = parseMessage(SeizureFact, { ...fact, assets });
    expect(parsed.ok ? 'taken' : parsed.errors.map(({ field }) => field.split('.')[0])).toContain('assets');
  });
});

describe('the examples of fields', () => {
  /** A body with every field, each as its own example says. */
  const exampleOf = (type: MessageClass): Record<string, unknown> =>
    Object.fromEntries(
      declaredFields(type).map(({ name, schema, nested }) => {
        const [example] = (schema['examples'] as readonly unknown[] | undefined) ?? [];
        const made = nested === undefined ? (example ?? (schema['maxLength'] !== undefined && schema['pattern'] === undefined ? 'a sentence' : undefined)) : nested.array ? [exampleOf(nested.of())] : exampleOf(nested.of());
        return [name, made];
      }),
    );

  it.each([...new Set(UPSTREAM_CATALOGUE.map(({ schema }) => schema))].map((type) => [type.name, type] as const))('of %s are sound', (_name, type) => {
    const parsed = parseMessage(type, exampleOf(type));
    expect(parsed.ok ? [] : parsed.errors.map(({ field, message }) => `${field}: ${message}`)).toEqual([]);
  });
});
