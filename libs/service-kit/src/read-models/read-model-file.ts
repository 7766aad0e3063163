import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Position } from '@qazyna/event-store';
import { PreparedWriter } from './prepared-writer.js';
import type { ReadModelDefinition } from './read-model.js';

const META = `CREATE TABLE read_model (
  id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL, position TEXT, mark_after TEXT, mark_position TEXT, mark_id TEXT
) STRICT`;
/** How long a start waits for the process before it to be gone. */
const LOCK_WAIT_MS = 1000;
const SQLITE_BUSY = 5;
/** A larger file is believed without a look at each of its pages: the look would hold up the start. */
const CHECKED_BYTES_MAX = 256 * 1024 * 1024;
const SIDE_FILES = ['', '-wal', '-shm'];

/** The last event a view applied: what its place in the log is recognised by. */
export interface LogMark {
  /** A place before the event with nothing of the view's in between; undefined for the start of the log. */
  readonly after: Position | undefined;
  readonly position: Position;
  readonly id: string;
}

/** Two processes that fed one file would count every event twice. */
export class ReadModelInUse extends Error {
  override readonly name = 'ReadModelInUse';
  readonly code = 'read-model-in-use';
}

/**
 * The SQLite file of one view: its tables, its version and its place in the log, which move in one transaction.
 * `synchronous=NORMAL`: a power cut may lose the last pages, and then the place moves back with them. The file is
 * locked for this process by the operating system, so the lock goes with the process, however that ends.
 */
export class ReadModelFile extends PreparedWriter {
  private constructor(
    private readonly definition: ReadModelDefinition,
    private readonly dataDir: string,
    /** Whether it is still being built beside the one that has the view's name. */
    readonly isBeside: boolean,
    db: DatabaseSync,
  ) {
    super(db);
  }

  /**
   * Opens the view. Where its file is missing or damaged it is started anew; where another version has its name, that
   * one stays until this one has caught up and takes its place: it is opened beside it, where an earlier start left off.
   * @throws {ReadModelInUse} another process feeds it
   */
  static open(definition: ReadModelDefinition, dataDir: string): ReadModelFile {
    const found = ReadModelFile.openExisting(definition, dataDir, false);
    if (found === 'other-version') return ReadModelFile.openBeside(definition, dataDir);
    return found ?? ReadModelFile.create(definition, dataDir, false);
  }

  /** Opens what is being built beside the view, where it was left, or begins it. @throws {ReadModelInUse} */
  static openBeside(definition: ReadModelDefinition, dataDir: string): ReadModelFile {
    const found = ReadModelFile.openExisting(definition, dataDir, true);
    return found === undefined || found === 'other-version' ? ReadModelFile.create(definition, dataDir, true) : found;
  }

  private static create(definition: ReadModelDefinition, dataDir: string, isBeside: boolean): ReadModelFile {
    mkdirSync(join(dataDir, 'read-models'), { recursive: true });
    const path = pathOf(definition, dataDir, isBeside);
    for (const suffix of SIDE_FILES) rmSync(path + suffix, { force: true });
    const file = new ReadModelFile(definition, dataDir, isBeside, connect(path));
    file.clear();
    return file;
  }

  private static openExisting(definition: ReadModelDefinition, dataDir: string, isBeside: boolean): ReadModelFile | 'other-version' | undefined {
    const path = pathOf(definition, dataDir, isBeside);
    if (!existsSync(path)) return undefined;
    let db: DatabaseSync | undefined;
    try {
      db = connect(path);
      const version = db.prepare('SELECT version, mark_id FROM read_model').get()?.['version'];
      if (isWhole(db, path)) {
        if (version === definition.version) return new ReadModelFile(definition, dataDir, isBeside, db);
        db.close();
        return 'other-version';
      }
    } catch (error) {
      if (sqliteCode(error) === SQLITE_BUSY) {
        db?.close();
        throw new ReadModelInUse(`${path} is in use by another process: each instance of a service needs a data folder of its own`, { cause: error });
      }
      // Missing tables or a damaged file: it is thrown away.
    }
    db?.close();
    return undefined;
  }

  /**
   * Gives what was built beside the view's own name, in place of whatever has it, and opens it there. Closes `this`; a
   * file that has the name now must have been closed. A crash leaves the one or the other, whole.
   */
  takePlace(): ReadModelFile {
    // Closing moves the write-ahead log into the file, so that the file alone is all of it.
    this.close();
    const path = pathOf(this.definition, this.dataDir, false);
    for (const suffix of SIDE_FILES.slice(1)) rmSync(path + suffix, { force: true });
    renameSync(pathOf(this.definition, this.dataDir, true), path);
    return new ReadModelFile(this.definition, this.dataDir, false, connect(path));
  }

  /** Throws everything away, in place: whoever holds `db` or a statement of it keeps a working one. */
  clear(): void {
    const tables = this.db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`).all();
    this.transaction(() => {
      for (const { name } of tables) this.db.exec(`DROP TABLE "${name as string}"`);
      this.db.exec(`${META}; ${this.definition.schema}; INSERT INTO read_model (id, version) VALUES (1, ${this.definition.version})`);
    });
  }

  position(): Position | undefined {
    return (this.get('SELECT position FROM read_model')?.['position'] ?? undefined) as Position | undefined;
  }

  /** Undefined while no event has been applied. */
  mark(): LogMark | undefined {
    const row = this.get('SELECT mark_after, mark_position, mark_id FROM read_model');
    if (typeof row?.['mark_id'] !== 'string') return undefined;
    return { after: (row['mark_after'] ?? undefined) as Position | undefined, position: row['mark_position'] as Position, id: row['mark_id'] };
  }

  /** Runs `work` and moves the place in the log and its mark, all or nothing. */
  advance(position: Position, mark: LogMark, work: () => void): void {
    this.transaction(() => {
      work();
      this.run('UPDATE read_model SET position = ?, mark_after = ?, mark_position = ?, mark_id = ?', position, mark.after ?? null, mark.position, mark.id);
    });
  }

  /** Moves the place in the log, where nothing of the view's lies in between. */
  moveTo(position: Position | undefined): void {
    this.run('UPDATE read_model SET position = ?', position ?? null);
  }

  private transaction(work: () => void): void {
    this.db.exec('BEGIN');
    try {
      work();
      this.db.exec('COMMIT');
    } catch (error) {
      // SQLite has already rolled back by itself where the disk is full or fails.
      if (this.db.isTransaction) this.db.exec('ROLLBACK');
      throw error;
    }
  }
}

function pathOf({ name }: ReadModelDefinition, dataDir: string, isBeside: boolean): string {
  return join(dataDir, 'read-models', `${name}${isBeside ? '.building' : ''}.sqlite`);
}

function isWhole(db: DatabaseSync, path: string): boolean {
  return statSync(path).size > CHECKED_BYTES_MAX || db.prepare('PRAGMA quick_check(1)').get()?.['quick_check'] === 'ok';
}

function connect(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: LOCK_WAIT_MS });
  try {
    // Exclusive before the first access: nobody else gets in, and the index of the WAL lives in memory.
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE; COMMIT');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** SQLite's primary result code, or undefined when the error is of another kind. */
export function sqliteCode(error: unknown): number | undefined {
  const code = (error as { readonly errcode?: unknown } | null)?.errcode;
  return typeof code === 'number' ? code & 0xff : undefined;
}
