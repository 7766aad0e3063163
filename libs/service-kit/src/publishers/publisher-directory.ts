import { streamOf } from '@qazyna/contracts';
import type { EventStore, Position } from '@qazyna/event-store';
import { signsFor, type Spoken } from './key-judgement.js';
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
  /** Every publisher, for questions that name none; read when such a question comes. */
  private readonly everyone = new Map<string, PublisherState>();
  private followedTo: Position | undefined;
  private following: Promise<void> = Promise.resolve();
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

  /** A publisher that signs for what is spoken of now, by its name; undefined where nobody does. @throws {StoreUnavailable | StoreTimeout} */
  async signerOf(spoken: Spoken, nowMs: number): Promise<string | undefined> {
    // One after the other: two that read the same events would fold them twice.
    const reading = this.following.then(() => this.follow());
    this.following = reading.catch(() => undefined);
    await reading;
    return [...this.everyone].find(([, state]) => signsFor(state, spoken, nowMs))?.[0];
  }

  /** Everything recorded of publishers since the last look. */
  private async follow(): Promise<void> {
    const head = await this.store.head();
    if (head === this.followedTo) return;
    for await (const page of this.store.readAll({ filter: { streamPrefixes: [streamOf.publisher('')] }, ...(this.followedTo === undefined ? {} : { after: this.followedTo }) })) {
      for (const recorded of page) {
        const event = recorded as unknown as PublisherEvent;
        this.everyone.set(event.data.publisherId, publisherDecider.evolve(this.everyone.get(event.data.publisherId) ?? publisherDecider.initialState(), event));
        this.followedTo = recorded.position;
      }
    }
    if (head !== undefined && (this.followedTo === undefined || head > this.followedTo)) this.followedTo = head;
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
