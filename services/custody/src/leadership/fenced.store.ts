import { DelegatingEventStore, type AppendResult, type CallOptions, type EventStore, type ExpectedRevision, type NewEvent } from '@qazyna/event-store';
import { ProblemError } from '@qazyna/service-kit';
import type { Leadership } from './leadership.js';

/** Seconds after which a caller may try again: by then a standby has taken over. */
const RETRY_AFTER_S = '5';

/** This process may not do that now: it is a standby, or its lease ran out. Nothing was written. */
export function notLeading(): ProblemError {
  return new ProblemError(503, 'custody-standby', 'this instance of custody is a standby: send the request to the leader, or again in a moment', { headers: { 'retry-after': RETRY_AFTER_S } });
}

/** The event store of the leader's work: it takes nothing from a process that does not lead. */
export class FencedStore extends DelegatingEventStore {
  constructor(
    store: EventStore,
    private readonly leadership: Pick<Leadership, 'holds'>,
  ) {
    super(store);
  }

  /** @throws {ProblemError} `custody-standby` nothing was written */
  override append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[], options?: CallOptions): Promise<AppendResult> {
    return this.leadership.holds() ? this.store.append(stream, expected, events, options) : Promise.reject(notLeading());
  }

  /** The store belongs to the process; it is not closed from here. */
  override close(): Promise<void> {
    return Promise.resolve();
  }
}
