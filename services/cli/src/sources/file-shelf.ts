import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Shelf } from '../audit/shelf.js';

const PAGE = 1_000;

/** A shelf in a scratch database: however much is kept, memory stays what SQLite's page cache is. Values are JSON. */
export class FileShelf<Value> implements Shelf<Value> {
  private readonly select: StatementSync;
  private readonly upsert: StatementSync;
  private readonly page: StatementSync;

  constructor(db: DatabaseSync, name: string) {
    db.exec(`CREATE TABLE "${name}" (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID`);
    this.select = db.prepare(`SELECT value FROM "${name}" WHERE key = ?`);
    this.upsert = db.prepare(`INSERT INTO "${name}" VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`);
    this.page = db.prepare(`SELECT key, value FROM "${name}" WHERE key > ? AND key >= ? AND key < ? ORDER BY key LIMIT ${PAGE}`);
  }

  get(key: string): Value | undefined {
    const text = this.select.get(key)?.['value'] as string | undefined;
    return text === undefined ? undefined : (JSON.parse(text) as Value);
  }

  set(key: string, value: Value): void {
    this.upsert.run(key, JSON.stringify(value));
  }

  *entries(prefix = ''): Generator<readonly [string, Value]> {
    for (let after = ''; ; ) {
      const rows = this.page.all(after, prefix, `${prefix}\u{10ffff}`);
      for (const { key, value } of rows) yield [key as string, JSON.parse(value as string) as Value];
      if (rows.length < PAGE) return;
      after = rows.at(-1)?.['key'] as string;
    }
  }
}
