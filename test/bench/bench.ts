import type { Contest, ContestResult } from './measuring.js';

/** What a bench may use. All that it starts and writes is gone when it ends. */
export interface BenchSession {
  /** Fewer operations and repeats: to see that everything runs, not to quote. */
  readonly quick: boolean;
  /** A folder of this run, removed afterwards. */
  readonly folder: string;
  progress(line: string): void;
  /** Runs all sides in turns; a result for each limit. */
  contest(contest: Contest): Promise<ContestResult[]>;
}

/** A figure without a limit to compare it with. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

export type BenchOutcome =
  | { readonly kind: 'measured'; readonly contests: readonly ContestResult[]; readonly figures?: readonly Figure[] }
  | { readonly kind: 'skipped'; readonly reason: string };

export interface Bench {
  readonly name: string;
  /** One line: what is measured. */
  readonly title: string;
  run(session: BenchSession): Promise<BenchOutcome>;
}
