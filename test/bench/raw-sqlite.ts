import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { NewEvent } from '@qazyna/event-store';

/**
 * The limit on SQLite: the same table, the same settings and durability, the same bytes, and nothing else. No checks, no JSON, no
 * revisions looked up, no promises.
 */
const SCHEMA = `
  CREATE TABLE events (
    position INTEGER PRIMARY KEY, stream TEXT NOT NULL, revision INTEGER NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL,
    recorded_at INTEGER NOT NULL, data TEXT NOT NULL, metadata TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX events_by_stream ON events (stream, revision);
`;

export interface RawRow {
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
}

/** Rows of one stream, as the store writes them. */
export function rawRows(stream: string, events: readonly NewEvent[]): RawRow[] {
  return events.map(({ id, type, data, metadata }, revision) => ({ stream, revision, id, type, data: JSON.stringify(data), metadata: JSON.stringify(metadata) }));
}

export class RawSqlite {
  private readonly insert: StatementSync;
  private position = 0;

  private constructor(private readonly db: DatabaseSync) {
    this.insert = db.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  }

  static create(file: string): RawSqlite {
    const db = new DatabaseSync(file);
    db.exec('PRAGMA page_size = 8192; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 2000');
    db.exec(SCHEMA);
    return new RawSqlite(db);
  }

  /** One transaction per group; durable when it returns. */
  append(rows: readonly RawRow[], groupSize: number): void {
    const recordedAt = Date.now();
    for (let from = 0; from < rows.length; from += groupSize) {
      this.db.exec('BEGIN IMMEDIATE');
      for (const { stream, revision, id, type, data, metadata } of rows.slice(from, from + groupSize)) {
        this.insert.run(++this.position, stream, revision, id, type, recordedAt, data, metadata);
      }
      this.db.exec('COMMIT');
    }
  }

  close(): void {
    this.db.close();
  }
}
