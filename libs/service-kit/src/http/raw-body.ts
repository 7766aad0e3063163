import { applyDecorators, createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ProblemError } from './problem.js';
import { parseStrictJson } from './strict-json.js';

/** Content types of CloudEvents over HTTP: structured, batched, and a body alone with `ce-` headers. */
export const CLOUDEVENTS_TYPES = ['application/cloudevents+json', 'application/cloudevents-batch+json', 'application/json'] as const;

const JSON_TYPE = 'application/json';

interface RawRouteConfig {
  readonly rawContentTypes?: readonly string[];
  /** Largest body of this route, where it is another than the service's. */
  readonly bodyBytesMax?: number;
}

/**
 * The route takes the body as bytes, unparsed, in these content types only: for statements kept verbatim, and for
 * CloudEvents whose numbers or signature must be read from the source text.
 */
export function ConsumesRaw(...contentTypes: readonly string[]): MethodDecorator {
  const config: RawRouteConfig = { rawContentTypes: contentTypes };
  return applyDecorators(RouteConfig(config), ApiConsumes(...contentTypes), describeBody);
}

/** As `ConsumesRaw`, for bodies of up to this many bytes: files may be larger than messages. */
export function ConsumesRawFiles(bodyBytesMax: number, ...contentTypes: readonly string[]): MethodDecorator {
  const config: RawRouteConfig = { rawContentTypes: contentTypes, bodyBytesMax };
  return applyDecorators(RouteConfig(config), ApiConsumes(...contentTypes), describeBody);
}

/** Nest sees no body where no parameter is its DTO; an `@ApiBody` written below `@ConsumesRaw` says more and stays. */
const describeBody: MethodDecorator = (target, key, descriptor) => {
  const parameters = (Reflect.getMetadata('swagger/apiParameters', descriptor.value as object) ?? []) as readonly { in?: string }[];
  if (!parameters.some((parameter) => parameter.in === 'body')) ApiBody({ required: true, schema: {}, description: 'The bytes are kept as they come' })(target, key, descriptor as PropertyDescriptor);
};

/** The body's bytes on a route marked with `@ConsumesRaw`. */
export const RawBytes = createParamDecorator((_data: unknown, context: ExecutionContext): Buffer => {
  const { body } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!Buffer.isBuffer(body) || body.length === 0) throw new ProblemError(400, 'body-missing', 'the body is empty');
  return body;
});

/** The content type without its parameters, in lower case; empty when absent. */
export function mediaTypeOf(contentType: string | undefined): string {
  return (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** Replaces Fastify's body parsers: strict JSON for ordinary routes, bytes for those that asked for them, else 415. */
export function registerBodyParsers(instance: FastifyInstance): void {
  instance.removeAllContentTypeParsers();
  instance.addHook('onRoute', (route) => {
    const { bodyBytesMax } = (route.config ?? {}) as RawRouteConfig;
    if (bodyBytesMax !== undefined) route.bodyLimit = bodyBytesMax;
  });
  instance.addContentTypeParser('*', { parseAs: 'buffer' }, (request: FastifyRequest, body: Buffer, done: (error: Error | null, body?: unknown) => void) => {
    try {
      done(null, parseBody(request, body));
    } catch (error) {
      done(error as Error);
    }
  });
}

function parseBody(request: FastifyRequest, body: Buffer): unknown {
  const mediaType = mediaTypeOf(request.headers['content-type']);
  const { rawContentTypes } = request.routeOptions.config as RawRouteConfig;
  const allowed = rawContentTypes ?? [JSON_TYPE];
  if (!allowed.includes(mediaType)) {
    throw new ProblemError(415, 'unsupported-media-type', `the content type ${JSON.stringify(mediaType.slice(0, 100))} is not taken here: use ${allowed.join(' or ')}`, { headers: { accept: allowed.join(', ') } });
  }
  refuseOtherEncodings(request);
  if (rawContentTypes !== undefined) return body;
  if (body.length === 0) throw new ProblemError(400, 'body-missing', 'the body is empty');
  const parsed = parseStrictJson(body);
  if (!parsed.ok) throw new ProblemError(400, parsed.code, parsed.message);
  return parsed.value;
}

/** A compressed body kept verbatim would not be what the publisher signed; another character set has other bytes. */
function refuseOtherEncodings(request: FastifyRequest): void {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase();
  if (encoding !== undefined && encoding !== '' && encoding !== 'identity') {
    throw new ProblemError(415, 'unsupported-content-encoding', 'compressed bodies are not taken: send the body as it is', { headers: { 'accept-encoding': 'identity' } });
  }
  const charset = /;\s*charset="?([^;"\s]+)/i.exec(request.headers['content-type'] ?? '')?.[1]?.toLowerCase();
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8' && charset !== 'us-ascii') {
    throw new ProblemError(415, 'unsupported-media-type', 'this character set is not taken: use utf-8');
  }
}
