import { execFile } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SqliteEventStore } from '@qazyna/event-store';
import type { Bench, BenchOutcome, BenchSession, Figure } from './bench.js';
import { SHAPES, type Shape } from './emmett/shapes.js';
import { journalEvents } from './journal-entries.js';
import { timed, type ContestResult, type Run } from './measuring.js';

const EVENTS: Readonly<Record<Shape, number>> = { sequential: 2_000, concurrent: 2_000, batched: 20_000 };
const EVENTS_QUICK: Readonly<Record<Shape, number>> = { sequential: 200, concurrent: 200, batched: 1_000 };
const AIM = 10;
const run = promisify(execFile);

export const emmettBench: Bench = {
  name: 'emmett',
  title: 'the same appends to @event-driven-io/emmett-sqlite, each durable before it is answered',
  run: measure,
};

interface TheirRun {
  readonly appended: number;
  readonly seconds: number;
}

/** It is no dependency: its driver needs a compiler. docs/performance.md says how to have it in a folder of its own. */
async function measure(session: BenchSession): Promise<BenchOutcome> {
  const folder = process.env['QAZYNA_BENCH_EMMETT'];
  if (folder === undefined) return { kind: 'skipped', reason: 'QAZYNA_BENCH_EMMETT names no folder that has @event-driven-io/emmett-sqlite; see docs/performance.md' };
  const counts = session.quick ? EVENTS_QUICK : EVENTS;
  const contests: ContestResult[] = [];
  const figures: Figure[] = [];
  for (const shape of Object.keys(SHAPES) as Shape[]) {
    let appends = 0;
    let failed = 0;
    const results = await session.contest({
      name: `${shape}: ${SHAPES[shape].callers} at once, ${SHAPES[shape].atOnce} an append`,
      unit: 'events/s',
      ours: () => ours(session, shape, counts[shape]),
      limits: [
        {
          against: 'emmett-sqlite in a process of its own, what it took only',
          aim: AIM,
          run: async () => {
            const theirs = await emmett(session, folder, shape, counts[shape]);
            appends += counts[shape] / SHAPES[shape].atOnce;
            failed += (counts[shape] - theirs.appended) / SHAPES[shape].atOnce;
            return { operations: theirs.appended, seconds: theirs.seconds };
          },
        },
      ],
    });
    contests.push(...results);
    figures.push({ name: `${shape}: appends of emmett that failed or never ended, of ${appends}`, value: failed, unit: '' }, { name: `${shape}: of ours that failed`, value: 0, unit: '' });
  }
  return { kind: 'measured', contests, figures };
}

/** A failed append rejects, and the bench with it. */
async function ours(session: BenchSession, shape: Shape, count: number): Promise<Run> {
  const { callers, atOnce } = SHAPES[shape];
  const events = journalEvents(count);
  const store = SqliteEventStore.open({ file: join(fresh(session, 'ours'), 'events.db') });
  let next = 0;
  const result = await timed(count, () =>
    Promise.all(
      Array.from({ length: callers }, async (_, caller) => {
        let revision = -1n;
        while (next < events.length) {
          const batch = events.slice(next, (next += atOnce));
          ({ revision } = await store.append(`journal-${caller}`, revision < 0n ? 'no-stream' : revision, batch));
        }
      }),
    ),
  );
  await store.close();
  return result;
}

async function emmett(session: BenchSession, folder: string, shape: Shape, count: number): Promise<TheirRun> {
  const file = join(fresh(session, 'theirs'), 'events.db');
  const { stdout } = await run(process.execPath, [...process.execArgv, join(import.meta.dirname, 'emmett/emmett-process.ts'), folder, file, shape, String(count)]);
  return JSON.parse(stdout) as TheirRun;
}

function fresh(session: BenchSession, name: string): string {
  const folder = join(session.folder, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  return folder;
}
