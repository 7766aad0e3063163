import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { promisify } from 'node:util';
import { SqliteEventStore } from '@qazyna/event-store';
import type { Bench, BenchOutcome, BenchSession, Figure } from './bench.js';
import { ENTRY_POSTED, JOURNAL, journalEvent } from './journal-entries.js';
import { timed, whole, type Run } from './measuring.js';
import { rebuildBalances } from './rebuild-balances.js';

const SIZES = [10_000, 100_000, 1_000_000];
const SIZES_QUICK = [10_000, 50_000];
const CONTEST_SIZE = 100_000;
const run = promisify(execFile);

export const rebuildBench: Bench = {
  name: 'rebuild',
  title: 'all balances from the journal stream',
  run: measure,
};

async function measure(session: BenchSession): Promise<BenchOutcome> {
  const sizes = session.quick ? SIZES_QUICK : SIZES;
  const largest = Math.max(...sizes);
  const file = join(session.folder, 'journal.db');
  session.progress(`writing a journal of ${whole(largest)} entries`);
  await prepare(file, largest);

  const entries = Math.min(CONTEST_SIZE, largest);
  const ours = async (): Promise<Run> => {
    const store = SqliteEventStore.open({ file });
    const result = await timed(entries, () => rebuildBalances(store, entries));
    await store.close();
    return result;
  };
  const contests = await session.contest({
    name: 'journal to balances',
    unit: 'entries/s',
    ours,
    limits: [
      {
        against: 'raw node:sqlite, the same rows, data and metadata through JSON.parse',
        aim: 0.7,
        run: () => rawRead(file, entries, (row): unknown[] => [JSON.parse(row[6] as string), JSON.parse(row[7] as string)]),
      },
      { against: 'raw node:sqlite, the same rows, only data through JSON.parse', run: () => rawRead(file, entries, (row): unknown => JSON.parse(row[6] as string)) },
    ],
  });

  const figures: Figure[] = [];
  for (const size of sizes) {
    const { heapMiB, rssMiB, seconds } = await memoryOf(file, size);
    session.progress(`rebuild of ${whole(size)} entries: heap ${heapMiB} MiB, RSS at most ${rssMiB} MiB, ${seconds} s`);
    figures.push({ name: `${whole(size)} entries, live heap after`, value: heapMiB, unit: 'MiB' });
    figures.push({ name: `${whole(size)} entries, RSS at most`, value: rssMiB, unit: 'MiB' });
  }
  return { kind: 'measured', contests, figures };
}

/** The store makes its file; the rows go in by hand, because a million of them should not take a minute. */
async function prepare(file: string, count: number): Promise<void> {
  await SqliteEventStore.open({ file }).close();
  const db = new DatabaseSync(file);
  db.exec('PRAGMA synchronous = OFF; BEGIN');
  const insert = db.prepare('INSERT INTO events (position, stream, revision, id, type, recorded_at, data, metadata) VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const recordedAt = Date.UTC(2027, 0, 1) + count;
  for (let n = 0; n < count; n++) {
    const { id, data, metadata } = journalEvent(n);
    insert.run(n + 1, JOURNAL, n, id, ENTRY_POSTED, recordedAt, JSON.stringify(data), JSON.stringify(metadata));
  }
  db.exec('COMMIT');
  db.close();
}

function rawRead(file: string, entries: number, parse: (row: SQLOutputValue[]) => unknown): Promise<Run> {
  const db = new DatabaseSync(file);
  const statement = db.prepare('SELECT position, stream, revision, id, type, recorded_at, data, metadata FROM events WHERE stream = ? ORDER BY revision LIMIT ?');
  statement.setReturnArrays(true);
  return timed(entries, () => {
    let parsed = 0;
    for (const row of statement.iterate(JOURNAL, entries) as unknown as Iterable<SQLOutputValue[]>) if (parse(row) !== undefined) parsed += 1;
    if (parsed !== entries) throw new Error(`${parsed} rows instead of ${entries}`);
  }).finally(() => db.close());
}

interface Memory {
  readonly heapMiB: number;
  readonly rssMiB: number;
  readonly seconds: number;
}

/** In a process of its own: this one is full of other things. */
async function memoryOf(file: string, entries: number): Promise<Memory> {
  const { stdout } = await run(process.execPath, [...process.execArgv, join(import.meta.dirname, 'rebuild-process.ts'), file, String(entries)]);
  return JSON.parse(stdout) as Memory;
}
