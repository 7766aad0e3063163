import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { IdSource } from '@qazyna/event-store';
import type { DeadLetter } from '@qazyna/messaging';

const SCHEMA_VERSION = 1;

/**
 * The letters' bytes, copied from the topic of dead letters so that one can be shown and sent back without searching
 * the topic. A cache: the file names the consumer group that fills it, so a file that is lost or deleted starts with a
 * new group, which reads the topic from its beginning.
 */
export class DeadLetterShelf {
  /** Consumer group of this file alone. */
  readonly group: string;
  private readonly insert: StatementSync;
  private readonly select: StatementSync;

  private constructor(private readonly db: DatabaseSync) {
    this.group = String(db.prepare('SELECT consumer_group FROM shelf').get()?.['consumer_group']);
    this.insert = db.prepare('INSERT OR IGNORE INTO letters VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.select = db.prepare('SELECT * FROM letters WHERE letter_id = ?');
  }

  /** @throws {Error} the file is of an unknown version, or no database */
  static open(dataDir: string, ids: IdSource): DeadLetterShelf {
    mkdirSync(dataDir, { recursive: true });
    const path = join(dataDir, 'dead-letters.sqlite');
    // FULL: the group's offset moves past a letter only when its bytes survive a power cut.
    const db = new DatabaseSync(path, { timeout: 5_000 });
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    const version = db.prepare('PRAGMA user_version').get()?.['user_version'];
    if (version !== 0 && version !== SCHEMA_VERSION) {
      db.close();
      throw new Error(`${path} has schema version ${String(version)}; this version of Qazyna reads ${SCHEMA_VERSION}. It is a cache: delete it.`);
    }
    db.exec(`
      BEGIN IMMEDIATE;
      CREATE TABLE IF NOT EXISTS shelf (id INTEGER PRIMARY KEY CHECK (id = 1), consumer_group TEXT NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS letters (
        letter_id TEXT PRIMARY KEY, topic TEXT NOT NULL, source_partition INTEGER NOT NULL, source_offset TEXT NOT NULL, taken_at TEXT NOT NULL,
        consumer_group TEXT NOT NULL, code TEXT NOT NULL, field TEXT, message TEXT NOT NULL, attempts INTEGER NOT NULL, dead_lettered_at TEXT NOT NULL,
        record_key TEXT, headers TEXT NOT NULL, value BLOB
      ) STRICT;
      INSERT OR IGNORE INTO shelf VALUES (1, 'dead-letter-register.${ids.next()}');
      PRAGMA user_version = ${SCHEMA_VERSION};
      COMMIT;
    `);
    return new DeadLetterShelf(db);
  }

  /** Durable when it returns. A letter that is here already stays as it is: its bytes cannot differ. */
  keep(letters: readonly DeadLetter[]): void {
    this.db.exec('BEGIN IMMEDIATE');
    try {
      for (const letter of letters) {
        const { original } = letter;
        this.insert.run(
          letter.id, letter.topic, letter.partition, letter.offset.toString(), letter.timestamp.toISOString(),
          letter.group, letter.code, letter.field ?? null, letter.message, letter.attempts, letter.time.toISOString(),
          original.key, JSON.stringify(original.headers), original.value,
        );
      }
      this.db.exec('COMMIT');
    } catch (error) {
      this.db.exec('ROLLBACK');
      throw error;
    }
  }

  /** Undefined when the topic has not been read that far, or never had it. */
  find(letterId: string): DeadLetter | undefined {
    const row = this.select.get(letterId);
    if (row === undefined) return undefined;
    const field = row['field'] as string | null;
    return {
      id: letterId,
      topic: row['topic'] as string,
      partition: row['source_partition'] as number,
      offset: BigInt(row['source_offset'] as string),
      timestamp: new Date(row['taken_at'] as string),
      group: row['consumer_group'] as string,
      code: row['code'] as string,
      message: row['message'] as string,
      ...(field === null ? {} : { field }),
      attempts: row['attempts'] as number,
      time: new Date(row['dead_lettered_at'] as string),
      original: {
        key: row['record_key'] as string | null,
        headers: JSON.parse(row['headers'] as string) as Record<string, string>,
        value: row['value'] as Uint8Array | null,
      },
    };
  }

  close(): void {
    this.db.close();
  }
}
