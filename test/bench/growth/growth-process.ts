import { mkdirSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { JournalSnapshots, JournalWriter } from '@qazyna/custody';
import { SqliteEventStore, systemClock } from '@qazyna/event-store';
import { JOURNAL, payoutEntry, payoutNotes } from '../journal-entries.js';
import { collectGarbage } from '../measuring.js';
import { rebuildBalances } from '../rebuild-balances.js';

/**
 * `growth-process.ts <task> <folder> <entries> [accounts]`: one task in a process of its own, so that its memory is its own.
 * `write` posts from the start to so many entries; `start` starts a journal writer; `fold` and `scan` read everything.
 */
const [task = '', folder = '', entries = '0', accounts] = process.argv.slice(2);
const licences = accounts === undefined ? undefined : Number(accounts);
const file = `${folder}/journal.db`;
const count = Number(entries);
const MIB = 2 ** 20;
const CALLERS = 64;
const AT_ONCE = 20;

/** `heapMiB`: what is alive, the tables of ids outside the heap with it. */
function memory(): { readonly heapMiB: number; readonly rssMiB: number } {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { heapMiB: (heapUsed + arrayBuffers) / MIB, rssMiB: process.resourceUsage().maxRSS / 1_024 };
}

async function withWriter<T>(work: (writer: JournalWriter) => Promise<T>): Promise<T> {
  mkdirSync(folder, { recursive: true });
  const store = SqliteEventStore.open({ file });
  const writer = new JournalWriter({ store, clock: systemClock, snapshots: new JournalSnapshots(folder) });
  const result = await work(writer);
  await writer.close();
  await store.close();
  return result;
}

/** Seconds from the start to each power of ten, and to the end. */
async function write(writer: JournalWriter): Promise<unknown> {
  await writer.start();
  const marks: { entries: number; seconds: number; heapMiB: number }[] = [];
  let next = 0;
  let posted = 0;
  let mark = 10_000;
  const from = performance.now();
  await Promise.all(
    Array.from({ length: CALLERS }, async () => {
      while (next < count) {
        const at = next;
        next = Math.min(count, at + AT_ONCE);
        const drafts = Array.from({ length: next - at }, (_, index) => ({ entry: payoutEntry(at + index, licences), notes: payoutNotes(at + index) }));
        const lost = (await writer.post(drafts)).find(({ kind }) => kind !== 'posted');
        if (lost !== undefined) throw new Error(`an entry was ${lost.kind}${lost.kind === 'refused' ? `: ${lost.violations.map(({ message }) => message).join('; ')}` : ''}`);
        posted += drafts.length;
        if (posted < mark) continue;
        marks.push({ entries: posted, seconds: (performance.now() - from) / 1_000, heapMiB: process.memoryUsage().heapUsed / MIB });
        process.stderr.write(`${JSON.stringify(marks.at(-1))}\n`);
        mark = Math.min(mark * 10, mark < count ? count : Number.POSITIVE_INFINITY);
      }
    }),
  );
  return { marks, ...memory() };
}

async function start(writer: JournalWriter): Promise<unknown> {
  const from = performance.now();
  await writer.start();
  const seconds = (performance.now() - from) / 1_000;
  if (writer.entryCount !== BigInt(count)) throw new Error(`it starts with ${writer.entryCount} entries instead of ${count}`);
  return { seconds, ...memory() };
}

async function fold(): Promise<unknown> {
  const store = SqliteEventStore.open({ file });
  const from = performance.now();
  await rebuildBalances(store, count);
  const seconds = (performance.now() - from) / 1_000;
  await store.close();
  return { seconds, ...memory() };
}

function scan(): unknown {
  const db = new DatabaseSync(file, { readOnly: true });
  const statement = db.prepare('SELECT position, stream, revision, id, type, recorded_at, data, metadata FROM events WHERE stream = ? ORDER BY revision LIMIT ?');
  const from = performance.now();
  let parsed = 0;
  for (const { data, metadata } of statement.iterate(JOURNAL, count)) if (JSON.parse(data as string) !== JSON.parse(metadata as string)) parsed += 1;
  const seconds = (performance.now() - from) / 1_000;
  db.close();
  if (parsed !== count) throw new Error(`${parsed} rows instead of ${count}`);
  return { seconds, ...memory() };
}

const tasks: Readonly<Record<string, () => unknown>> = { write: () => withWriter(write), start: () => withWriter(start), fold, scan };
process.stdout.write(JSON.stringify(await tasks[task]?.()));
process.exit(0);
