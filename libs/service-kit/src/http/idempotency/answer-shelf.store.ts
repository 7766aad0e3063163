import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

const SCHEMA_VERSION = 1;
/** Outdated answers are removed each time so many were kept. */
const SWEEP_EVERY = 256;

export interface KeptAnswer {
  /** SHA-256 of what was asked: method, path and body. */
  readonly fingerprint: string;
  /** The answer's body, as JSON text. */
  readonly body: string;
}

/**
 * Answers given to requests that had an idempotency key, so that a repeated request is told the same. A convenience of
 * this instance and no record: what a request changed is in the event store, where it counts once with or without a key.
 */
export class AnswerShelf {
  private readonly insert: StatementSync;
  private readonly select: StatementSync;
  private readonly outdated: StatementSync;
  private sinceSweep = 0;

  private constructor(
    private readonly db: DatabaseSync,
    private readonly lifetimeMs: number,
  ) {
    this.insert = db.prepare('INSERT OR REPLACE INTO answers (asker, idempotency_key, fingerprint, body, kept_at) VALUES (?, ?, ?, ?, ?)');
    this.select = db.prepare('SELECT fingerprint, body FROM answers WHERE asker = ? AND idempotency_key = ? AND kept_at > ?');
    this.outdated = db.prepare('DELETE FROM answers WHERE kept_at <= ?');
  }

  /** `lifetimeMs`: how long an answer is kept. @throws {Error} the file is of an unknown version, or no database */
  static open(dataDir: string, service: string, lifetimeMs: number): AnswerShelf {
    mkdirSync(dataDir, { recursive: true });
    const path = join(dataDir, `${service}-answers.sqlite`);
    const db = new DatabaseSync(path, { timeout: 5_000 });
    // FULL: an answer that was given is still known after a power cut.
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    const version = db.prepare('PRAGMA user_version').get()?.['user_version'];
    if (version !== 0 && version !== SCHEMA_VERSION) {
      db.close();
      throw new Error(`${path} has schema version ${String(version)}; this version of Qazyna reads ${SCHEMA_VERSION}. It is a cache: delete it.`);
    }
    db.exec(`
      CREATE TABLE IF NOT EXISTS answers (
        asker TEXT NOT NULL, idempotency_key TEXT NOT NULL, fingerprint TEXT NOT NULL, body TEXT NOT NULL, kept_at INTEGER NOT NULL,
        PRIMARY KEY (asker, idempotency_key)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS answers_by_age ON answers (kept_at);
      PRAGMA user_version = ${SCHEMA_VERSION};
    `);
    return new AnswerShelf(db, lifetimeMs);
  }

  find(asker: string, key: string, now: Date): KeptAnswer | undefined {
    const row = this.select.get(asker, key, now.getTime() - this.lifetimeMs);
    return row === undefined ? undefined : { fingerprint: row['fingerprint'] as string, body: row['body'] as string };
  }

  /** Durable when it returns. */
  keep(asker: string, key: string, { fingerprint, body }: KeptAnswer, now: Date): void {
    this.insert.run(asker, key, fingerprint, body, now.getTime());
    this.sinceSweep += 1;
    if (this.sinceSweep < SWEEP_EVERY) return;
    this.sinceSweep = 0;
    this.outdated.run(now.getTime() - this.lifetimeMs);
  }

  close(): void {
    this.db.close();
  }
}
