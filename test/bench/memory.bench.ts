import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Bench, BenchOutcome, BenchSession, Figure } from './bench.js';
import { whole } from './measuring.js';

const MANY = 1_000_000;
const MANY_QUICK = 20_000;
const FEW = 1_000;
const FEW_ACCOUNTS = 20;
const run = promisify(execFile);

export const memoryBench: Bench = {
  name: 'memory',
  title: 'what custody\'s writer keeps in memory: for each entry, and for each account',
  run: measure,
};

/** Journals by custody's own writer, each in a process of its own; what is alive in it at the end, less what a small one has. */
async function measure(session: BenchSession): Promise<BenchOutcome> {
  const many = session.quick ? MANY_QUICK : MANY;
  const alive = async (entries: number, accounts: number): Promise<{ readonly heapMiB: number; readonly rssMiB: number }> => {
    session.progress(`${whole(entries)} entries over ${whole(accounts)} accounts`);
    const folder = join(session.folder, `${entries}-${accounts}`);
    const { stdout } = await run(process.execPath, [...process.execArgv, join(import.meta.dirname, 'growth/growth-process.ts'), 'write', folder, String(entries), String(accounts)], { maxBuffer: 2 ** 24 });
    return JSON.parse(stdout) as { heapMiB: number; rssMiB: number };
  };
  const small = await alive(FEW, FEW_ACCOUNTS);
  const ofEntries = await alive(many, FEW_ACCOUNTS);
  const ofAccounts = await alive(many, many);
  const figures: Figure[] = [
    { name: `alive after ${whole(FEW)} entries of ${FEW_ACCOUNTS} accounts`, value: small.heapMiB, unit: 'MiB' },
    { name: 'a million entries', value: ((ofEntries.heapMiB - small.heapMiB) * 1e6) / many, unit: 'MiB' },
    { name: 'a million accounts', value: ((ofAccounts.heapMiB - ofEntries.heapMiB) * 1e6) / many, unit: 'MiB' },
    { name: `RSS at most, ${whole(many)} entries of ${FEW_ACCOUNTS} accounts`, value: ofEntries.rssMiB, unit: 'MiB' },
    { name: `RSS at most, ${whole(many)} entries of as many accounts`, value: ofAccounts.rssMiB, unit: 'MiB' },
  ];
  return { kind: 'measured', contests: [], figures };
}
