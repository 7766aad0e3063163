/** Samples of what a JSON Schema describes. */

export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly example?: unknown;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly minLength?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly allOf?: readonly Schema[];
}

/** A value that a schema describes, of its own examples where it has any. */
export function sampleOf(schema: Schema | undefined, schemas: Readonly<Record<string, Schema>>, depth = 0): unknown {
  const sample = (each: Schema | undefined): unknown => sampleOf(each, schemas, depth + 1);
  if (schema === undefined || depth > 16) return 'x';
  if (schema.$ref !== undefined) return sample(schemas[schema.$ref.split('/').at(-1) ?? '']);
  const [given] = schema.examples ?? [schema.example];
  if (given !== undefined) return given;
  if (schema.default !== undefined) return schema.default;
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.allOf !== undefined) return sample(schema.allOf[0]);
  if (schema.type === 'array') {
    const item = sample(schema.items);
    return item === undefined ? undefined : [item];
  }
  // A cursor is the `next` of an answer: nobody has one before.
  if (schema.type === 'object' || schema.properties !== undefined) return Object.fromEntries(Object.entries(schema.properties ?? {}).filter(([name]) => name !== 'after').map(([name, each]) => [name, sample(each)]));
  if (schema.type === 'integer' || schema.type === 'number') return schema.minimum ?? 1;
  if (schema.type === 'boolean') return true;
  if (schema.format === 'date-time') return '2026-03-01T00:00:00Z';
  // Nobody can guess what a pattern means: a field without an example is left out.
  return schema.pattern === undefined ? 'x'.repeat(Math.max(1, schema.minLength ?? 1)) : undefined;
}
