import type { ChainDayFacts, EarningsJudged, EarningsPart, JudgedDay } from '@qazyna/contracts';
import { chainDayOf } from './chain-day.js';
import { afterPoolFee, expectedSubsidy, expectedWithFees, hashRateOf, judge } from './expected-earnings.js';
import { fractions, type Fraction } from '@qazyna/ledger';

export type Scheme = 'pps' | 'fpps' | 'pplns' | 'solo' | 'mixed';

/** SHA-256, in hexadecimal. */
export interface Hashes {
  readonly text: (text: string) => string;
  /** Of canonical JSON. */
  readonly canonical: (body: object) => string;
}

/** One reported day with what it is judged by, as the view has it. */
export interface ReportedDay {
  readonly earningsId: string;
  readonly poolAccountId: string;
  readonly date: string;
  readonly hashRate: string;
  readonly hashRateFrom: JudgedDay['hashRateFrom'];
  readonly scheme: Scheme;
  readonly parts: readonly EarningsPart[];
  /** Base units. */
  readonly total: bigint;
  /** The registered fee of the day, if there is one. */
  readonly poolFeePpm: number | undefined;
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

/** Reported days against the chain's facts of the same days, with everything they were reckoned from. */
export function judgementOf(subject: string, reported: readonly (ReportedDay & { readonly facts: ChainDayFacts })[], days: number, tolerancePpm: number, hash: Hashes): EarningsJudged {
  const [first] = reported;
  if (first === undefined) throw new RangeError('nothing to judge');
  const basis = reported.map(basisOf);
  const { gross, expected } = reckoned(basis);
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
    chainSha256: hash.text(JSON.stringify(reported.map(({ facts: { network, date, stretches, subsidies, fees } }) => [network, date, stretches.map(({ seconds, difficulty, bits, subsidy }) => [seconds, difficulty ?? null, bits ?? null, subsidy]), subsidies, fees]))),
    basis,
    basisSha256: hash.canonical({ basis, days, tolerancePpm }),
  };
}

/** INV-51: whether a judgement says what follows from the facts inside it; undefined for one made before they were kept. */
export function follows({ basis, basisSha256, days, tolerancePpm, verdict, reported, expected, deviationPpm }: EarningsJudged, hash: Pick<Hashes, 'canonical'>): boolean | undefined {
  if (basis === undefined) return undefined;
  const again = reckoned(basis);
  const result = judge(again.gross, again.expected, tolerancePpm);
  return (
    basisSha256 === hash.canonical({ basis, days, tolerancePpm }) && reported === String(again.gross) && verdict === result.verdict && expected === String(result.expected) && deviationPpm === String(result.deviationPpm)
  );
}

function basisOf({ earningsId, date, scheme, hashRate, hashRateFrom, parts, total, poolFeePpm, facts }: ReportedDay & { readonly facts: ChainDayFacts }): JudgedDay {
  const poolFees = parts.find(({ part }) => part === 'poolFees')?.amount;
  const fee = poolFees !== undefined ? { poolFees } : poolFeePpm === undefined ? {} : { poolFeePpm };
  return { earningsId, date, scheme, hashRate, hashRateFrom, credited: String(total), ...fee, chain: facts };
}

/**
 * Before the pool's fee where a row names it: what the pool kept is added to what it credited. After the registered fee
 * where it does not. PPS pays for subsidies alone; the others share fees as well.
 */
function reckoned(basis: readonly JudgedDay[]): { readonly gross: bigint; readonly expected: Fraction } {
  let expected: Fraction = fractions.ZERO;
  let gross = 0n;
  for (const { hashRate, scheme, credited, poolFees, poolFeePpm, chain } of basis) {
    const day = chainDayOf(chain);
    const owed = scheme === 'pps' ? expectedSubsidy(hashRateOf(hashRate), day.stretches) : expectedWithFees(hashRateOf(hashRate), day);
    expected = fractions.plus(expected, poolFeePpm === undefined ? owed : afterPoolFee(owed, poolFeePpm));
    gross += BigInt(credited) + BigInt(poolFees ?? '0');
  }
  return { gross, expected };
}
