/**
 * Turns a generator that waits into an iterable that can be left at any time: `return()` while a `next()` is
 * pending would otherwise hang until the next message. The caller's signal makes the iterator throw its reason.
 */
export function abortable<T>(
  outer: AbortSignal | undefined,
  generate: (signal: AbortSignal) => AsyncGenerator<T, void, undefined>,
): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
      const left = new AbortController();
      const signal = outer === undefined ? left.signal : AbortSignal.any([outer, left.signal]);
      const inner = generate(signal);
      const done = { done: true, value: undefined } as const;
      return {
        async next(): Promise<IteratorResult<T, undefined>> {
          if (left.signal.aborted) return done;
          if (outer?.aborted === true) {
            await inner.return();
            throw outer.reason;
          }
          try {
            const result = await inner.next();
            return result.done === true ? done : result;
          } catch (error) {
            if (left.signal.aborted) return done;
            throw error;
          }
        },
        async return(): Promise<IteratorResult<T, undefined>> {
          left.abort();
          await inner.return();
          return done;
        },
      };
    },
  };
}

/** Resolves when `promise` does, or rejects with the signal's reason as soon as it aborts. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}

/** Lets timers and I/O run: long reads call it between pages. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
