import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import { modernise } from './json-schema-2020.js';

export interface OpenApiInfo {
  readonly title: string;
  readonly description?: string;
  /** Version of the API, not of the build. */
  readonly version?: string;
}

const BEARER = 'bearer';
const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

const PROBLEM_SCHEMA = {
  type: 'object',
  description: 'RFC 9457 problem details',
  required: ['type', 'title', 'status', 'code', 'detail', 'instance', 'correlationId'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'Stable, kebab-case; programs decide by it' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    correlationId: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['field', 'code', 'message'],
        properties: { field: { type: 'string' }, code: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
};

const IDEMPOTENCY_PARAMETER = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'A name of your own for this request, 1 to 128 visible ASCII characters. The same request with the same key is answered as it was the first time, with ' +
    '`Idempotency-Replayed: true`; another request with it is refused (422), and while the first is in hand so is its repetition (409).',
  schema: { type: 'string', minLength: 1, maxLength: 128 },
  example: 'b7e7f0a2-6f0e-4c0b-9d59-0a2f3f6f4d11',
};

interface Operation {
  security?: unknown;
  parameters?: unknown[];
  responses?: Record<string, unknown>;
  [extension: string]: unknown;
}

/** The service's HTTP interface as OpenAPI 3.1, from its controllers and DTOs. */
export function buildOpenApi(app: INestApplication, info: OpenApiInfo): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(info.title)
    .setDescription(info.description ?? '')
    .setVersion(info.version ?? '1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, BEARER)
    .build();
  const document = SwaggerModule.createDocument(app, config, { operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}` });
  for (const path of Object.values(document.paths)) {
    for (const method of METHODS) {
      const operation = (path as Record<string, Operation | undefined>)[method];
      if (operation === undefined) continue;
      if (method !== 'get' && operation['x-qazyna-public'] !== true) operation.parameters = [...(operation.parameters ?? []), IDEMPOTENCY_PARAMETER];
      complete(operation);
    }
  }
  document.components = { ...document.components, schemas: { ...document.components?.schemas, Problem: PROBLEM_SCHEMA } };
  return modernise(document);
}

/** Says of each operation what the guard and the filter do to it. */
function complete(operation: Operation): void {
  if (operation['x-qazyna-public'] === true) operation.security = [];
  else operation.security = [{ [BEARER]: [] }];
  delete operation['x-qazyna-public'];
  operation.responses = {
    ...operation.responses,
    default: { description: 'Problem', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } },
  };
}
