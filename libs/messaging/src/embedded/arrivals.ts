/** Wakes the readers of a topic when something was published to it. */
export class Arrivals {
  private readonly counts = new Map<string, number>();
  private readonly waiting = new Map<string, Set<() => void>>();

  count(topic: string): number {
    return this.counts.get(topic) ?? 0;
  }

  announce(topic: string): void {
    this.counts.set(topic, this.count(topic) + 1);
    for (const wake of [...(this.waiting.get(topic) ?? [])]) wake();
  }

  /** Resolves when there were more than `seen` announcements, or when the signal aborts. */
  after(topic: string, seen: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.count(topic) > seen) return Promise.resolve();
    const waiting = this.waiting.get(topic) ?? new Set();
    this.waiting.set(topic, waiting);
    return new Promise((resolve) => {
      const wake = (): void => {
        waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}
