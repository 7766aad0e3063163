import { StoreTimeout } from '../port.js';

/**
 * The client's deadlines are enforced by the server alone; this one is ours. What the call does later is ignored.
 * @throws {StoreTimeout} @throws the signal's reason
 */
export async function withinTime<T>(call: Promise<T>, timeoutMs: number, signal: AbortSignal): Promise<T> {
  call.catch(() => undefined);
  signal.throwIfAborted();
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  try {
    return await Promise.race([
      call,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new StoreTimeout(`no answer from the event store within ${timeoutMs} ms`)), timeoutMs);
        onAbort = () => reject(signal.reason as Error);
        signal.addEventListener('abort', onAbort, { once: true });
      }),
    ]);
  } finally {
    clearTimeout(timer);
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}
