import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { Position } from '@qazyna/event-store';
import type { ReadModelDefinition, ReadModelWriter } from './read-model.js';

const META = `CREATE TABLE IF NOT EXISTS read_model (id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL, position TEXT) STRICT`;

/**
 * The SQLite file of one view: its tables, its version and its place in the log, which move in one transaction.
 * `synchronous=NORMAL`: a power cut may lose the last pages, and then the place moves back with them.
 */
export class ReadModelFile implements ReadModelWriter {
  private readonly statements = new Map<string, StatementSync>();

  private constructor(
    readonly db: DatabaseSync,
    readonly path: string,
  ) {}

  /** Opens the view, or starts it anew when its file is missing, damaged, or of another version. */
  static open({ name, version, schema }: ReadModelDefinition, dataDir: string): ReadModelFile {
    const folder = join(dataDir, 'read-models');
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `${name}.sqlite`);
    const found = ReadModelFile.openExisting(path, version);
    if (found) return found;
    for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
    const db = connect(path);
    db.exec(`BEGIN; ${META}; ${schema}; INSERT INTO read_model (id, version, position) VALUES (1, ${version}, NULL); COMMIT`);
    return new ReadModelFile(db, path);
  }

  private static openExisting(path: string, version: number): ReadModelFile | undefined {
    let db: DatabaseSync | undefined;
    try {
      db = connect(path);
      const meta = db.prepare('SELECT version FROM read_model').get();
      if (meta?.['version'] === version && db.prepare('PRAGMA quick_check(1)').get()?.['quick_check'] === 'ok') return new ReadModelFile(db, path);
    } catch {
      // Missing tables or a damaged file: it is thrown away like an outdated one.
    }
    db?.close();
    return undefined;
  }

  position(): Position | undefined {
    return (this.statement('SELECT position FROM read_model').get()?.['position'] ?? undefined) as Position | undefined;
  }

  /** Runs `work` and moves the place in the log, both or neither. */
  advance(position: Position, work: () => void): void {
    this.db.exec('BEGIN');
    try {
      work();
      this.run('UPDATE read_model SET position = ?', position);
      this.db.exec('COMMIT');
    } catch (error) {
      this.db.exec('ROLLBACK');
      throw error;
    }
  }

  run(sql: string, ...values: readonly SQLInputValue[]): void {
    this.statement(sql).run(...values);
  }

  get(sql: string, ...values: readonly SQLInputValue[]): Record<string, unknown> | undefined {
    return this.statement(sql).get(...values);
  }

  all(sql: string, ...values: readonly SQLInputValue[]): Record<string, unknown>[] {
    return this.statement(sql).all(...values);
  }

  close(): void {
    this.statements.clear();
    this.db.close();
  }

  private statement(sql: string): StatementSync {
    let statement = this.statements.get(sql);
    if (!statement) this.statements.set(sql, (statement = this.db.prepare(sql)));
    return statement;
  }
}

function connect(path: string): DatabaseSync {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  return db;
}
