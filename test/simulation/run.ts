import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { commandLine } from '../system/command-line.js';
import { BUGS } from './bugs/bugs.js';
import { coverageLines, missingOutcomes } from './coverage.js';
import type { SeedResult } from './simulation.js';
import type { Assignment } from './worker.js';

/**
 * `npm run simulate -- --seeds N [--from N] | --seed N [--trace] [--bug name] | --bugs [name …]`: plays the whole system
 * on simulated machines, one world for each seed, and prints what the oracle finds. Ends with 1 when it finds something
 * it must not, or a bug is not found.
 */
const SEEDS_DEFAULT = 100;
/** Every bug is found within so many seeds. */
const BUG_SEEDS_MAX = 200;
/** From so many seeds on, a command's outcome that was never reached is a failure of the workload. */
const COVERAGE_SEEDS_MIN = 300;
const FINDINGS_SHOWN_MAX = 8;
/** A machine that crashed leaves promises that never settle, about 9 MiB a seed: a process ends before they fill its heap. */
const SEEDS_PER_PROCESS_MAX = 150;
const OPTIONS = ['--disable-warning=ExperimentalWarning', '--disable-warning=DEP0204'];

const USAGE = `npm run simulate -- [--seeds N] [--from N]
npm run simulate -- --seed N [--trace] [--bug NAME]
npm run simulate -- --bugs [NAME ...]

The whole system on simulated machines, one world for each seed, judged by an oracle that shares no code with it.
Ends with 1 when something is found that must not be, or a deliberate bug is not found.

  --seeds N     so many seeds, on all cores (default ${SEEDS_DEFAULT})
  --from N      the first of them (default 1)
  --seed N      one seed; what is found, with the part of the trace that it is about
  --trace       its whole trace, the same byte for byte each time
  --bug NAME    with this deliberate bug in it
  --bugs        plants each deliberate bug, or the named ones, and hunts it for at most ${BUG_SEEDS_MAX} seeds`;

const { values, positionals } = commandLine(USAGE, () =>
  parseArgs({
    allowPositionals: true,
    options: {
      seeds: { type: 'string' },
      from: { type: 'string' },
      seed: { type: 'string' },
      trace: { type: 'boolean', default: false },
      bug: { type: 'string' },
      bugs: { type: 'boolean', default: false },
    },
  }),
);

process.exitCode = values.bugs ? await allBugs(positionals) : values.seed === undefined ? await manySeeds() : await oneSeed(whole('seed', values.seed));

function whole(name: string, text: string): number {
  const value = Number.parseInt(text, 10);
  if (String(value) === text && value >= 0) return value;
  process.stderr.write(`--${name} must be a whole number, not ${text}\n`);
  process.exit(2);
}

function planted(): { readonly bug?: string } {
  return values.bug === undefined ? {} : { bug: values.bug };
}

/** Runs one process; resolves when it has ended. @throws {Error} it did not end by itself */
function play(assignment: Assignment, onResult: (result: SeedResult) => void): Promise<void> {
  const child = fork(join(import.meta.dirname, 'worker.ts'), [JSON.stringify(assignment)], { execArgv: [...process.execArgv, ...OPTIONS], serialization: 'advanced' });
  child.on('message', (message) => onResult(message as SeedResult));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => (code === 0 ? resolve() : reject(new Error(`a simulating process ended with ${String(signal ?? code)}`))));
  });
}

async function oneSeed(seed: number): Promise<number> {
  let found = 0;
  await play({ from: seed, count: 1, trace: values.trace, ...planted() }, (result) => {
    found = result.findings.length;
    if (values.trace) process.stdout.write(`${result.trace.join('\n')}\n`);
    else report(result);
    if (found === 0) process.stdout.write(`seed ${seed}: ${result.events} events, ${result.virtualMs} ms of virtual time, nothing found\n`);
  });
  return found === 0 ? 0 : 1;
}

function report({ seed, findings, trace }: SeedResult): void {
  if (findings.length === 0) return;
  process.stdout.write(`\nseed ${seed} fails; npm run simulate -- --seed ${seed} --trace${values.bug === undefined ? '' : ` --bug ${values.bug}`}\n`);
  for (const { rule, message } of findings.slice(0, FINDINGS_SHOWN_MAX)) process.stdout.write(`  ${rule}: ${message}\n`);
  if (findings.length > FINDINGS_SHOWN_MAX) process.stdout.write(`  and ${findings.length - FINDINGS_SHOWN_MAX} more\n`);
  for (const line of trace) process.stdout.write(`    ${line.slice(0, 200)}\n`);
}

async function manySeeds(): Promise<number> {
  const seeds = whole('seeds', values.seeds ?? String(SEEDS_DEFAULT));
  const from = whole('from', values.from ?? '1');
  const processes = Math.max(1, Math.min(availableParallelism(), seeds));
  const began = performance.now();
  const outcomes: Record<string, number> = {};
  const faults: Record<string, number> = {};
  const failed: number[] = [];
  let done = 0;
  let events = 0;
  const take = (result: SeedResult): void => {
    done += 1;
    events += result.events;
    for (const [name, times] of Object.entries(result.outcomes)) outcomes[name] = (outcomes[name] ?? 0) + times;
    for (const [name, times] of Object.entries(result.faults)) faults[name] = (faults[name] ?? 0) + times;
    if (result.findings.length > 0) failed.push(result.seed);
    report(result);
    if (done % 100 === 0) process.stderr.write(`${done} of ${seeds} seeds, ${failed.length} failed, ${((performance.now() - began) / 1000).toFixed(0)} s\n`);
  };
  const share = Math.min(SEEDS_PER_PROCESS_MAX, Math.ceil(seeds / processes));
  let next = from;
  const playOn = async (): Promise<void> => {
    while (next < from + seeds) {
      const first = next;
      next += share;
      await play({ from: first, count: Math.min(share, from + seeds - first), ...planted() }, take);
    }
  };
  await Promise.all(Array.from({ length: processes }, playOn));
  process.stdout.write(`${coverageLines(outcomes, faults).join('\n')}\n`);
  const missing = missingOutcomes(outcomes);
  const seconds = (performance.now() - began) / 1000;
  process.stdout.write(`${done} seeds from ${from}, ${events} events, ${failed.length} failed${failed.length === 0 ? '' : ` (${failed.slice(0, 20).join(', ')})`}, ${seconds.toFixed(0)} s, ${(seconds / Math.max(1, done)).toFixed(2)} s a seed on ${processes} processes\n`);
  if (seeds >= COVERAGE_SEEDS_MIN && missing.length > 0) {
    process.stdout.write(`the workload never reached: ${missing.join('; ')}\n`);
    return 1;
  }
  return failed.length === 0 && done === seeds ? 0 : 1;
}

/** Each bug in a process of its own, from seed 1 on, until the oracle finds something. */
async function allBugs(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => BUGS.every((bug) => bug.name !== name));
  if (unknown.length > 0) {
    process.stderr.write(`there is no bug named ${unknown.join(', ')}; there are ${BUGS.map(({ name }) => name).join(', ')}\n`);
    return 2;
  }
  const waiting = BUGS.filter(({ name }) => names.length === 0 || names.includes(name));
  let missed = 0;
  const hunt = async (): Promise<void> => {
    for (let bug = waiting.shift(); bug !== undefined; bug = waiting.shift()) {
      const { name } = bug;
      let found: SeedResult | undefined;
      const began = performance.now();
      await play({ from: 1, count: BUG_SEEDS_MAX, bug: name, untilFound: true }, (result) => {
        if (result.findings.length > 0) found ??= result;
      });
      const [finding] = found?.findings ?? [];
      if (found === undefined) missed += 1;
      const line = found === undefined ? `NOT FOUND in ${BUG_SEEDS_MAX} seeds` : `seed ${String(found.seed).padStart(3)}  ${finding?.rule ?? ''}: ${finding?.message.slice(0, 110) ?? ''}`;
      process.stdout.write(`${name.padEnd(36)} ${line}  (${((performance.now() - began) / 1000).toFixed(0)} s)\n`);
    }
  };
  const total = waiting.length;
  await Promise.all(Array.from({ length: availableParallelism() }, hunt));
  process.stdout.write(`${total - missed} of ${total} bugs found\n`);
  return missed === 0 ? 0 : 1;
}
