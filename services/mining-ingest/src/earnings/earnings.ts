import type { EarningsCorrected, EarningsJudged, EarningsReported, EventsOf } from '@qazyna/contracts';
import { accept, refuse, type Decider } from '@qazyna/event-store/decider';
import { fractions } from '@qazyna/ledger';
import { afterJudgement, judgeAgain } from './superseding.js';

/** One day's earnings of an account: reported once, corrected by higher revisions, judged whenever what it rests on changes. */

export type EarningsCommand = { readonly kind: 'report'; readonly reported: EarningsReported } | { readonly kind: 'judge'; readonly judged: EarningsJudged };

export type EarningsEvent = EventsOf<{ 'mining.earnings-reported': EarningsReported; 'mining.earnings-corrected': EarningsCorrected; 'mining.earnings-judged': EarningsJudged }>;

export interface EarningsState {
  /** What holds now. */
  readonly reported: EarningsReported | undefined;
  /** What was said before it was corrected. */
  readonly earlier: readonly EarningsReported[];
  readonly judged: EarningsJudged | undefined;
}

const COMPARED = ['asset', 'total', 'scheme'] as const;

/**
 * The same day again changes nothing, from whatever statement, and neither does what was corrected since. Other figures
 * correct a known day under a higher revision; under no higher one they are a conflict, which people settle with the pool.
 */
export const earningsDecider: Decider<EarningsState, EarningsCommand, EarningsEvent> = {
  initialState: () => ({ reported: undefined, earlier: [], judged: undefined }),
  decide(command, { reported, earlier, judged }) {
    if (command.kind === 'judge') {
      if (reported === undefined) return refuse('earnings-unknown', `no earnings ${command.judged.subject} were reported`);
      return judgeAgain(command.judged, judged);
    }
    const offered = command.reported;
    if (reported === undefined) return accept({ type: 'mining.earnings-reported', data: offered });
    const differing = differingFields(reported, offered);
    if (differing.length === 0) return accept();
    if (revisionOf(offered) > revisionOf(reported)) return accept({ type: 'mining.earnings-corrected', data: offered });
    if (earlier.some((known) => differingFields(known, offered).length === 0)) return accept();
    return refuse('earnings-conflict', `${offered.date} of ${offered.poolAccountId} is known with other figures: ${differing.join(', ')} differ`, differing[0]);
  },
  evolve(state, event) {
    switch (event.type) {
      case 'mining.earnings-reported':
        return { ...state, reported: event.data };
      case 'mining.earnings-corrected':
        return { ...state, reported: event.data, earlier: state.reported === undefined ? state.earlier : [...state.earlier, state.reported] };
      case 'mining.earnings-judged':
        return { ...state, judged: afterJudgement(event.data, state.judged) };
    }
  },
};

function revisionOf({ revision = 1 }: EarningsReported): number {
  return revision;
}

/** Fields in which two reports of one day differ; who says it, and where, is not among them. */
export function differingFields(known: EarningsReported, offered: EarningsReported): string[] {
  const differing: string[] = COMPARED.filter((field) => known[field] !== offered[field]);
  if (!sameRate(known.hashRate, offered.hashRate)) differing.push('hashRate');
  return partsOf(known) === partsOf(offered) ? differing : [...differing, 'parts'];
}

/** By value: `1.50` is `1.5`. */
function sameRate(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const [left, right] = [fractions.decimal(a), fractions.decimal(b)];
  return left.n * right.d === right.n * left.d;
}

function partsOf({ parts }: EarningsReported): string {
  return JSON.stringify(parts.map(({ part, amount }) => [part, amount]).sort());
}

/** Days judged together; the same facts judge once. */
export const earningsWindowDecider: Decider<EarningsJudged | undefined, EarningsJudged, EventsOf<{ 'mining.earnings-judged': EarningsJudged }>> = {
  initialState: () => undefined,
  decide: (judged, before) => judgeAgain(judged, before),
  evolve: (before, event) => afterJudgement(event.data, before),
};
