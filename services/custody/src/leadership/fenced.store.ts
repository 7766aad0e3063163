import type { AppendResult, CallOptions, EventPages, EventStore, ExpectedRevision, NewEvent, Position, ReadAllOptions, ReadStreamOptions, SubscribeOptions, SubscriptionMessage } from '@qazyna/event-store';
import { ProblemError } from '@qazyna/service-kit';
import type { Leadership } from './leadership.js';

/** Seconds after which a caller may try again: by then a standby has taken over. */
const RETRY_AFTER_S = '5';

/** This process may not do that now: it is a standby, or its lease ran out. Nothing was written. */
export function notLeading(): ProblemError {
  return new ProblemError(503, 'custody-standby', 'this instance of custody is a standby: send the request to the leader, or again in a moment', { headers: { 'retry-after': RETRY_AFTER_S } });
}

/** The event store of the leader's work: it takes nothing from a process that does not lead. */
export class FencedStore implements EventStore {
  constructor(
    private readonly store: EventStore,
    private readonly leadership: Pick<Leadership, 'holds'>,
  ) {}

  /** @throws {ProblemError} `custody-standby` nothing was written */
  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[], options?: CallOptions): Promise<AppendResult> {
    return this.leadership.holds() ? this.store.append(stream, expected, events, options) : Promise.reject(notLeading());
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

  /** The store belongs to the process; it is not closed from here. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
