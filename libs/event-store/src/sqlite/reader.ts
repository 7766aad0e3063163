import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
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

type Row = Record<string, SQLOutputValue>;

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
    this.forwards = db.prepare(`SELECT ${COLUMNS} FROM events WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT ?`);
    this.backwards = db.prepare(`SELECT ${COLUMNS} FROM events WHERE stream = ? AND revision <= ? ORDER BY revision DESC LIMIT ?`);
    this.log = db.prepare(`SELECT ${COLUMNS} FROM events WHERE position > ? AND position <= ? ORDER BY position LIMIT ?`);
  }

  streamForwards(stream: string, from: bigint, limit: number): RecordedEvent[] {
    return this.decodeAll(this.forwards.all(stream, from, limit));
  }

  streamBackwards(stream: string, from: bigint | undefined, limit: number): RecordedEvent[] {
    return this.decodeAll(this.backwards.all(stream, from ?? BigInt(Number.MAX_SAFE_INTEGER), limit));
  }

  /** At most `limit` events after `after` and up to `upTo`; looks at a bounded number of rows, whatever the filter. */
  scan(after: number, upTo: number, limit: number, filter: EventFilter | undefined): ScanResult {
    if (filter === undefined) {
      const events = this.decodeAll(this.log.all(after, upTo, limit));
      return { events, scannedTo: events.length < limit ? upTo : after + events.length };
    }
    const windowEnd = Math.min(upTo, after + SCAN_WINDOW);
    const rows = this.filteredStatement(filter.streamPrefixes.length).all(after, windowEnd, ...filter.streamPrefixes, limit);
    const last = rows.at(-1);
    const scannedTo = rows.length < limit || last === undefined ? windowEnd : wholeNumber(last['position']);
    return { events: this.decodeAll(rows), scannedTo };
  }

  private filteredStatement(prefixes: number): StatementSync {
    const key = String(prefixes);
    let statement = this.filtered.get(key);
    if (statement === undefined) {
      const conditions = Array.from({ length: prefixes }, (_, i) => `substr(stream, 1, length(?${i + 3})) = ?${i + 3}`).join(' OR ');
      statement = this.db.prepare(
        `SELECT ${COLUMNS} FROM events WHERE position > ?1 AND position <= ?2 AND (${conditions}) ORDER BY position LIMIT ?${prefixes + 3}`,
      );
      this.filtered.set(key, statement);
    }
    return statement;
  }

  private decodeAll(rows: Row[]): RecordedEvent[] {
    return rows.map((row) => this.decode(row));
  }

  private decode(row: Row): RecordedEvent {
    const position = wholeNumber(row['position']);
    try {
      return {
        id: row['id'] as string,
        type: row['type'] as string,
        stream: row['stream'] as string,
        revision: BigInt(wholeNumber(row['revision'])),
        position: positionText(position),
        recordedAt: new Date(wholeNumber(row['recorded_at'])),
        data: JSON.parse(row['data'] as string) as JsonObject,
        metadata: JSON.parse(row['metadata'] as string) as EventMetadata,
      };
    } catch (cause) {
      throw new StoreUnusable(`${this.file} is damaged: the event at position ${position} is not readable`, { cause });
    }
  }
}
