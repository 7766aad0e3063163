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
} from './port.js';

/** An event store in front of another: whoever extends it says what is different. */
export abstract class DelegatingEventStore implements EventStore {
  constructor(protected readonly store: EventStore) {}

  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[], options?: CallOptions): Promise<AppendResult> {
    return this.store.append(stream, expected, events, options);
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
