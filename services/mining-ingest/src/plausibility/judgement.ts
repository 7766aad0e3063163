import type { ChainDayFacts, EarningsJudged, EarningsPart } from '@qazyna/contracts';
import { chainDayOf } from './chain-day.js';
import { expectedSubsidy, expectedWithFees, hashRateOf, judge } from './expected-earnings.js';
import { fractions, type Fraction } from '@qazyna/ledger';

export type Scheme = 'pps' | 'fpps' | 'pplns' | 'solo' | 'mixed';

/** One reported day, as the view has it. */
export interface ReportedDay {
  readonly earningsId: string;
  readonly poolAccountId: string;
  readonly date: string;
  readonly hashRate: string;
  readonly scheme: Scheme;
  readonly parts: readonly EarningsPart[];
  /** Base units. */
  readonly total: bigint;
}

/** What a state allows over several days, in parts per million. */
export interface WindowRule {
  readonly fppsWeekPpm: number;
  readonly pplnsWindowDays: number;
  readonly pplnsPpm: number;
}

export interface Window {
  readonly days: number;
  readonly tolerancePpm: number;
}

/** Over which days a scheme is judged together; solo is luck, and is not judged at all. */
export function windowOf(scheme: Scheme, rule: WindowRule): Window | undefined {
  if (scheme === 'solo') return undefined;
  if (scheme === 'fpps' || scheme === 'pps') return { days: 7, tolerancePpm: rule.fppsWeekPpm };
  return { days: rule.pplnsWindowDays, tolerancePpm: rule.pplnsPpm };
}

/**
 * Reported days against the chain's facts of the same days, before the pool's own fee: what the pool kept is added to
 * what it credited. PPS pays for subsidies alone; the others share fees as well.
 */
export function judgementOf(subject: string, reported: readonly (ReportedDay & { readonly facts: ChainDayFacts })[], days: number, tolerancePpm: number, sha256: (text: string) => string): EarningsJudged {
  const [first] = reported;
  if (first === undefined) throw new RangeError('nothing to judge');
  let expected: Fraction = fractions.ZERO;
  let gross = 0n;
  for (const { hashRate, scheme, parts, total, facts } of reported) {
    const day = chainDayOf(facts);
    expected = fractions.plus(expected, scheme === 'pps' ? expectedSubsidy(hashRateOf(hashRate), day.stretches) : expectedWithFees(hashRateOf(hashRate), day));
    gross += total + BigInt(parts.find(({ part }) => part === 'poolFees')?.amount ?? '0');
  }
  const { verdict, expected: rounded, deviationPpm } = judge(gross, expected, tolerancePpm);
  return {
    subject,
    poolAccountId: first.poolAccountId,
    from: first.date,
    days,
    verdict,
    reported: String(gross),
    expected: String(rounded),
    deviationPpm: String(deviationPpm),
    tolerancePpm,
    chainSha256: sha256(JSON.stringify(reported.map(({ facts: { network, date, stretches, subsidies, fees } }) => [network, date, stretches.map(({ seconds, difficulty, bits, subsidy }) => [seconds, difficulty ?? null, bits ?? null, subsidy]), subsidies, fees]))),
  };
}
