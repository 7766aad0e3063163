import { streamOf } from '@qazyna/contracts';
import type { EventStore } from '@qazyna/event-store';
import { publisherDecider, type PublisherEvent, type PublisherState } from './publisher.js';

interface Folded {
  readonly state: PublisherState;
  /** Revision of the next event to read. */
  readonly next: bigint;
}

const REMEMBERED_MAX = 1_000;

/**
 * Publishers as they stand now. What was folded is remembered, but the store is asked each time for what came after it:
 * a revocation that is durable holds for the very next message, in every process, and only new events are ever read.
 */
export class PublisherDirectory {
  private readonly remembered = new Map<string, Folded>();
  /** Looks that callers of this turn of the event loop are about to take together. */
  private gathering = new Map<string, Promise<PublisherState>>();

  constructor(private readonly store: EventStore) {}

  /** The publisher as it is after everything acknowledged by now; without organisation when nobody registered it. @throws {StoreUnavailable | StoreTimeout} */
  find(publisherId: string): Promise<PublisherState> {
    let look = this.gathering.get(publisherId);
    if (look === undefined) {
      // It begins when all of this turn have asked, so that none sees less than it would have seen alone.
      if (this.gathering.size === 0) setImmediate(() => (this.gathering = new Map()));
      look = new Promise<void>((resolve) => setImmediate(resolve)).then(() => this.read(publisherId));
      this.gathering.set(publisherId, look);
    }
    return look;
  }

  private async read(publisherId: string): Promise<PublisherState> {
    const known = this.remembered.get(publisherId);
    let state = known?.state ?? publisherDecider.initialState();
    let next = known?.next ?? 0n;
    for await (const page of this.store.readStream(streamOf.publisher(publisherId), { from: next })) {
      for (const recorded of page) {
        state = publisherDecider.evolve(state, recorded as unknown as PublisherEvent);
        next = recorded.revision + 1n;
      }
    }
    // Nobody known: not remembered, or invented names would push out real ones.
    if (next > (this.remembered.get(publisherId)?.next ?? 0n)) this.remember(publisherId, { state, next });
    return state;
  }

  private remember(publisherId: string, folded: Folded): void {
    this.remembered.delete(publisherId);
    this.remembered.set(publisherId, folded);
    const [oldest] = this.remembered.keys();
    if (this.remembered.size > REMEMBERED_MAX && oldest !== undefined) this.remembered.delete(oldest);
  }
}
