import { fractions, type Fraction } from '@qazyna/ledger';

/** Hashes that difficulty 1 stands for, by the pools' convention: 2^32. */
const HASHES_PER_DIFFICULTY: Fraction = { n: 2n ** 32n, d: 1n };
/** Target of difficulty 1: `0x1d00ffff`. */
const TARGET_OF_DIFFICULTY_1 = 0xffffn << 208n;
const PPM = 1_000_000n;

/** A stretch of one UTC day in which neither difficulty nor subsidy changes. */
export interface Stretch {
  readonly seconds: number;
  readonly difficulty: Fraction;
  /** Base units that a block brings its finder anew. */
  readonly subsidy: bigint;
}

/** What the chain says of one UTC day. */
export interface ChainDay {
  /** In order; together they are the whole day. */
  readonly stretches: readonly Stretch[];
  /** Base units over the blocks of the day. */
  readonly subsidies: bigint;
  readonly fees: bigint;
}

/**
 * Difficulty that a header's compact target stands for, as an exact fraction. @throws {RangeError} not 8 hexadecimal digits, or a target of nothing
 */
export function difficultyOfBits(bits: string): Fraction {
  if (!/^[0-9a-f]{8}$/.test(bits)) throw new RangeError(`a compact target has 8 hexadecimal digits: ${bits.slice(0, 20)}`);
  const compact = Number.parseInt(bits, 16);
  const shift = 8 * ((compact >>> 24) - 3);
  const mantissa = BigInt(compact & 0x7fffff);
  const target = shift >= 0 ? mantissa << BigInt(shift) : mantissa >> BigInt(-shift);
  if (target <= 0n || (compact & 0x800000) !== 0) throw new RangeError(`a target of nothing: ${bits}`);
  return fractions.of(TARGET_OF_DIFFICULTY_1, target);
}

/**
 * Base units that the whole network's share of subsidies owes a hash rate: `E = H · t / (D · 2^32) · S`, stretch by stretch.
 * `hashRate`: H/s.
 */
export function expectedSubsidy(hashRate: Fraction, stretches: readonly Stretch[]): Fraction {
  return stretches.reduce((sum, { seconds, difficulty, subsidy }) => {
    const blocks = fractions.over(fractions.times(hashRate, { n: BigInt(seconds), d: 1n }), fractions.times(difficulty, HASHES_PER_DIFFICULTY));
    return fractions.plus(sum, fractions.times(blocks, { n: subsidy, d: 1n }));
  }, fractions.ZERO);
}

/**
 * The same with the day's fees, as FPPS pays: `· (1 + Σfees / Σsubsidy)`, before the pool's own fee.
 * @throws {RangeError} the day has no blocks to take the share from
 */
export function expectedWithFees(hashRate: Fraction, { stretches, subsidies, fees }: ChainDay): Fraction {
  return fractions.times(expectedSubsidy(hashRate, stretches), fractions.over({ n: subsidies + fees, d: 1n }, { n: subsidies, d: 1n }));
}

/** After a pool that keeps `feePpm` parts per million. */
export function afterPoolFee(amount: Fraction, feePpm: number): Fraction {
  return fractions.times(amount, { n: PPM - BigInt(feePpm), d: PPM });
}

export type Verdict = 'within' | 'above' | 'below';

export interface Judgement {
  readonly verdict: Verdict;
  /** Rounded to the nearest base unit, for people; the verdict is by the exact fraction. */
  readonly expected: bigint;
  /** How far the reported amount is from the expected one, in parts per million of the expected, towards zero. Negative is below. */
  readonly deviationPpm: bigint;
}

/** Too much is as suspicious as too little. Exactly at the tolerance is within. */
export function judge(reported: bigint, expected: Fraction, tolerancePpm: number): Judgement {
  // (reported − n/d) / (n/d) = (reported·d − n) / n
  const difference = reported * expected.d - expected.n;
  if (expected.n === 0n) return { verdict: reported === 0n ? 'within' : 'above', expected: 0n, deviationPpm: reported === 0n ? 0n : PPM };
  const size = difference < 0n ? -difference : difference;
  const verdict = size * PPM <= BigInt(tolerancePpm) * expected.n ? 'within' : difference > 0n ? 'above' : 'below';
  return { verdict, expected: fractions.nearest(expected), deviationPpm: (difference * PPM) / expected.n };
}

/** A hash rate as pools write it, in H/s. @throws {RangeError} */
export const hashRateOf = fractions.decimal;
