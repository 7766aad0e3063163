import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { commandLine } from '../system/command-line.js';
import type { Bench, BenchSession } from './bench.js';
import { casesBench } from './cases.bench.js';
import { catchUpBench } from './catch-up.bench.js';
import { emmettBench } from './emmett.bench.js';
import { eventStoreDbBench } from './event-store-db.bench.js';
import { growthBench } from './growth.bench.js';
import { httpBench } from './http.bench.js';
import { journalBench } from './journal.bench.js';
import { describeMachine } from './machine.js';
import { contest } from './measuring.js';
import { memoryBench } from './memory.bench.js';
import { mixedBench } from './mixed.bench.js';
import { payoutsBench } from './payouts.bench.js';
import { rebuildBench } from './rebuild.bench.js';
import { table, type Report } from './report.js';
import { screeningBench } from './screening.bench.js';
import { wholeWayBench } from './whole-way.bench.js';

/**
 * `npm run bench [-- --only <name>] [--quick]`: how close each hot path comes to the limit of what it stands on. Prints
 * a table and writes `test-results/bench.json`. Nothing here passes or fails: figures of a shared machine are read by
 * people, and only the ratios travel.
 */
const BENCHES: readonly Bench[] = [journalBench, rebuildBench, catchUpBench, emmettBench, eventStoreDbBench, httpBench, payoutsBench, casesBench, screeningBench, memoryBench, wholeWayBench];
/** Ten million entries take a quarter of an hour and 15 GB, a million payouts some minutes: only when they are asked for. */
const ON_REQUEST: readonly Bench[] = [growthBench, mixedBench];
const REPEATS = 5;
const REPEATS_QUICK = 2;
const OUTPUT = join(import.meta.dirname, '../../test-results');

const USAGE = `npm run bench -- [--only NAME ...] [--quick]

Speed, as ratios against the machine's limit in the same run; also written to test-results/bench.json.

  --only NAME   only this one; may be given more than once: ${BENCHES.map(({ name }) => name).join(', ')};
                only when asked for: ${ON_REQUEST.map(({ name }) => name).join(', ')}
  --quick       does it run? a minute or two`;

const { values } = commandLine(USAGE, () => parseArgs({ options: { only: { type: 'string', multiple: true }, quick: { type: 'boolean', default: false } } }));
const chosen = values.only === undefined ? BENCHES : [...BENCHES, ...ON_REQUEST].filter(({ name }) => values.only?.includes(name));
if (chosen.length === 0) {
  console.error(`no such bench; there are: ${[...BENCHES, ...ON_REQUEST].map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

const machine = describeMachine();
const started = new Date();
const benches: Report['benches'][number][] = [];
for (const bench of chosen) benches.push(await runOne(bench));

const report: Report = { startedAt: started.toISOString(), seconds: (Date.now() - started.getTime()) / 1000, quick: values.quick, machine, benches };
mkdirSync(OUTPUT, { recursive: true });
writeFileSync(join(OUTPUT, 'bench.json'), `${JSON.stringify(report, null, 2)}\n`);
console.log(`\n${table(report)}`);
// A client of a server that was taken down may keep a timer: everything of ours is closed by now.
process.exit(0);

async function runOne(bench: Bench): Promise<Report['benches'][number]> {
  const { name, title } = bench;
  const folder = mkdtempSync(join(tmpdir(), `qazyna-bench-${name}-`));
  const at = Date.now();
  const progress = (line: string): void => console.error(`[${((Date.now() - started.getTime()) / 1000).toFixed(0).padStart(3)} s] ${line}`);
  progress(`${name}: ${title}`);
  const session: BenchSession = {
    quick: values.quick,
    folder,
    progress,
    contest: (each) => contest(each, values.quick ? REPEATS_QUICK : REPEATS, progress),
  };
  try {
    return { name, title, ...(await bench.run(session)), seconds: (Date.now() - at) / 1000 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
