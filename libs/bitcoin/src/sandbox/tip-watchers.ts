/** Callers that wait for the tip to move. */
export class TipWatchers {
  private readonly waiting = new Set<() => void>();

  /** Resolves at the next `notify`, at the timeout, or when the signal aborts. */
  wait(options: { readonly timeoutMs: number; readonly signal?: AbortSignal }): Promise<void> {
    const { timeoutMs, signal } = options;
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', finish);
        this.waiting.delete(finish);
        resolve();
      };
      const timer = setTimeout(finish, timeoutMs);
      signal?.addEventListener('abort', finish, { once: true });
      this.waiting.add(finish);
    });
  }

  notify(): void {
    for (const finish of [...this.waiting]) finish();
  }
}
