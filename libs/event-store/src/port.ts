/**
 * The event store port. Two adapters implement it (embedded SQLite, EventStoreDB) and one contract suite
 * (`contract.ts`) says what both must do. All state of Qazyna is a fold over what this port returns.
 */

/** A JSON value. Amounts are decimal strings: a `bigint` or a fractional number must never reach a store. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/**
 * A place in the order of all events. Opaque: only its store can make one. Its text sorts as the log does,
 * so `a < b` means "a was appended before b" for positions of the same store.
 */
export type Position = string & { readonly __brand: 'Position' };

/** What must be true of a stream for an append to be taken: it does not exist yet, or its last event has this revision. */
export type ExpectedRevision = 'no-stream' | bigint;

/** Who asked for a change. Persons' names never enter a stream: `subject` is the identity provider's opaque id. */
export interface EventActor {
  readonly subject: string;
  readonly organisation: string;
}

export interface EventMetadata {
  /** Version of the schema of `data`; upcasters lift older versions when they are read. */
  readonly schemaVersion: number;
  readonly actor: EventActor;
  /** The same for everything that follows from one request or message. */
  readonly correlationId: string;
  /** Id of the message or event that led to this one; absent on the first of a chain. */
  readonly causationId?: string;
  /** W3C trace context of the append, where traces are kept. It is about the machine and never read by a decider. */
  readonly traceparent?: string;
}

export interface NewEvent<Type extends string = string, Data = JsonObject> {
  /** UUID. A second append of the same ids at the same place is the same append, not a conflict. */
  readonly id: string;
  readonly type: Type;
  readonly data: Data;
  readonly metadata: EventMetadata;
}

export interface RecordedEvent<Type extends string = string, Data = JsonObject> extends NewEvent<Type, Data> {
  readonly stream: string;
  /** 0 for the first event of a stream, then without gaps. */
  readonly revision: bigint;
  readonly position: Position;
  /** When the store made it durable, by the store's clock. */
  readonly recordedAt: Date;
}

export interface AppendResult {
  /** Revision of the last event of this append. */
  readonly revision: bigint;
  /** True when these events were there already and nothing was written. */
  readonly duplicate: boolean;
}

export interface CallOptions {
  /** Ends the call or the iteration; the promise rejects or the iterator throws with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Bound on this call (for iterators: on each page). Default: the adapter's configuration. */
  readonly timeoutMs?: number;
}

export interface ReadStreamOptions extends CallOptions {
  readonly direction?: 'forwards' | 'backwards';
  /** First revision to return, inclusive. Default: the start (forwards) or the end (backwards). */
  readonly from?: bigint;
  /** Most events to return. Default: no limit. */
  readonly limit?: number;
}

export interface EventFilter {
  /** Only events of streams whose name starts with one of these. */
  readonly streamPrefixes: readonly string[];
}

export interface ReadAllOptions extends CallOptions {
  /** Exclusive: the first event returned is the one after it. Default: the start of the log. */
  readonly after?: Position;
  readonly filter?: EventFilter;
  readonly limit?: number;
}

export interface SubscribeOptions extends CallOptions {
  /** Exclusive. Default: the start of the log. */
  readonly after?: Position;
  readonly filter?: EventFilter;
}

/** Ordered pages; a page is never empty and never larger than the adapter's page size. */
export type EventPages = AsyncIterable<readonly RecordedEvent[]>;

export type SubscriptionMessage =
  /** Events in log order. `position` is the last one's. */
  | { readonly kind: 'events'; readonly events: readonly RecordedEvent[]; readonly position: Position }
  /** Everything up to `position` has been looked at; nothing in between passed the filter. Safe to store as a checkpoint. */
  | { readonly kind: 'checkpoint'; readonly position: Position }
  /** The subscriber has seen everything there was; sent again each time it falls behind and catches up. */
  | { readonly kind: 'caught-up'; readonly position: Position | undefined };

export interface EventStore {
  /**
   * Appends all events or none, and resolves only when they are durable.
   * @throws {ConcurrencyConflict} the stream is not at `expected` and the events are not already there
   * @throws {StoreTimeout} the outcome is unknown: repeat the same call with the same ids
   * @throws {StoreUnavailable} nothing was written
   */
  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[], options?: CallOptions): Promise<AppendResult>;
  /** Events of one stream; an unknown stream yields no page. */
  readStream(stream: string, options?: ReadStreamOptions): EventPages;
  /** The whole log, forwards, up to its end at the time of reading. */
  readAll(options?: ReadAllOptions): EventPages;
  /**
   * The whole log and then what is appended later, until `signal` aborts or the iterator is returned.
   * Pulls: nothing more is read while the consumer holds a message. Survives disconnects by itself.
   */
  subscribe(options?: SubscribeOptions): AsyncIterable<SubscriptionMessage>;
  /** Position of the last event of the log, or undefined when it is empty. */
  head(options?: CallOptions): Promise<Position | undefined>;
  /** Resolves when the store answers. @throws {StoreUnavailable} */
  ping(options?: CallOptions): Promise<void>;
  /** Finishes what was accepted, then refuses everything else. */
  close(): Promise<void>;
}

export abstract class EventStoreError extends Error {
  abstract readonly code: string;
  override get name(): string {
    return this.constructor.name;
  }
}

/** Somebody else appended first. Load again, decide again, append again. */
export class ConcurrencyConflict extends EventStoreError {
  readonly code = 'concurrency-conflict';
  constructor(
    readonly stream: string,
    readonly expected: ExpectedRevision,
    readonly actual: ExpectedRevision,
  ) {
    super(`stream ${stream} was expected at ${expected} and is at ${actual}`);
  }
}

/** No answer within the bound: the append may or may not have been applied. */
export class StoreTimeout extends EventStoreError {
  readonly code = 'store-timeout';
}

/** The store cannot be reached, or is closed. */
export class StoreUnavailable extends EventStoreError {
  readonly code = 'store-unavailable';
}

/** The store's file or answer is not what it must be: unknown schema version, damage, a lock held by another process. */
export class StoreUnusable extends EventStoreError {
  readonly code = 'store-unusable';
}

/** The caller broke the port's rules: an empty append, a bigint in `data`, an event above the size bound. */
export class InvalidAppend extends EventStoreError {
  readonly code = 'invalid-append';
}
