import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Bench, BenchOutcome, BenchSession, Figure } from './bench.js';
import { spread, whole } from './measuring.js';

/** `QAZYNA_BENCH_ENTRIES` makes it another size than ten million. */
const ENTRIES = Number(process.env['QAZYNA_BENCH_ENTRIES'] ?? 10_000_000);
const ENTRIES_QUICK = 100_000;
const SMALLEST = 10_000;
const MILLION = 1_000_000;
const run = promisify(execFile);

export const growthBench: Bench = {
  name: 'growth',
  title: 'a journal that grows: cost per entry, start from a snapshot, full fold',
  run: measure,
};

interface Told {
  readonly seconds: number;
  readonly heapMiB: number;
  readonly rssMiB: number;
}

interface Written extends Told {
  readonly marks: readonly { readonly entries: number; readonly seconds: number; readonly heapMiB: number }[];
}

/** Written once, by custody's own writer: a journal of this size is not written six times. Start and fold take turns with the scan. */
async function measure(session: BenchSession): Promise<BenchOutcome> {
  const entries = session.quick ? ENTRIES_QUICK : ENTRIES;
  const repeats = session.quick || entries > MILLION ? 1 : 3;
  const folder = join(session.folder, 'journal');
  const tell = async <T>(task: string, count: number): Promise<T> => {
    const running = run(process.execPath, [...process.execArgv, join(import.meta.dirname, 'growth/growth-process.ts'), task, folder, String(count)], { maxBuffer: 2 ** 24 });
    // What it tells on the way: ten million take a while.
    running.child.stderr?.pipe(process.stderr);
    const { stdout } = await running;
    session.progress(`${task} of ${whole(count)}: ${stdout}`);
    return JSON.parse(stdout) as T;
  };
  const figures: Figure[] = [];
  const figure = (name: string, value: number, unit: string): void => void figures.push({ name, value, unit });

  session.progress(`posting ${whole(entries)} entries`);
  const { marks, heapMiB } = await tell<Written>('write', entries);
  for (const mark of marks) figure(`${whole(mark.entries)} entries posted, cost of each since the start`, (mark.seconds * 1e6) / mark.entries, 'us');
  const [first, last] = [marks[0], marks.at(-1)];
  // The power of the count that the time grows with: 1 where an entry costs the same however many there are.
  if (first !== undefined && last !== undefined && last !== first) figure('slope of time over entries, 1.1 at most', Math.log10(last.seconds / first.seconds) / Math.log10(last.entries / first.entries), '');
  figure('live heap and ids of the writer at the end', heapMiB, 'MiB');
  figure('of the file, a million entries', statSync(join(folder, 'journal.db')).size / 2 ** 20 / (entries / MILLION), 'MiB');

  const ratios: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const start = await tell<Told>('start', entries);
    figure(`start from the snapshot of ${whole(entries)}, 5 s at most`, start.seconds, 's');
    figure('RSS of that start at most', start.rssMiB, 'MiB');
    const fold = await tell<Told>('fold', entries);
    const scan = await tell<Told>('scan', entries);
    ratios.push(scan.seconds / fold.seconds);
    figure('full fold', entries / fold.seconds, 'entries/s');
    figure('raw scan with JSON.parse of data and metadata', entries / scan.seconds, 'entries/s');
    figure('RSS of the fold at most', fold.rssMiB, 'MiB');
  }
  const small = await tell<Told>('fold', SMALLEST);
  figure(`RSS of a fold of ${whole(SMALLEST)}`, small.rssMiB, 'MiB');
  const { min, median, max } = spread(ratios.map((ratio) => ratio * 100));
  for (const [name, value] of Object.entries({ median, min, max })) figure(`fold against scan, ${name} of ${repeats}, 70 % at least`, value, '%');
  return { kind: 'measured', contests: [], figures };
}
