import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { BusUnavailable } from '../port.js';

/** "QAZB": marks the file as a bus of ours. */
const APPLICATION_ID = 0x51415a42;
const SCHEMA_VERSION = 1;

/** `first` and `next` of a partition outlive its trimmed records, so that offsets are never used twice. */
const SCHEMA = `
  CREATE TABLE topics (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, partitions INTEGER NOT NULL, retention_ms INTEGER) STRICT;
  CREATE TABLE partitions (topic INTEGER NOT NULL, number INTEGER NOT NULL, first INTEGER NOT NULL, next INTEGER NOT NULL,
    PRIMARY KEY (topic, number)) STRICT, WITHOUT ROWID;
  CREATE TABLE records (topic INTEGER NOT NULL, partition INTEGER NOT NULL, position INTEGER NOT NULL, key TEXT, headers TEXT NOT NULL,
    value BLOB, at INTEGER NOT NULL, PRIMARY KEY (topic, partition, position)) STRICT, WITHOUT ROWID;
  CREATE TABLE group_offsets (name TEXT NOT NULL, topic INTEGER NOT NULL, partition INTEGER NOT NULL, committed INTEGER NOT NULL,
    PRIMARY KEY (topic, partition, name)) STRICT, WITHOUT ROWID;
`;

/** Added to files of the same version: one that has no notes yet simply knows none. */
const NOTES = `CREATE TABLE IF NOT EXISTS group_notes (name TEXT NOT NULL, topic INTEGER NOT NULL, partition INTEGER NOT NULL, note TEXT NOT NULL,
  PRIMARY KEY (topic, partition, name)) STRICT, WITHOUT ROWID;`;

/**
 * Opens the file for this process alone, with each commit flushed to disk.
 * @throws {BusUnavailable} in use by another process, damaged, not ours, of an unknown version, or not to be created
 */
export function openLogFile(file: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
    const isNew = file === ':memory:' || !existsSync(file) || statSync(file).size === 0;
    db = new DatabaseSync(file, { timeout: 0 });
    // Exclusive before the first access: nobody else gets in, and the lock goes with the process. A record is kept in the
    // index of its table, where a row above a quarter of a page spills over into pages of its own: hence large ones.
    db.exec('PRAGMA page_size = 16384; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000');
    db.exec('BEGIN IMMEDIATE; COMMIT');
    if (isNew) {
      db.exec(`BEGIN IMMEDIATE; ${SCHEMA} PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
    }
    check(db, file);
    db.exec(NOTES);
    return db;
  } catch (error) {
    db?.close();
    if (error instanceof BusUnavailable) throw error;
    const { message } = error as Error;
    const reason = message.includes('locked') ? 'it is in use by another process: a bus file has one owner at a time' : message;
    throw new BusUnavailable(`${file} cannot be used as a message bus: ${reason}`, { cause: error });
  }
}

function check(db: DatabaseSync, file: string): void {
  if (db.prepare('PRAGMA application_id').get()?.['application_id'] !== APPLICATION_ID) {
    throw new BusUnavailable(`${file} is an SQLite file but not a message bus`);
  }
  const version = db.prepare('PRAGMA user_version').get()?.['user_version'];
  if (version !== SCHEMA_VERSION) {
    throw new BusUnavailable(`${file} has schema version ${String(version)}; this version of Qazyna reads ${SCHEMA_VERSION}`);
  }
  const verdict = db.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
  if (verdict !== 'ok') throw new BusUnavailable(`${file} is damaged: ${String(verdict)}`);
}
