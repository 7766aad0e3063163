import { join } from 'node:path';
import { SqliteEventStore } from '@qazyna/event-store';
import type { Bench, BenchOutcome, BenchSession } from './bench.js';
import { JOURNAL, journalEvents } from './journal-entries.js';
import { timed, type Run } from './measuring.js';
import { RawSqlite, rawRows } from './raw-sqlite.js';

const ENTRIES = 100_000;
const ENTRIES_QUICK = 10_000;
const CALLERS = 64;
const GROUP = 500;

export const journalBench: Bench = {
  name: 'journal',
  title: 'appends to the one journal stream on SQLite',
  run: measure,
};

async function measure(session: BenchSession): Promise<BenchOutcome> {
  const events = journalEvents(session.quick ? ENTRIES_QUICK : ENTRIES);
  const rows = rawRows(JOURNAL, events);
  let files = 0;
  const file = (): string => join(session.folder, `${++files}.db`);

  const raw = async (groupSize: number): Promise<Run> => {
    const db = RawSqlite.create(file());
    const run = await timed(rows.length, () => db.append(rows, groupSize));
    db.close();
    return run;
  };

  const batches = await session.contest({
    name: `one writer, batches of ${GROUP}`,
    unit: 'entries/s',
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
    limits: [{ against: `raw node:sqlite, the same rows ready as text, transactions of ${GROUP}`, run: () => raw(GROUP) }],
  });

  const callers = await session.contest({
    name: `${CALLERS} callers, a stream each, one event at a time`,
    unit: 'events/s',
    ours: async () => {
      const store = SqliteEventStore.open({ file: file() });
      const run = await timed(events.length, () =>
        Promise.all(
          Array.from({ length: CALLERS }, async (_, caller) => {
            let revision = -1n;
            for (let at = caller; at < events.length; at += CALLERS) {
              const event = events[at];
              if (event === undefined) break;
              ({ revision } = await store.append(`journal-${caller}`, revision < 0n ? 'no-stream' : revision, [event]));
            }
          }),
        ),
      );
      await store.close();
      return run;
    },
    limits: [{ against: `raw node:sqlite, the same rows ready as text, transactions of ${CALLERS}`, run: () => raw(CALLERS) }],
  });
  return { kind: 'measured', contests: [...batches, ...callers] };
}
