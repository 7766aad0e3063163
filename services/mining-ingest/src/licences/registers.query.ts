import type { SQLInputValue } from 'node:sqlite';
import type { ReadModelHost } from '@qazyna/service-kit';

/** Something that happened to a register. */
export interface HistoryItem {
  readonly recordedAt: string;
  readonly type: string;
  readonly organisation: string;
  readonly data: object;
}

/** Everything recorded of one register, in order. */
export function historyOf(model: ReadModelHost, subject: string): HistoryItem[] {
  return model.db
    .prepare('SELECT recorded_at AS recordedAt, type, by_organisation AS organisation, data FROM history WHERE subject = ? ORDER BY position')
    .all(subject)
    .map((row) => ({ ...(row as unknown as Omit<HistoryItem, 'data'>), data: JSON.parse(row['data'] as string) as object }));
}

const CHUNK = 500;

export interface Chunk {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

/**
 * Up to `limit` items in the order of their key (the column `key`), from after a cursor, that a test lets pass: what
 * depends on the moment cannot be asked of SQL.
 */
export function rowsPassing<T>(model: ReadModelHost, chunkAfter: (key: string) => Chunk, read: (row: Record<string, unknown>) => T | undefined, after: string, limit: number): T[] {
  const passed: T[] = [];
  for (let from = after; passed.length < limit; ) {
    const { sql, values } = chunkAfter(from);
    const rows = model.db.prepare(`${sql} LIMIT ${CHUNK}`).all(...values);
    for (const row of rows) {
      const item = read(row);
      if (item !== undefined && passed.length < limit) passed.push(item);
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < CHUNK) break;
    from = last['key'] as string;
  }
  return passed;
}
