import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { StoreUnusable, type Position } from './port.js';

/** Where each consumer of the log has got to. A position is saved after its effects are durable, never before. */
export interface CheckpointStore {
  /** The position saved last under `name`, or undefined when there is none. */
  load(name: string): Promise<Position | undefined>;
  /** Resolves when the position is durable. */
  save(name: string, position: Position): Promise<void>;
}

/** For tests, and for consumers that rebuild everything at each start. */
export class InMemoryCheckpoints implements CheckpointStore {
  private readonly positions = new Map<string, Position>();

  load(name: string): Promise<Position | undefined> {
    return Promise.resolve(this.positions.get(name));
  }

  save(name: string, position: Position): Promise<void> {
    this.positions.set(name, position);
    return Promise.resolve();
  }
}

const SCHEMA_VERSION = 1;

/** Checkpoints in a small SQLite file of their own, which several processes may share. */
export class SqliteCheckpoints implements CheckpointStore {
  private readonly select: StatementSync;
  private readonly upsert: StatementSync;

  private constructor(private readonly db: DatabaseSync) {
    this.select = db.prepare('SELECT position FROM checkpoints WHERE name = ?');
    this.upsert = db.prepare('INSERT INTO checkpoints (name, position) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET position = excluded.position');
  }

  /** @throws {StoreUnusable} the file is damaged or of an unknown schema version */
  static open(options: { readonly file: string }): SqliteCheckpoints {
    mkdirSync(dirname(options.file), { recursive: true });
    try {
      const db = new DatabaseSync(options.file, { timeout: 5_000 });
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
      const version = db.prepare('PRAGMA user_version').get()?.['user_version'];
      if (version !== 0 && version !== SCHEMA_VERSION) {
        db.close();
        throw new StoreUnusable(`${options.file} has schema version ${String(version)}; this version of Qazyna reads ${SCHEMA_VERSION}`);
      }
      db.exec(`
        CREATE TABLE IF NOT EXISTS checkpoints (name TEXT PRIMARY KEY, position TEXT NOT NULL) STRICT, WITHOUT ROWID;
        PRAGMA user_version = ${SCHEMA_VERSION};
      `);
      return new SqliteCheckpoints(db);
    } catch (error) {
      if (error instanceof StoreUnusable) throw error;
      throw new StoreUnusable(`${options.file} cannot be used for checkpoints: ${(error as Error).message}`, { cause: error });
    }
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- part of the port, where it rejects
  async load(name: string): Promise<Position | undefined> {
    return this.select.get(name)?.['position'] as Position | undefined;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- part of the port, where it rejects
  async save(name: string, position: Position): Promise<void> {
    this.upsert.run(name, position);
  }

  close(): void {
    this.db.close();
  }
}
