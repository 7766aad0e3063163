import { closeSync, existsSync, mkdirSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { EventStoreError, StoreUnavailable, StoreUnusable } from '../port.js';

/** "QAZY": marks the file as an event store of ours, so that no other SQLite file is taken for one. */
const APPLICATION_ID = 0x51415a59;
const SCHEMA_VERSION = 1;
/** Up to this size the whole file is checked at open (about 1 s per GiB); above it, only its newest part. */
const FULL_CHECK_BYTES_MAX = 64 * 1024 * 1024;
const RECENT_EVENTS_CHECKED = 10_000;

/**
 * One table. `position` is the order of the log and the row's key; (stream, revision) finds a stream's events and
 * makes two events at one place impossible. Event ids need no index: an append names the place where its events
 * would be, so looking there is enough to tell a repeated append from a conflict.
 */
const SCHEMA = `
  CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    revision INTEGER NOT NULL,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    data TEXT NOT NULL,
    metadata TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX events_by_stream ON events (stream, revision);
`;

/**
 * Opens the file for this process alone and checks it. The lock is SQLite's own lock on the file, kept by the
 * operating system: it goes with the process, however that ends.
 * @throws {StoreUnusable} held by another process, damaged, not ours, or of an unknown schema version
 * @throws {StoreUnavailable} the file cannot be opened or created
 */
export function openEventFile(file: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    const isNew = !existsSync(file) || statSync(file).size === 0;
    if (isNew) mkdirSync(dirname(file), { recursive: true });
    else checkHeader(file);
    db = new DatabaseSync(file, { timeout: 0 });
    // Exclusive before the first access: the WAL index then lives in this process's memory and nobody else gets in.
    // The page size is for a new file; one that exists keeps its own. Events are near 1 KB: on 8 KiB pages a group of
    // them takes fewer writes than on SQLite's 4 KiB, and a single one no more time.
    db.exec(
      'PRAGMA page_size = 8192; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 2000',
    );
    db.exec('BEGIN IMMEDIATE; COMMIT');
    checkSchema(db, file);
    if (!isNew) checkContents(db, file);
    return db;
  } catch (error) {
    try {
      db?.close();
    } catch {
      // The first error is the one to report.
    }
    throw explainOpenFailure(error, file);
  }
}

function checkHeader(file: string): void {
  const header = Buffer.alloc(16);
  const fd = openSync(file, 'r');
  try {
    readSync(fd, header, 0, 16, 0);
  } finally {
    closeSync(fd);
  }
  if (header.toString('latin1') !== 'SQLite format 3\0') {
    throw new StoreUnusable(`${file} is damaged or not an event store: its header is not SQLite's`);
  }
}

function pragma(db: DatabaseSync, name: string): unknown {
  return db.prepare(`PRAGMA ${name}`).get()?.[name];
}

function checkSchema(db: DatabaseSync, file: string): void {
  const version = pragma(db, 'user_version');
  const application = pragma(db, 'application_id');
  const tables = db.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n'];
  if (version === 0 && application === 0 && tables === 0) {
    db.exec(`BEGIN IMMEDIATE; ${SCHEMA} PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
    return;
  }
  if (application !== APPLICATION_ID) throw new StoreUnusable(`${file} is an SQLite file but not an event store`);
  if (version !== SCHEMA_VERSION) {
    throw new StoreUnusable(
      `${file} has schema version ${String(version)}; this version of Qazyna reads ${SCHEMA_VERSION}: use the version that wrote it`,
    );
  }
}

function checkContents(db: DatabaseSync, file: string): void {
  if (statSync(file).size <= FULL_CHECK_BYTES_MAX) {
    const verdict = db.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
    if (verdict !== 'ok') throw new StoreUnusable(`${file} is damaged: ${String(verdict)}`);
  }
  // The log has no gaps: what was written last must be there, readable, and found through the index as well.
  const recent = db.prepare(
    `SELECT count(*) AS n, max(position) AS last, min(position) AS first, sum(length(data) + length(metadata)) AS bytes,
       sum((SELECT i.position FROM events AS i INDEXED BY events_by_stream WHERE i.stream = e.stream AND i.revision = e.revision) IS e.position) AS indexed
     FROM (SELECT * FROM events ORDER BY position DESC LIMIT ${RECENT_EVENTS_CHECKED}) AS e`,
  );
  const row = recent.get() as { n: number; last: number | null; first: number | null; indexed: number | null };
  if (row.n > 0 && (Number(row.last) - Number(row.first) + 1 !== row.n || row.indexed !== row.n)) {
    throw new StoreUnusable(`${file} is damaged: its last ${row.n} events have gaps or are missing from their index`);
  }
}

/** A whole number out of SQLite. @throws {StoreUnusable} the column holds something else */
export function wholeNumber(value: SQLOutputValue | undefined): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new StoreUnusable(`the event store file holds ${String(value)} where a whole number must be`);
}

const SQLITE_BUSY = 5;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

/** SQLite's primary result code of an error of node:sqlite, or undefined when it is none. */
export function sqliteCode(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown } | null)?.errcode;
  return typeof code === 'number' ? code & 0xff : undefined;
}

function explainOpenFailure(error: unknown, file: string): unknown {
  const code = sqliteCode(error);
  const reason = (error as Error).message;
  if (error instanceof EventStoreError) return error;
  if (code === SQLITE_BUSY) return new StoreUnusable(`${file} is in use by another process: an event store file has one owner at a time`);
  if (code === SQLITE_CORRUPT || code === SQLITE_NOTADB) return new StoreUnusable(`${file} is damaged: ${reason}`);
  return new StoreUnavailable(`${file} cannot be opened: ${reason}`, { cause: error });
}

/** Maps an error of a running store: damage is for people to repair, everything else may pass. */
export function explainFailure(error: unknown, file: string): unknown {
  const code = sqliteCode(error);
  if (code === undefined) return error;
  const reason = (error as Error).message;
  if (code === SQLITE_CORRUPT || code === SQLITE_NOTADB) return new StoreUnusable(`${file} is damaged: ${reason}`, { cause: error });
  return new StoreUnavailable(`${file}: ${reason}`, { cause: error });
}
