import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkFilter, encodeAppend } from '../encoding.js';
import { systemClock, type Clock } from '../ids.js';
import { abortable, nextTurn, untilAborted } from '../iteration.js';
import {
  StoreUnavailable,
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
import { CommitQueue } from './commit-queue.js';
import { explainFailure, openEventFile } from './file.js';
import { positionNumber, positionText, SqliteReader } from './reader.js';
import { SqliteWriter } from './writer.js';

export interface SqliteEventStoreOptions {
  /** Path of the database file; its folder is created when missing. */
  readonly file: string;
  /** Source of `recordedAt`. Default: the system's clock. */
  readonly clock?: Clock;
  /** Most events in a page. Default 500. */
  readonly pageSize?: number;
  /** Most appends waiting for their commit; further callers wait for a place. Default 10,000. */
  readonly maxQueue?: number;
  /** Bound on an append that sets none of its own. Default 10,000 ms. */
  readonly timeoutMs?: number;
  /** The file takes no more events once it has this size, as if the disk were full. Default: no bound. */
  readonly sizeBytesMax?: number;
}

const GROUP_APPENDS_MAX = 1_000;
const GROUP_BYTES_MAX = 8 * 1024 * 1024;
/** A live subscription that sees nothing pass its filter says where it is after this many events. */
const CHECKPOINT_INTERVAL = 1_000;
/**
 * A subscriber that keeps up waits this long for a page to fill, so that what comes meanwhile comes with it:
 * whoever follows the log pays for its own durable writes by the page, and takes the disk from those who append.
 */
const GATHER_MS = 10;

/**
 * The embedded event store: one SQLite file, one owning process. Reads are synchronous underneath and bounded by the
 * page size, so `timeoutMs` applies to appends only; `signal` applies to all.
 */
export class SqliteEventStore implements EventStore {
  private readonly writer: SqliteWriter;
  private readonly reader: SqliteReader;
  private readonly queue: CommitQueue;
  private readonly closing = new AbortController();
  private grown = Promise.withResolvers<void>();

  private constructor(
    private readonly db: DatabaseSync,
    private readonly file: string,
    clock: Clock,
    private readonly pageSize: number,
    queueMax: number,
    timeoutMs: number,
  ) {
    this.writer = new SqliteWriter(db, clock);
    this.reader = new SqliteReader(db, file);
    this.queue = new CommitQueue((group) => this.commit(group), {
      queueMax,
      groupAppendsMax: GROUP_APPENDS_MAX,
      groupBytesMax: GROUP_BYTES_MAX,
      timeoutMs,
    });
  }

  /**
   * Opens or creates the file, locks it for this process and checks it.
   * @throws {StoreUnusable} held by another process, damaged, not an event store, unknown schema version
   * @throws {StoreUnavailable} cannot be opened or created
   */
  static open(options: SqliteEventStoreOptions): SqliteEventStore {
    const { file, clock = systemClock, pageSize = 500, maxQueue = 10_000, timeoutMs = 10_000 } = options;
    for (const [name, value] of Object.entries({ pageSize, maxQueue, timeoutMs })) {
      if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`${name} must be a whole number from 1, not ${value}`);
    }
    const store = new SqliteEventStore(openEventFile(file), file, clock, pageSize, maxQueue, timeoutMs);
    if (options.sizeBytesMax !== undefined) store.limitSize(options.sizeBytesMax);
    return store;
  }

  /** Bounds the file's size from now on: appends that would exceed it are refused with `StoreUnavailable`. */
  limitSize(bytesMax: number): void {
    const pageBytes = this.db.prepare('PRAGMA page_size').get()?.['page_size'] as number;
    this.db.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(bytesMax / pageBytes))}`);
  }

  /** Appends accepted and not yet durable. */
  get queueDepth(): number {
    return this.queue.depth;
  }

  async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[], options?: CallOptions): Promise<AppendResult> {
    return this.queue.add({ stream, expected, events: encodeAppend(stream, expected, events) }, options);
  }

  readStream(stream: string, options: ReadStreamOptions = {}): EventPages {
    return abortable(options.signal, (signal) => this.streamPages(stream, options, signal));
  }

  readAll(options: ReadAllOptions = {}): EventPages {
    checkFilter(options.filter);
    return abortable(options.signal, (signal) => this.logPages(options, signal));
  }

  subscribe(options: SubscribeOptions = {}): AsyncIterable<SubscriptionMessage> {
    checkFilter(options.filter);
    return abortable(options.signal, (signal) => this.messages(options, signal));
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- part of the port, where it rejects
  async head(options?: CallOptions): Promise<Position | undefined> {
    this.check(options?.signal);
    return this.writer.headPosition === 0 ? undefined : positionText(this.writer.headPosition);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- part of the port, where it rejects
  async ping(options?: CallOptions): Promise<void> {
    this.check(options?.signal);
    this.reading(() => this.db.prepare('SELECT 1').get());
  }

  async close(): Promise<void> {
    await this.queue.close();
    if (this.closing.signal.aborted) return;
    this.closing.abort(new StoreUnavailable(`${this.file} is closed`));
    this.db.close();
  }

  private commit(group: Parameters<SqliteWriter['commit']>[0]): ReturnType<SqliteWriter['commit']> {
    try {
      const outcomes = this.writer.commit(group);
      const before = this.grown;
      this.grown = Promise.withResolvers();
      before.resolve();
      return outcomes;
    } catch (error) {
      throw explainFailure(error, this.file);
    }
  }

  private check(signal: AbortSignal | undefined): void {
    this.closing.signal.throwIfAborted();
    signal?.throwIfAborted();
  }

  private reading<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw explainFailure(error, this.file);
    }
  }

  private async *streamPages(stream: string, options: ReadStreamOptions, signal: AbortSignal): AsyncGenerator<readonly RecordedEvent[], void, undefined> {
    const backwards = options.direction === 'backwards';
    let left = options.limit ?? Number.POSITIVE_INFINITY;
    let from = options.from;
    while (left > 0) {
      this.check(signal);
      const limit = Math.min(left, this.pageSize);
      const start = from;
      const page = this.reading(() =>
        backwards ? this.reader.streamBackwards(stream, start, limit) : this.reader.streamForwards(stream, start ?? 0n, limit),
      );
      const last = page.at(-1);
      if (last === undefined) return;
      yield page;
      if (page.length < limit || (backwards && last.revision === 0n)) return;
      left -= page.length;
      from = backwards ? last.revision - 1n : last.revision + 1n;
      await nextTurn();
    }
  }

  private async *logPages(options: ReadAllOptions, signal: AbortSignal): AsyncGenerator<readonly RecordedEvent[], void, undefined> {
    const end = this.writer.headPosition;
    let at = options.after === undefined ? 0 : positionNumber(options.after);
    let left = options.limit ?? Number.POSITIVE_INFINITY;
    while (left > 0 && at < end) {
      this.check(signal);
      const after = at;
      const { events, scannedTo } = this.reading(() => this.reader.scan(after, end, Math.min(left, this.pageSize), options.filter));
      if (events.length > 0) yield events;
      left -= events.length;
      at = scannedTo;
      await nextTurn();
    }
  }

  private async *messages(options: SubscribeOptions, signal: AbortSignal): AsyncGenerator<SubscriptionMessage, void, undefined> {
    let at = options.after === undefined ? 0 : positionNumber(options.after);
    let told = at;
    let behind = true;
    const stop = AbortSignal.any([signal, this.closing.signal]);
    for (;;) {
      this.check(signal);
      const grown = this.grown.promise;
      if (!behind && at < this.writer.headPosition && this.writer.headPosition - at < this.pageSize) {
        await untilAborted(sleep(GATHER_MS, undefined, { ref: false }), stop);
      }
      const head = this.writer.headPosition;
      if (at < head) {
        const after = at;
        const { events, scannedTo } = this.reading(() => this.reader.scan(after, head, this.pageSize, options.filter));
        at = scannedTo;
        if (at < head) behind = true;
        const last = events.at(-1);
        if (last !== undefined) {
          yield { kind: 'events', events, position: last.position };
          told = positionNumber(last.position);
        } else if (at - told >= CHECKPOINT_INTERVAL) {
          yield { kind: 'checkpoint', position: positionText(at) };
          told = at;
        }
        await nextTurn();
        continue;
      }
      if (behind) {
        behind = false;
        told = Math.max(told, at);
        yield { kind: 'caught-up', position: at === 0 ? undefined : positionText(at) };
        continue;
      }
      await untilAborted(grown, stop);
    }
  }
}
