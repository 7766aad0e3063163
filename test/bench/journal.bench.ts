import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SqliteEventStore, systemClock } from '@qazyna/event-store';
import { JournalWriter } from '@qazyna/custody';
import type { Bench, BenchOutcome, BenchSession } from './bench.js';
import { JOURNAL, journalEvents, payoutEntry, payoutNotes } from './journal-entries.js';
import { timed, type Run } from './measuring.js';
import { RawSqlite, rawRows, type RawRow } from './raw-sqlite.js';

const ENTRIES = 100_000;
const ENTRIES_QUICK = 10_000;
const CALLERS = 64;
const GROUP = 500;

export const journalBench: Bench = {
  name: 'journal',
  title: 'postings to a hot vault through the one journal writer, on SQLite',
  run: measure,
};

async function measure(session: BenchSession): Promise<BenchOutcome> {
  const count = session.quick ? ENTRIES_QUICK : ENTRIES;
  const events = journalEvents(count);
  const drafts = events.map((_, n) => ({ entry: payoutEntry(n), notes: payoutNotes(n) }));
  const rows = rawRows(JOURNAL, events);
  let files = 0;
  /** A new one each time, and the one before is gone: files that pile up slow the disk down for whoever comes next. */
  const file = (): string => {
    rmSync(join(session.folder, String(files)), { recursive: true, force: true });
    const folder = join(session.folder, String(++files));
    mkdirSync(folder);
    return join(folder, 'journal.db');
  };

  const raw = async (groupSize: number): Promise<Run> => {
    const db = RawSqlite.create(file());
    const run = await timed(rows.length, () => db.append(rows, groupSize));
    db.close();
    return run;
  };

  /** Each caller waits for its entries to be durable before it posts the next ones. */
  const posted = async (atOnce: number): Promise<Run> => {
    const path = file();
    const store = SqliteEventStore.open({ file: path });
    const writer = new JournalWriter({ store, clock: systemClock });
    await writer.start();
    let next = 0;
    const run = await timed(drafts.length, () =>
      Promise.all(
        Array.from({ length: CALLERS }, async () => {
          while (next < drafts.length) {
            const from = next;
            next += atOnce;
            for (const { kind } of await writer.post(drafts.slice(from, next))) if (kind !== 'posted') throw new Error(`an entry was ${kind}`);
          }
        }),
      ),
    );
    await writer.close();
    await store.close();
    assertSameBytes(path, rows);
    return run;
  };

  const unit = 'entries/s';
  const groups = (size: number): string => `raw node:sqlite, the same rows ready as text, transactions of ${size}`;
  const contests = [
    await session.contest({
      name: `${CALLERS} callers, one entry at a time`,
      unit,
      ours: () => posted(1),
      limits: [{ against: `${groups(CALLERS)}: more never wait`, aim: 0.6, run: () => raw(CALLERS) }],
    }),
    await session.contest({
      name: `${CALLERS} callers, 20 entries at a time`,
      unit,
      ours: () => posted(20),
      limits: [{ against: groups(1_000), aim: 0.6, run: () => raw(1_000) }],
    }),
    await session.contest({
      name: `the store alone, one caller, appends of ${GROUP}`,
      unit,
      ours: async () => {
        const store = SqliteEventStore.open({ file: file() });
        const run = await timed(events.length, async () => {
          for (let from = 0; from < events.length; from += GROUP) {
            await store.append(JOURNAL, from === 0 ? 'no-stream' : BigInt(from - 1), events.slice(from, from + GROUP));
          }
        });
        await store.close();
        return run;
      },
      limits: [{ against: groups(GROUP), run: () => raw(GROUP) }],
    }),
  ];
  return { kind: 'measured', contests: contests.flat() };
}

/** The limit is only one when it writes what ours does. */
function assertSameBytes(path: string, rows: readonly RawRow[]): void {
  const db = new DatabaseSync(path, { readOnly: true });
  const written = db.prepare('SELECT sum(length(data) + length(metadata)) AS bytes FROM events').get()?.['bytes'];
  db.close();
  const expected = rows.reduce((bytes, { data, metadata }) => bytes + data.length + metadata.length, 0);
  if (written !== expected) throw new Error(`the journal has ${String(written)} bytes and the limit writes ${expected}`);
}
