import type { EventStoreDBClient } from '@eventstore/db-client';
import { checkFilter, encodeAppend, passesFilter } from '../encoding.js';
import { abortable } from '../iteration.js';
import {
  StoreUnavailable,
  StoreUnusable,
  type AppendResult,
  type CallOptions,
  type EventPages,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  type Position,
  type ReadAllOptions,
  type ReadStreamOptions,
  type RecordedEvent,
  type SubscribeOptions,
  type SubscriptionMessage,
} from '../port.js';
import { Appender } from './appender.js';
import { explainReadFailure, isStreamNotFound } from './errors.js';
import { Gate } from './gate.js';
import { isSystemStream, logPosition, positionText, recordedEvent, type LogPosition, type ServerRecord } from './records.js';
import { SupervisedSubscriptions } from './subscription.js';
import { withinTime } from './timing.js';

export interface EventStoreDbOptions {
  /** Connection string, such as `esdb://127.0.0.1:2113?tls=false`. */
  readonly url: string;
  /** Bound on each call that sets none of its own. Default 10,000 ms. */
  readonly timeoutMs?: number;
  /** Most events in a page. Default 500. */
  readonly pageSize?: number;
  /** Most events a subscription holds in memory before it stops the server. Default 1,000. */
  readonly subscriptionQueueMax?: number;
  /** Most appends on the wire at once; further callers wait. Default 256. */
  readonly appendsInFlightMax?: number;
  /** Longest pause before a broken subscription is opened again. Default 5,000 ms. */
  readonly reconnectPauseMsMax?: number;
  /** Told of each break of a subscription, for logs and metrics. */
  readonly onDisconnect?: (error: Error) => void;
}

type Settings = Required<Omit<EventStoreDbOptions, 'url' | 'onDisconnect'>> & { readonly onDisconnect: ((error: Error) => void) | undefined };

/** How far from the end of the log the last event of ours is looked for, among the server's own. */
const HEAD_SEARCH_MAX = 64;

/** The distributed event store: EventStoreDB through its official gRPC client, whose traps are handled here. */
export class EventStoreDbStore implements EventStore {
  private readonly appender: Appender;
  private readonly closing = new AbortController();
  private readonly inFlight = new Set<Promise<unknown>>();
  private readonly subscriptions: SupervisedSubscriptions;

  private constructor(
    private readonly client: EventStoreDBClient,
    private readonly settings: Settings,
    headSeen: bigint,
  ) {
    this.appender = new Appender(client, new Gate(settings.appendsInFlightMax), headSeen);
    this.subscriptions = new SupervisedSubscriptions(client, settings, (position) => this.appender.see(position));
  }

  /** Connects and asks for the end of the log. @throws {StoreUnavailable} @throws {StoreTimeout} @throws {StoreUnusable} a malformed url */
  static async connect(options: EventStoreDbOptions): Promise<EventStoreDbStore> {
    // Loaded here, so that an embedded set-up does not pay for gRPC.
    const { EventStoreDBClient } = await import('@eventstore/db-client');
    let client: EventStoreDBClient;
    try {
      client = EventStoreDBClient.connectionString(options.url);
    } catch (error) {
      throw new StoreUnusable(`not an EventStoreDB connection string: ${(error as Error).message}`);
    }
    // With it, a failed append answers with a wrong revision instead of an error.
    if (/[?&]throwOnAppendFailure=false/i.test(options.url)) throw new StoreUnusable('throwOnAppendFailure=false is not supported in an EventStoreDB connection string');
    forceSingleAppends(client);
    const settings: Settings = {
      timeoutMs: options.timeoutMs ?? 10_000,
      pageSize: options.pageSize ?? 500,
      subscriptionQueueMax: options.subscriptionQueueMax ?? 1_000,
      appendsInFlightMax: options.appendsInFlightMax ?? 256,
      reconnectPauseMsMax: options.reconnectPauseMsMax ?? 5_000,
      onDisconnect: options.onDisconnect,
    };
    const last = await newestRecords(client, 1, settings.timeoutMs, new AbortController().signal);
    return new EventStoreDbStore(client, settings, last[0]?.position?.commit ?? -1n);
  }

  /** Events held in memory for all subscriptions together. */
  get heldEvents(): number {
    return this.subscriptions.heldEvents;
  }

  async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[], options?: CallOptions): Promise<AppendResult> {
    // For its checks; the client makes its own text of the events.
    encodeAppend(stream, expected, events);
    this.closing.signal.throwIfAborted();
    const signal = options?.signal ?? this.closing.signal;
    const call = this.appender.append({ stream, expected, events, timeoutMs: options?.timeoutMs ?? this.settings.timeoutMs, signal });
    this.inFlight.add(call);
    try {
      return await call;
    } finally {
      this.inFlight.delete(call);
    }
  }

  readStream(stream: string, options: ReadStreamOptions = {}): EventPages {
    return abortable(this.either(options.signal), (signal) => this.streamPages(stream, options, signal));
  }

  readAll(options: ReadAllOptions = {}): EventPages {
    checkFilter(options.filter);
    return abortable(this.either(options.signal), (signal) => this.logPages(options, signal));
  }

  subscribe(options: SubscribeOptions = {}): AsyncIterable<SubscriptionMessage> {
    checkFilter(options.filter);
    return abortable(this.either(options.signal), (signal) => this.subscriptions.messages(options, signal));
  }

  async head(options?: CallOptions): Promise<Position | undefined> {
    const records = await newestRecords(this.client, HEAD_SEARCH_MAX, options?.timeoutMs ?? this.settings.timeoutMs, this.either(options?.signal));
    // Where the server's own events fill the end of the log, its very end is as good: nothing of ours comes after it.
    const last = records.find((record) => !isSystemStream(record.streamId)) ?? records[0];
    if (last?.position === undefined) return undefined;
    this.appender.see(last.position);
    return positionText(last.position);
  }

  async ping(options?: CallOptions): Promise<void> {
    await newestRecords(this.client, 1, options?.timeoutMs ?? this.settings.timeoutMs, this.either(options?.signal));
  }

  /**
   * Lets the server forget all but the newest events of a stream, for streams of which only the end is ever read. Says
   * nothing when that is so already.
   */
  async keepNewest(stream: string, maxCount: number, timeoutMs = this.settings.timeoutMs): Promise<void> {
    const signal = this.either(undefined);
    try {
      const { metadata } = await withinTime(this.client.getStreamMetadata(stream), timeoutMs, signal);
      if (metadata?.maxCount !== maxCount) await withinTime(this.client.setStreamMetadata(stream, { ...metadata, maxCount }), timeoutMs, signal);
    } catch (error) {
      signal.throwIfAborted();
      throw explainReadFailure(error);
    }
  }

  async close(): Promise<void> {
    if (this.closing.signal.aborted) return;
    await Promise.allSettled(this.inFlight);
    this.closing.abort(new StoreUnavailable('the event store is closed'));
    await this.client.dispose();
  }

  private either(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.closing.signal : AbortSignal.any([signal, this.closing.signal]);
  }

  private async *streamPages(stream: string, options: ReadStreamOptions, signal: AbortSignal): AsyncGenerator<readonly RecordedEvent[], void, undefined> {
    const backwards = options.direction === 'backwards';
    let left = options.limit ?? Number.POSITIVE_INFINITY;
    let from: bigint | 'start' | 'end' = options.from ?? (backwards ? 'end' : 'start');
    while (left > 0) {
      const limit = Math.min(left, this.settings.pageSize);
      const read = this.client.readStream(stream, { direction: backwards ? 'backwards' : 'forwards', fromRevision: from, maxCount: limit });
      const page = (await collect(read, options.timeoutMs ?? this.settings.timeoutMs, signal)).map((record) => this.seen(record));
      const last = page.at(-1);
      if (last === undefined) return;
      yield page;
      if (page.length < limit || (backwards && last.revision === 0n)) return;
      left -= page.length;
      from = backwards ? last.revision - 1n : last.revision + 1n;
    }
  }

  private async *logPages(options: ReadAllOptions, signal: AbortSignal): AsyncGenerator<readonly RecordedEvent[], void, undefined> {
    const timeoutMs = options.timeoutMs ?? this.settings.timeoutMs;
    const end = (await newestRecords(this.client, 1, timeoutMs, signal))[0]?.position;
    if (end === undefined) return;
    const endText = positionText(end);
    let after = options.after;
    let left = options.limit ?? Number.POSITIVE_INFINITY;
    for (;;) {
      const from: LogPosition | 'start' = after === undefined ? 'start' : logPosition(after);
      // One more than a page: the server starts with the event at the position itself.
      const maxCount = this.settings.pageSize + 1;
      const records = await collect(this.client.readAll({ direction: 'forwards', fromPosition: from, maxCount }), timeoutMs, signal);
      const page: RecordedEvent[] = [];
      let reached: Position | undefined;
      let looked = 0;
      for (const record of records) {
        looked += 1;
        if (record.position === undefined) continue;
        const position = positionText(record.position);
        if (position > endText) return void (page.length > 0 && (yield page));
        reached = position;
        if (after !== undefined && position <= after) continue;
        if (isSystemStream(record.streamId) || !passesFilter(record.streamId, options.filter)) continue;
        page.push(this.seen(record));
        if (page.length >= Math.min(left, this.settings.pageSize)) break;
      }
      if (page.length > 0) yield page;
      left -= page.length;
      const atEnd = records.length < maxCount && looked === records.length;
      if (left <= 0 || atEnd || reached === undefined) return;
      after = reached;
    }
  }

  private seen(record: ServerRecord): RecordedEvent {
    if (record.position !== undefined) this.appender.see(record.position);
    return recordedEvent(record);
  }
}

/**
 * Newer servers offer BatchAppend, for which the client keeps its pending appends in one table for the whole process:
 * a break of one client's connection rejects the appends of all, and the answer to one of those then throws where
 * nothing can catch it. One call per append has none of that, so the client is told that no server has the batch.
 */
function forceSingleAppends(client: EventStoreDBClient): void {
  Object.defineProperty(client, 'supports', { value: () => Promise.resolve(false) });
}

interface ServerRead extends AsyncIterable<{ readonly event?: unknown }> {
  cancel(): Promise<void>;
}

/** All records of one bounded read; empty for an unknown stream. */
async function collect(read: ServerRead, timeoutMs: number, signal: AbortSignal): Promise<ServerRecord[]> {
  const records: ServerRecord[] = [];
  const all = async (): Promise<ServerRecord[]> => {
    for await (const resolved of read) if (resolved.event !== undefined) records.push(resolved.event as ServerRecord);
    return records;
  };
  try {
    return await withinTime(all(), timeoutMs, signal);
  } catch (error) {
    if (isStreamNotFound(error)) return [];
    read.cancel().catch(() => undefined);
    signal.throwIfAborted();
    throw explainReadFailure(error);
  }
}

function newestRecords(client: EventStoreDBClient, count: number, timeoutMs: number, signal: AbortSignal): Promise<ServerRecord[]> {
  signal.throwIfAborted();
  return collect(client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: count }), timeoutMs, signal);
}
