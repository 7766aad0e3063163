import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { wholeNumber } from './file.js';
import { StoreUnusable, type EventFilter, type EventMetadata, type JsonObject, type Position, type RecordedEvent } from '../port.js';

/** Digits of a position's text: enough for every whole number a JavaScript number holds. */
const POSITION_DIGITS = 16;
/** Rows a filtered read looks at before it lets the event loop run. */
const SCAN_WINDOW = 20_000;

export interface ScanResult {
  readonly events: RecordedEvent[];
  /** Everything up to here has been looked at. */
  readonly scannedTo: number;
}

/** Position text of a row number; zero-padded so that it sorts as the log does. */
export function positionText(position: number): Position {
  return String(position).padStart(POSITION_DIGITS, '0') as Position;
}

/** @throws {RangeError} the text is no position of this kind of store */
export function positionNumber(position: Position): number {
  if (!/^\d{16}$/.test(position)) throw new RangeError(`not a position of an SQLite event store: ${position}`);
  return Number(position);
}

const COLUMNS = 'position, stream, revision, id, type, recorded_at, data, metadata';

/** A row as an array, in the order of `COLUMNS`: cheaper than an object per row. */
type Row = SQLOutputValue[];

function rows(statement: StatementSync, ...parameters: SQLInputValue[]): Row[] {
  // node:sqlite types rows as objects, whatever setReturnArrays says.
  return statement.all(...parameters) as unknown as Row[];
}

/** All queries on the events table. Each call reads one bounded page, synchronously. */
export class SqliteReader {
  private readonly forwards: StatementSync;
  private readonly backwards: StatementSync;
  private readonly log: StatementSync;
  private readonly filtered = new Map<string, StatementSync>();

  constructor(
    private readonly db: DatabaseSync,
    private readonly file: string,
  ) {
    this.forwards = this.prepare(`SELECT ${COLUMNS} FROM events WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT ?`);
    this.backwards = this.prepare(`SELECT ${COLUMNS} FROM events WHERE stream = ? AND revision <= ? ORDER BY revision DESC LIMIT ?`);
    this.log = this.prepare(`SELECT ${COLUMNS} FROM events WHERE position > ? AND position <= ? ORDER BY position LIMIT ?`);
  }

  streamForwards(stream: string, from: bigint, limit: number): RecordedEvent[] {
    return this.decodeAll(rows(this.forwards, stream, from, limit));
  }

  streamBackwards(stream: string, from: bigint | undefined, limit: number): RecordedEvent[] {
    return this.decodeAll(rows(this.backwards, stream, from ?? BigInt(Number.MAX_SAFE_INTEGER), limit));
  }

  /** At most `limit` events after `after` and up to `upTo`; looks at a bounded number of rows, whatever the filter. */
  scan(after: number, upTo: number, limit: number, filter: EventFilter | undefined): ScanResult {
    if (filter === undefined) {
      const events = this.decodeAll(rows(this.log, after, upTo, limit));
      return { events, scannedTo: events.length < limit ? upTo : after + events.length };
    }
    const windowEnd = Math.min(upTo, after + SCAN_WINDOW);
    const found = rows(this.filteredStatement(filter.streamPrefixes.length), after, windowEnd, ...filter.streamPrefixes, limit);
    const last = found.at(-1);
    const scannedTo = found.length < limit || last === undefined ? windowEnd : wholeNumber(last[0]);
    return { events: this.decodeAll(found), scannedTo };
  }

  private filteredStatement(prefixes: number): StatementSync {
    const key = String(prefixes);
    let statement = this.filtered.get(key);
    if (statement === undefined) {
      const conditions = Array.from({ length: prefixes }, (_, i) => `substr(stream, 1, length(?${i + 3})) = ?${i + 3}`).join(' OR ');
      statement = this.prepare(
        `SELECT ${COLUMNS} FROM events WHERE position > ?1 AND position <= ?2 AND (${conditions}) ORDER BY position LIMIT ?${prefixes + 3}`,
      );
      this.filtered.set(key, statement);
    }
    return statement;
  }

  private prepare(sql: string): StatementSync {
    const statement = this.db.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  }

  private decodeAll(rows: Row[]): RecordedEvent[] {
    return rows.map((row) => this.decode(row));
  }

  private decode([position, stream, revision, id, type, recordedAt, data, metadata]: Row): RecordedEvent {
    try {
      return {
        id: id as string,
        type: type as string,
        stream: stream as string,
        revision: BigInt(wholeNumber(revision)),
        position: positionText(wholeNumber(position)),
        recordedAt: new Date(wholeNumber(recordedAt)),
        data: JSON.parse(data as string) as JsonObject,
        metadata: JSON.parse(metadata as string) as EventMetadata,
      };
    } catch (cause) {
      throw new StoreUnusable(`${this.file} is damaged: the event at position ${String(position)} is not readable`, { cause });
    }
  }
}
