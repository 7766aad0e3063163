import { runInNewContext } from 'node:vm';
import { setFlagsFromString } from 'node:v8';

/** One timed stretch of work. */
export interface Run {
  readonly operations: number;
  readonly seconds: number;
}

/** Something to be held against: the same work on the same bytes by the barest means. */
export interface Limit {
  /** What it is, in words. */
  readonly against: string;
  /** The ratio we want at least; absent for what is only told. */
  readonly aim?: number;
  readonly run: () => Promise<Run>;
}

/** Our way and its limits, on the same machine at the same time. */
export interface Contest {
  readonly name: string;
  /** What is counted, such as `entries/s`. */
  readonly unit: string;
  readonly ours: () => Promise<Run>;
  readonly limits: readonly Limit[];
}

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export interface ContestResult {
  readonly name: string;
  readonly unit: string;
  readonly against: string;
  readonly aim?: number;
  readonly repeats: number;
  /** Operations per second. */
  readonly ours: Spread;
  readonly limit: Spread;
  /** Ours over the limit, within each repeat. */
  readonly ratio: Spread;
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
  return { min: sorted[0] ?? Number.NaN, median, max: sorted.at(-1) ?? Number.NaN };
}

/** Times `work` alone: what it needs is prepared before. */
export async function timed(operations: number, work: () => Promise<unknown> | void): Promise<Run> {
  const start = performance.now();
  await work();
  return { operations, seconds: (performance.now() - start) / 1000 };
}

/**
 * Runs all sides in turns, so that a change of the machine's mood meets all of them, and changes who goes first, so
 * that none always inherits a warm cache. One round before the count lets the code be compiled.
 * @returns one result for each limit
 */
export async function contest({ name, unit, ours, limits }: Contest, repeats: number, progress: (line: string) => void): Promise<ContestResult[]> {
  const sides = [ours, ...limits.map(({ run }) => run)];
  const rounds: number[][] = [];
  for (let round = 0; round <= repeats; round++) {
    const rates: number[] = [];
    const order = [...sides.keys()];
    for (const side of round % 2 === 0 ? order.reverse() : order) {
      collectGarbage();
      const { operations, seconds } = await (sides[side] as () => Promise<Run>)();
      rates[side] = operations / seconds;
    }
    progress(`${name}: ${round === 0 ? 'warm-up' : `${round}/${repeats}`}: ${rates.map(whole).join(' against ')} ${unit}`);
    if (round > 0) rounds.push(rates);
  }
  return limits.map(({ against, aim }, index) => {
    const rate = (round: readonly number[], side: number): number => round[side] ?? Number.NaN;
    return {
      name,
      unit,
      against,
      ...(aim === undefined ? {} : { aim }),
      repeats,
      ours: spread(rounds.map((round) => rate(round, 0))),
      limit: spread(rounds.map((round) => rate(round, index + 1))),
      ratio: spread(rounds.map((round) => rate(round, 0) / rate(round, index + 1))),
    };
  });
}

/** `12,345` */
export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

let collector: (() => void) | undefined;

/** One side must not pay for the other's garbage. */
export function collectGarbage(): void {
  if (collector === undefined) {
    setFlagsFromString('--expose-gc');
    collector = runInNewContext('gc') as () => void;
  }
  collector();
}
