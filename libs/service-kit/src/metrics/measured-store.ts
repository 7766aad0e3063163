import type {
  AppendResult,
  CallOptions,
  EventPages,
  EventStore,
  ExpectedRevision,
  NewEvent,
  Position,
  ReadAllOptions,
  ReadStreamOptions,
  SubscribeOptions,
  SubscriptionMessage,
} from '@qazyna/event-store';
import { ConcurrencyConflict } from '@qazyna/event-store';
import type { ServiceMetrics } from './metrics.js';

/** An event store whose appends are timed; everything else passes through. */
export class MeasuredEventStore implements EventStore {
  constructor(
    private readonly store: EventStore,
    private readonly metrics: ServiceMetrics,
  ) {}

  async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[], options?: CallOptions): Promise<AppendResult> {
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

  readStream(stream: string, options?: ReadStreamOptions): EventPages {
    return this.store.readStream(stream, options);
  }

  readAll(options?: ReadAllOptions): EventPages {
    return this.store.readAll(options);
  }

  subscribe(options?: SubscribeOptions): AsyncIterable<SubscriptionMessage> {
    return this.store.subscribe(options);
  }

  head(options?: CallOptions): Promise<Position | undefined> {
    return this.store.head(options);
  }

  ping(options?: CallOptions): Promise<void> {
    return this.store.ping(options);
  }

  close(): Promise<void> {
    return this.store.close();
  }
}
