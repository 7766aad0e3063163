import type { EarningsJudged, EarningsReported, EventsOf } from '@qazyna/contracts';
import { accept, refuse, type Decider } from '@qazyna/event-store/decider';
import { fractions } from '@qazyna/ledger';

/** One day's earnings of an account: reported once, judged when the chain's figures of the day are known. */

export type EarningsCommand = { readonly kind: 'report'; readonly reported: EarningsReported } | { readonly kind: 'judge'; readonly judged: EarningsJudged };

export type EarningsEvent = EventsOf<{ 'mining.earnings-reported': EarningsReported; 'mining.earnings-judged': EarningsJudged }>;

export interface EarningsState {
  readonly reported: EarningsReported | undefined;
  /** Chain facts of the newest judgement. */
  readonly judgedBy: string | undefined;
}

const COMPARED = ['asset', 'total', 'scheme'] as const;

/**
 * The same day again changes nothing, from whatever statement; other figures for a known day are a conflict, which
 * people settle with the pool. The same chain facts judge once; corrected ones judge again.
 */
export const earningsDecider: Decider<EarningsState, EarningsCommand, EarningsEvent> = {
  initialState: () => ({ reported: undefined, judgedBy: undefined }),
  decide(command, { reported, judgedBy }) {
    if (command.kind === 'judge') {
      if (reported === undefined) return refuse('earnings-unknown', `no earnings ${command.judged.subject} were reported`);
      return judgedBy === command.judged.chainSha256 ? accept() : accept({ type: 'mining.earnings-judged', data: command.judged });
    }
    const offered = command.reported;
    if (reported === undefined) return accept({ type: 'mining.earnings-reported', data: offered });
    const differing = differingFields(reported, offered);
    if (differing.length === 0) return accept();
    return refuse('earnings-conflict', `${offered.date} of ${offered.poolAccountId} is known with other figures: ${differing.join(', ')} differ`, differing[0]);
  },
  evolve: (state, event) => (event.type === 'mining.earnings-reported' ? { ...state, reported: event.data } : { ...state, judgedBy: event.data.chainSha256 }),
};

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
export const earningsWindowDecider: Decider<string | undefined, EarningsJudged, EventsOf<{ 'mining.earnings-judged': EarningsJudged }>> = {
  initialState: () => undefined,
  decide: (judged, judgedBy) => (judgedBy === judged.chainSha256 ? accept() : accept({ type: 'mining.earnings-judged', data: judged })),
  evolve: (_state, event) => event.data.chainSha256,
};
