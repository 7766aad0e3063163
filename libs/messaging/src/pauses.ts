/** Pause before the next try, in ms: doubles from the first up to a bound. `attempt` counts from 1. */
export interface PauseBounds {
  readonly firstMs: number;
  readonly maxMs: number;
}

export const DEFAULT_PAUSES: PauseBounds = { firstMs: 100, maxMs: 15_000 };

export function pauseMs(attempt: number, bounds: PauseBounds): number {
  return Math.min(bounds.maxMs, bounds.firstMs * 2 ** Math.min(attempt - 1, 30));
}

/** Resolves after `ms`, or at once when `signal` aborts. Never rejects. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
