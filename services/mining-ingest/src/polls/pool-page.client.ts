import type { PoolRequest } from './pool-requests.adapter.js';
import { fullJitterMs, retryAfterMs, type RequestRate } from './request-rate.js';

export type PageFaultCode = 'pool-unreachable' | 'pool-slow' | 'pool-busy' | 'pool-error' | 'pool-refused' | 'page-truncated' | 'page-too-large' | 'page-unreadable' | 'page-repeated' | 'list-changing';

/** A page could not be had. The run ends; the cursor stays. */
export class PageFault extends Error {
  override readonly name = 'PageFault';
  constructor(
    readonly code: PageFaultCode,
    message: string,
    /** Whether the same request may fare better in a moment. */
    readonly again: boolean,
    readonly afterMs?: number,
  ) {
    super(message);
  }
}

export interface PagePatience {
  readonly timeoutMs: number;
  readonly bytesMax: number;
  readonly attemptsMax: number;
  readonly firstPauseMs: number;
  readonly pauseMsMax: number;
  /** A `Retry-After` beyond this ends the run. */
  readonly retryAfterMsMax: number;
}

export const PATIENCE: Omit<PagePatience, 'timeoutMs'> = { bytesMax: 16 * 1024 * 1024, attemptsMax: 5, firstPauseMs: 1_000, pauseMsMax: 60_000, retryAfterMsMax: 900_000 };

export interface PageSurroundings {
  readonly now: () => Date;
  /** In [0, 1). */
  readonly random: () => number;
  /** Resolves after so many ms, or at once when the signal aborts. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Fetches a page and hands it to `take`, again with growing random pauses where that may help.
 * @throws {PageFault} it could not be had, or `take` found it unreadable each time
 */
export async function fetchPage<T>(
  request: () => PoolRequest,
  take: (bytes: Uint8Array) => Promise<T>,
  rate: RequestRate,
  patience: PagePatience,
  { now, random, pause }: PageSurroundings,
  signal: AbortSignal,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    await pause(rate.take(now().getTime()), signal);
    signal.throwIfAborted();
    try {
      return await take(await bytesOf(request(), patience, now, signal));
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof PageFault) || !error.again || attempt >= patience.attemptsMax) throw error;
      if ((error.afterMs ?? 0) > patience.retryAfterMsMax) throw error;
      await pause(Math.max(error.afterMs ?? 0, fullJitterMs(attempt, random(), { firstMs: patience.firstPauseMs, maxMs: patience.pauseMsMax })), signal);
      signal.throwIfAborted();
    }
  }
}

async function bytesOf(request: PoolRequest, { timeoutMs, bytesMax }: PagePatience, now: () => Date, signal: AbortSignal): Promise<Uint8Array> {
  const timeout = AbortSignal.timeout(timeoutMs);
  let response: Response;
  try {
    response = await fetch(request.url, {
      method: request.method,
      headers: request.headers,
      ...(request.body === undefined ? {} : { body: request.body }),
      // A redirect would carry the credentials to wherever it points.
      redirect: 'error',
      signal: AbortSignal.any([timeout, signal]),
    });
  } catch (error) {
    if (timeout.aborted) throw new PageFault('pool-slow', `no answer within ${timeoutMs} ms`, true);
    throw new PageFault('pool-unreachable', `no answer: ${reasonOf(error)}`, true);
  }
  if (!response.ok) {
    await response.body?.cancel().catch(() => undefined);
    throw statusFault(response, now());
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      if (length > bytesMax) throw new PageFault('page-too-large', `the page is larger than ${bytesMax} bytes`, false);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof PageFault) throw error;
    if (timeout.aborted) throw new PageFault('pool-slow', `the answer did not end within ${timeoutMs} ms`, true);
    throw new PageFault('page-truncated', `the answer broke off after ${length} bytes: ${reasonOf(error)}`, true);
  }
  return Buffer.concat(chunks);
}

function statusFault(response: Response, now: Date): PageFault {
  const { status } = response;
  const after = retryAfterMs(response.headers.get('retry-after'), now.getTime());
  if (status === 429 || status === 503) return new PageFault('pool-busy', `the pool answered ${status}`, true, after);
  if (status >= 500 || status === 408) return new PageFault('pool-error', `the pool answered ${status}`, true, after);
  return new PageFault('pool-refused', `the pool answered ${status}`, false);
}

/** Of a failed fetch the cause's code or message: an address or a header is never in it. */
function reasonOf(error: unknown): string {
  const { cause } = error as { cause?: { code?: unknown; message?: unknown } };
  return typeof cause?.code === 'string' ? cause.code : error instanceof Error ? error.name : 'unknown';
}
