import { randomUUID } from 'node:crypto';
import type { EventPages, EventStore, JsonObject, NewEvent, RecordedEvent, SubscribeOptions, SubscriptionMessage } from '../port.js';

/** Page size the suite expects of the store under test, so that paging is seen with few events. */
export const CONTRACT_PAGE_SIZE = 10;

/** What the suite needs of an adapter. Each test gets a harness of its own; the log behind it may be a shared one. */
export interface EventStoreHarness {
  readonly store: EventStore;
  /** A second store on the same log, as after a restart. Closes the first where only one may be open. */
  reopen(): Promise<EventStore>;
  /** Breaks every connection for about that long. Absent where there is no connection. */
  cutConnections?(downMs: number): Promise<void>;
  /** Lets appends take that long from now on. Absent where they cannot be slowed. */
  slowAppends?(delayMs: number): void;
  /** Events the store under test holds in memory for its subscriptions. Absent where it holds none between reads. */
  heldEvents?(): number;
  /** Most events it may hold for one subscription. */
  readonly heldEventsMax?: number;
  dispose(): Promise<void>;
}

/** A valid event with the given data. */
export function contractEvent(data: JsonObject = {}, type = 'tested'): NewEvent {
  return {
    id: randomUUID(),
    type,
    data,
    metadata: { schemaVersion: 1, actor: { subject: 'tester', organisation: 'laboratory' }, correlationId: 'contract' },
  };
}

export async function all(pages: EventPages): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const page of pages) events.push(...page);
  return events;
}

export const numbers = (events: readonly RecordedEvent[]): unknown[] => events.map((event) => event.data['n']);
export const count = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
export const numbered = (from: number, to: number): NewEvent[] => count(from, to).map((n) => contractEvent({ n }));

/** Reads messages until `enough` says so, then leaves the subscription. */
export async function follow(store: EventStore, options: SubscribeOptions, enough: (seen: SubscriptionMessage[]) => boolean): Promise<SubscriptionMessage[]> {
  const seen: SubscriptionMessage[] = [];
  for await (const message of store.subscribe({ ...options, signal: options.signal ?? AbortSignal.timeout(20_000) })) {
    seen.push(message);
    if (enough(seen)) break;
  }
  return seen;
}

export const eventsOf = (messages: readonly SubscriptionMessage[]): RecordedEvent[] => messages.flatMap((message) => (message.kind === 'events' ? message.events : []));
export const caughtUp = (messages: readonly SubscriptionMessage[]): boolean => messages.some((message) => message.kind === 'caught-up');

/** What each test of the suite works on. */
export interface Bench {
  harness: EventStoreHarness;
  store: EventStore;
  /** Prefix of this test's streams: the log may hold others. */
  own: string;
}
