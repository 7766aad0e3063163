import { ConcurrencyConflict, EventStoreError, InvalidAppend, StoreTimeout, StoreUnavailable, StoreUnusable, type ExpectedRevision } from '../port.js';

/** gRPC's status codes that this adapter tells apart (grpc/doc/statuscodes.md). */
const CANCELLED = 1;
const DEADLINE_EXCEEDED = 4;
const UNAVAILABLE = 14;

interface ClientError {
  /** The client's own error classes carry a type; what gRPC itself rejects with carries only a code. */
  readonly type?: string;
  readonly code?: number;
  readonly message: string;
  readonly actualVersion?: bigint | 'no_stream';
}

function asClientError(error: unknown): ClientError {
  return error instanceof Error ? (error) : { message: String(error) };
}

export function isStreamNotFound(error: unknown): boolean {
  return asClientError(error).type === 'stream-not-found';
}

/**
 * What a failed append says about the store: a `definite` error means nothing was written; anything else leaves
 * the outcome open until the same append is repeated.
 */
export function explainAppendFailure(error: unknown, stream: string, expected: ExpectedRevision): { readonly definite?: EventStoreError; readonly retry: boolean } {
  const failure = asClientError(error);
  switch (failure.type) {
    case 'wrong-expected-version': {
      const actual = typeof failure.actualVersion === 'bigint' ? failure.actualVersion : 'no-stream';
      return { definite: new ConcurrencyConflict(stream, expected, actual), retry: false };
    }
    case 'maximum-append-size-exceeded':
      return { definite: new InvalidAppend(`the append to ${stream} is above the server's size limit: ${failure.message}`), retry: false };
    case 'access-denied':
    case 'stream-deleted':
    case 'invalid-argument':
      return { definite: new StoreUnusable(`the event store refused an append to ${stream}: ${failure.message}`, { cause: error }), retry: false };
    case 'not-leader':
      return { definite: new StoreUnavailable(`the event store is changing its leader: ${failure.message}`, { cause: error }), retry: true };
    default:
  }
  // No connection was made, so nothing was sent. Every other break may have come after the request arrived.
  if (failure.code === UNAVAILABLE && /no connection established|name resolution failed|ECONNREFUSED/i.test(failure.message)) {
    return { definite: new StoreUnavailable(`the event store cannot be reached: ${failure.message}`, { cause: error }), retry: true };
  }
  return { retry: true };
}

/** Maps an error of a read, a ping or a subscription. Reads change nothing, so a broken one is merely unavailable. */
export function explainReadFailure(error: unknown): Error {
  if (error instanceof EventStoreError) return error;
  const failure = asClientError(error);
  if (failure.type === 'access-denied' || failure.type === 'invalid-argument') {
    return new StoreUnusable(`the event store refused a read: ${failure.message}`, { cause: error });
  }
  if (failure.code === DEADLINE_EXCEEDED || failure.type === 'deadline-exceeded' || failure.type === 'timeout') {
    return new StoreTimeout(`the event store did not answer in time: ${failure.message}`, { cause: error });
  }
  if (failure.code === UNAVAILABLE || failure.code === CANCELLED || failure.type !== undefined || typeof failure.code === 'number') {
    return new StoreUnavailable(`the event store cannot be reached: ${failure.message}`, { cause: error });
  }
  return error instanceof Error ? error : new StoreUnavailable(failure.message);
}
