import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { EncodedEvent } from '../encoding.js';
import type { Clock } from '../ids.js';
import { wholeNumber } from './file.js';
import { ConcurrencyConflict, type AppendResult, type ExpectedRevision } from '../port.js';

export interface AppendRequest {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly EncodedEvent[];
}

/** Revisions remembered so that a hot stream costs no look-up per append. */
const REMEMBERED_STREAMS_MAX = 10_000;
const NO_STREAM = -1n;

/** Writes groups of appends, each group as one transaction. The only writer of the file. */
export class SqliteWriter {
  private readonly insert: StatementSync;
  private readonly lastRevision: StatementSync;
  private readonly idsFrom: StatementSync;
  private readonly revisions = new Map<string, bigint>();
  private head: number;

  constructor(
    private readonly db: DatabaseSync,
    private readonly clock: Clock,
  ) {
    this.insert = db.prepare(
      'INSERT INTO events (position, stream, revision, id, type, recorded_at, data, metadata) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.lastRevision = db.prepare('SELECT revision FROM events WHERE stream = ? ORDER BY revision DESC LIMIT 1');
    this.idsFrom = db.prepare('SELECT id FROM events WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT ?');
    this.head = this.readHead();
  }

  /** Position of the last durable event, 0 when there is none. */
  get headPosition(): number {
    return this.head;
  }

  /**
   * One transaction for the whole group. Each request has its own outcome: a conflict of one writes nothing for it
   * and does not touch the others, because it is found before the request's first insert.
   * @throws whatever SQLite throws; then nothing of the group was written
   */
  commit(group: readonly AppendRequest[]): (AppendResult | ConcurrencyConflict)[] {
    const recordedAt = this.clock.now().getTime();
    try {
      this.db.exec('BEGIN IMMEDIATE');
      const outcomes = group.map((request) => this.apply(request, recordedAt));
      this.db.exec('COMMIT');
      return outcomes;
    } catch (error) {
      this.recover();
      throw error;
    }
  }

  private apply(request: AppendRequest, recordedAt: number): AppendResult | ConcurrencyConflict {
    const { stream, events } = request;
    const expected = request.expected === 'no-stream' ? NO_STREAM : request.expected;
    const actual = this.revisionOf(stream);
    if (actual !== expected) {
      if (actual > expected && this.isThere(stream, expected + 1n, events)) {
        return { revision: expected + BigInt(events.length), duplicate: true };
      }
      return new ConcurrencyConflict(stream, request.expected, actual === NO_STREAM ? 'no-stream' : actual);
    }
    let revision = actual;
    for (const event of events) {
      revision += 1n;
      this.head += 1;
      this.insert.run(this.head, stream, revision, event.id, event.type, recordedAt, event.data, event.metadata);
    }
    this.remember(stream, revision);
    return { revision, duplicate: false };
  }

  private isThere(stream: string, from: bigint, events: readonly EncodedEvent[]): boolean {
    const rows = this.idsFrom.all(stream, from, events.length);
    return rows.length === events.length && rows.every((row, index) => row['id'] === events[index]?.id);
  }

  private revisionOf(stream: string): bigint {
    const known = this.revisions.get(stream);
    if (known !== undefined) return known;
    const row = this.lastRevision.get(stream);
    return row === undefined ? NO_STREAM : BigInt(wholeNumber(row['revision']));
  }

  private remember(stream: string, revision: bigint): void {
    // Deleting first keeps the Map in order of use, so that the first key is the one longest unused.
    this.revisions.delete(stream);
    this.revisions.set(stream, revision);
    if (this.revisions.size > REMEMBERED_STREAMS_MAX) {
      for (const oldest of this.revisions.keys()) {
        this.revisions.delete(oldest);
        break;
      }
    }
  }

  /** After a failure the file alone knows what is true. */
  private recover(): void {
    this.revisions.clear();
    if (this.db.isTransaction) this.db.exec('ROLLBACK');
    this.head = this.readHead();
  }

  private readHead(): number {
    return wholeNumber(this.db.prepare('SELECT coalesce(max(position), 0) AS head FROM events').get()?.['head']);
  }
}
