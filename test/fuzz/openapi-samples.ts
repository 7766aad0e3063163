import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { ACQUISITION_FACT_TYPE, ENERGY_READING_TYPE, MINING_EARNINGS_TYPE, MINING_PAYOUT_TYPE, SEIZURE_FACT_TYPE } from '@qazyna/contracts';
import { sampleOf, type Schema } from './samples.js';

/** What the published description of the HTTP interface says of each operation, as far as somebody who attacks it needs it. */

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly schema?: Schema;
  readonly example?: unknown;
}

interface Described {
  readonly parameters?: readonly Parameter[];
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: object }>> }>>;
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema; readonly example?: unknown; readonly examples?: Readonly<Record<string, { readonly value?: unknown }>> }>> };
  readonly 'x-qazyna-roles'?: readonly string[];
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly { readonly name: string; readonly in: Parameter['in']; readonly sample: string }[];
  readonly roles: readonly string[];
  /** One for each media type, as text; undefined where no body is taken. */
  readonly bodies: readonly { readonly mediaType: string; readonly text: string }[];
  /** What of an answer in JSON is not as it is described; undefined where all is. */
  readonly misdescribed: (status: number, answer: unknown) => string | undefined;
}

/** Doors for CloudEvents: what they take, which the description of a body cannot say. */
export const MESSAGE_TYPES: Readonly<Record<string, string>> = {
  '/v1/seizure-facts': SEIZURE_FACT_TYPE, '/v1/acquisition-facts': ACQUISITION_FACT_TYPE, '/v1/payouts': MINING_PAYOUT_TYPE, '/v1/earnings': MINING_EARNINGS_TYPE, '/v1/energy-readings': ENERGY_READING_TYPE,
};

const DOCUMENT = 'openapi';

/** Every operation of `docs/openapi.json`, with a sample of what it takes. */
export function describedOperations(): Operation[] {
  const { paths, components } = JSON.parse(readFileSync(join(import.meta.dirname, '../../docs/openapi.json'), 'utf8')) as Document;
  const sample = (schema: Schema | undefined): unknown => sampleOf(schema, components.schemas);
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: DOCUMENT, components });
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody, responses, 'x-qazyna-roles': roles = [] }]): Operation => ({
      method: method.toUpperCase(),
      path,
      roles,
      misdescribed: (status, answer) => {
        const schema = responses[status]?.content?.['application/json']?.schema;
        if (schema === undefined) return `${status} in JSON is not described`;
        const isSound = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('#/components/', `${DOCUMENT}#/components/`)) as object);
        return isSound(answer) ? undefined : ajv.errorsText(isSound.errors);
      },
      parameters: parameters.map(({ name, in: place, schema, example }) => ({ name, in: place, sample: wordOf(example ?? sample(schema)) })),
      bodies: Object.entries(requestBody?.content ?? {}).map(([mediaType, { schema, example, examples }]) => {
        const value = example ?? Object.values(examples ?? {})[0]?.value ?? sample(schema);
        if (typeof value === 'string') return { mediaType, text: value };
        const event = { specversion: '1.0', id: 'sample-1', source: 'urn:qazyna:agency:afm', type: MESSAGE_TYPES[path] ?? 'unknown', data: value };
        return { mediaType, text: JSON.stringify(mediaType.endsWith('batch+json') ? [event] : mediaType === 'application/cloudevents+json' ? event : value) };
      }),
    })),
  );
}

function wordOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'x');
}
