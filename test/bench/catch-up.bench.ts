import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SqliteEventStore, systemClock, type Position } from '@qazyna/event-store';
import { reportingReadModel } from '@qazyna/reporting';
import { createLogger, ReadModelHost } from '@qazyna/service-kit';
import type { Bench, BenchOutcome, BenchSession } from './bench.js';
import { JOURNAL, journalEvents } from './journal-entries.js';
import { timed, whole, type Run } from './measuring.js';

const ENTRIES = 100_000;
const ENTRIES_QUICK = 5_000;
const APPEND = 500;
const CAUGHT_UP_MS_MAX = 600_000;

export const catchUpBench: Bench = {
  name: 'catch-up',
  title: "reporting's view of the holdings, built from the log",
  run: measure,
};

async function measure(session: BenchSession): Promise<BenchOutcome> {
  const count = session.quick ? ENTRIES_QUICK : ENTRIES;
  const file = join(session.folder, 'log.db');
  session.progress(`writing a log of ${whole(count)} entries`);
  const head = await write(file, count);
  const contests = await session.contest({
    name: 'log to holdings',
    unit: 'entries/s',
    ours: () => catchUp(session, file, head, count),
    limits: [{ against: 'raw node:sqlite scan of the same rows, data through JSON.parse', aim: 0.6, run: () => scan(file, count) }],
  });
  return { kind: 'measured', contests };
}

async function write(file: string, count: number): Promise<Position> {
  const store = SqliteEventStore.open({ file });
  const events = journalEvents(count);
  for (let from = 0; from < count; from += APPEND) await store.append(JOURNAL, from === 0 ? 'no-stream' : BigInt(from - 1), events.slice(from, from + APPEND));
  const head = await store.head();
  await store.close();
  if (head === undefined) throw new Error('nothing was written');
  return head;
}

/** The view as reporting has it: every table of it, each page in one transaction, its place in the log kept with it. */
async function catchUp(session: BenchSession, file: string, head: Position, count: number): Promise<Run> {
  const dataDir = join(session.folder, 'view');
  rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(dataDir);
  const store = SqliteEventStore.open({ file });
  const host = ReadModelHost.open(reportingReadModel, { dataDir, store, logger: createLogger({ level: 'warn', service: 'bench', pretty: false }), clock: systemClock });
  const run = await timed(count, async () => {
    host.start();
    await host.caughtUpTo(head, CAUGHT_UP_MS_MAX);
  });
  const shown = host.db.prepare('SELECT count(*) AS entries FROM entries').get()?.['entries'];
  await host.close();
  await store.close();
  if (shown !== count) throw new Error(`the view has ${String(shown)} entries instead of ${count}`);
  return run;
}

function scan(file: string, count: number): Promise<Run> {
  const db = new DatabaseSync(file, { readOnly: true });
  const statement = db.prepare('SELECT position, stream, revision, id, type, recorded_at, data, metadata FROM events ORDER BY position');
  return timed(count, () => {
    let parsed = 0;
    for (const { data } of statement.iterate()) if (JSON.parse(data as string) !== undefined) parsed += 1;
    if (parsed !== count) throw new Error(`${parsed} rows instead of ${count}`);
  }).finally(() => db.close());
}
