import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly [keyword: string]: unknown;
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> } }>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** What gives a text a form: it then holds an id, a time or one of some words, and no sentence. */
const FORMS = ['pattern', 'enum', 'format', 'const', 'x-qazyna-free-text'];
/** Asks for letters and is recorded nowhere. */
const FILTERS = new Set(['ReplaySelection']);

/** Texts of request bodies that could hold any sentence and are not searched for personal data. */
function unsearched({ paths, components: { schemas } }: OpenApi): string[] {
  const found: string[] = [];
  const seen = new Set<string>();
  const visit = (schema: Schema, place: string): void => {
    const name = schema.$ref?.split('/').at(-1);
    if (name !== undefined && !seen.has(name) && !FILTERS.has(name)) {
      seen.add(name);
      visit(schemas[name] ?? {}, name);
    }
    for (const part of [...(schema.allOf ?? []), ...(schema.oneOf ?? []), ...(schema.anyOf ?? []), ...(schema.items === undefined ? [] : [schema.items])]) visit(part, place);
    for (const [property, inner] of Object.entries(schema.properties ?? {})) {
      if (inner.type === 'string' && !FORMS.some((form) => inner[form] !== undefined)) found.push(`${place}.${property}`);
      visit(inner, `${place}.${property}`);
    }
  };
  for (const [path, operations] of Object.entries(paths)) {
    for (const { requestBody } of Object.values(operations)) for (const { schema } of Object.values(requestBody?.content ?? {})) visit(schema ?? {}, path);
  }
  return found;
}

const published = JSON.parse(readFileSync(join(import.meta.dirname, '../../docs/openapi.json'), 'utf8')) as OpenApi;

describe('texts in request bodies', () => {
  it('have a form, or are free text that is searched for personal data', () => {
    expect(unsearched(published)).toEqual([]);
  });

  it('would be seen without either', () => {
    const body = (schema: Schema): OpenApi => ({ paths: { '/x': { post: { requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Decision' } } } } } } }, components: { schemas: { Decision: { properties: { reasons: { items: { properties: { why: schema } } } } } } } });
    expect(unsearched(body({ type: 'string', maxLength: 500 }))).toEqual(['Decision.reasons.why']);
    expect(unsearched(body({ type: 'string', 'x-qazyna-free-text': true }))).toEqual([]);
    expect(unsearched(published).length).toBeLessThan(unsearched({ ...published, components: { schemas: strippedOfForms(published) } }).length);
  });
});

function strippedOfForms({ components: { schemas } }: OpenApi): Record<string, Schema> {
  return JSON.parse(JSON.stringify(schemas, (key, value: unknown) => (key === 'x-qazyna-free-text' ? undefined : value))) as Record<string, Schema>;
}
