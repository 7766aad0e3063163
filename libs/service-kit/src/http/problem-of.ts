import { HttpException } from '@nestjs/common';
import { ProblemError } from './problem.js';

/** Seconds after which a caller may try again when a part is away. */
const RETRY_AFTER_S = '5';

const RETRY = { 'retry-after': RETRY_AFTER_S };

interface Coded {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
}

/** Codes of the ports' errors that mean "not now": the caller did nothing wrong and may repeat the request. */
const UNAVAILABLE: Readonly<Record<string, string>> = {
  'store-unavailable': 'the event store cannot be reached; nothing was recorded',
  'store-timeout': 'the event store did not answer in time; repeat the same request, it has one effect only',
  'store-unusable': 'the event store is out of order',
  'bus-unavailable': 'the message bus cannot be reached',
  'identity-provider-unavailable': 'the identity provider cannot be reached',
  'too-many-conflicts': 'too many others are changing the same thing; repeat the same request, it has one effect only',
  'concurrency-conflict': 'others are changing the same thing; repeat the same request',
};

/** Fastify's own errors that a caller can do something about. */
const FASTIFY: Readonly<Record<string, { status: number; code: string; detail: string }>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { status: 413, code: 'body-too-large', detail: 'the body is larger than this service takes' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { status: 415, code: 'unsupported-media-type', detail: 'the content type is not taken here' },
  FST_ERR_CTP_EMPTY_TYPE: { status: 415, code: 'unsupported-media-type', detail: 'the content type is missing' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: { status: 400, code: 'body-truncated', detail: 'the body is not as long as its content length says' },
  FST_ERR_CTP_EMPTY_JSON_BODY: { status: 400, code: 'body-missing', detail: 'the body is empty' },
  FST_ERR_BAD_URL: { status: 400, code: 'bad-url', detail: 'the path is not a valid URL path' },
  FST_ERR_MAX_PARAM_LENGTH: { status: 414, code: 'uri-too-long', detail: 'a part of the path is too long' },
};

const BY_STATUS: Readonly<Record<number, string>> = {
  400: 'bad-request',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  406: 'not-acceptable',
  408: 'request-timeout',
  409: 'conflict',
  413: 'body-too-large',
  414: 'uri-too-long',
  415: 'unsupported-media-type',
  422: 'refused',
  429: 'too-many-requests',
  503: 'unavailable',
};

/**
 * The problem that stands for any error that reached the door. What is not expected becomes a 500 that says nothing
 * about the inside: the log has the error, the answer has the correlation id to find it by.
 */
export function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  const known = knownProblem(error) ?? (error instanceof HttpException ? knownProblem(error.cause) : undefined);
  if (known !== undefined) return known;
  if (error instanceof HttpException && error.getStatus() < 500) {
    const status = error.getStatus();
    // Nest's own text repeats the whole URL, query included.
    if (/^Cannot [A-Z]+ \//.test(error.message)) return new ProblemError(404, 'not-found', 'there is nothing at this path', { cause: error });
    return new ProblemError(status, BY_STATUS[status] ?? 'bad-request', error.message, { cause: error });
  }
  return new ProblemError(500, 'internal-error', 'an unexpected error; the correlation id finds it in the logs', { cause: error });
}

function knownProblem(error: unknown): ProblemError | undefined {
  if (error instanceof ProblemError) return error;
  if (typeof error !== 'object' || error === null) return undefined;
  const { code } = error as Coded;
  if (typeof code !== 'string') return undefined;
  const unavailable = UNAVAILABLE[code];
  if (unavailable !== undefined) return new ProblemError(503, code, unavailable, { headers: RETRY, cause: error });
  const fastify = FASTIFY[code];
  return fastify === undefined ? undefined : new ProblemError(fastify.status, fastify.code, fastify.detail, { cause: error });
}
