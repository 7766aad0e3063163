import { ConcurrencyConflict, DelegatingEventStore, type AppendResult, type CallOptions, type EventStore, type ExpectedRevision, type NewEvent } from '@qazyna/event-store';
import type { ServiceMetrics } from './metrics.js';

/** An event store whose appends are timed; everything else passes through. */
export class MeasuredEventStore extends DelegatingEventStore {
  constructor(
    store: EventStore,
    private readonly metrics: ServiceMetrics,
  ) {
    super(store);
  }

  override async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[], options?: CallOptions): Promise<AppendResult> {
    const started = performance.now();
    let outcome = 'error';
    try {
      const result = await this.store.append(stream, expected, events, options);
      outcome = result.duplicate ? 'duplicate' : 'appended';
      return result;
    } catch (error) {
      if (error instanceof ConcurrencyConflict) outcome = 'conflict';
      throw error;
    } finally {
      this.metrics.appendSeconds.observe({ outcome }, (performance.now() - started) / 1000);
      this.metrics.appendEvents.observe(events.length);
    }
  }
}
