import type { ExactShare } from '@qazyna/contracts';

/** An exact part of a whole, in lowest terms. */
export interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

export const NOTHING: Fraction = { n: 0n, d: 1n };
export const WHOLE: Fraction = { n: 1n, d: 1n };

/** What a message can carry: 18 digits. Finer shares than this are no court's. */
const DENOMINATOR_MAX = 10n ** 18n - 1n;

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b);
}

export function fraction(n: bigint, d: bigint): Fraction {
  const by = gcd(n, d);
  return { n: n / by, d: d / by };
}

/** The part a message names; all of it where it names none. */
export function fractionOf(share: ExactShare | undefined): Fraction {
  return share === undefined ? WHOLE : fraction(BigInt(share.numerator), BigInt(share.denominator));
}

export function shareOf({ n, d }: Fraction): ExactShare {
  return { numerator: String(n), denominator: String(d) };
}

export function plus(a: Fraction, b: Fraction): Fraction {
  return fraction(a.n * b.d + b.n * a.d, a.d * b.d);
}

export function minus(a: Fraction, b: Fraction): Fraction {
  return fraction(a.n * b.d - b.n * a.d, a.d * b.d);
}

export function isLess(a: Fraction, b: Fraction): boolean {
  return a.n * b.d < b.n * a.d;
}

export function isNothing({ n }: Fraction): boolean {
  return n === 0n;
}

/** Whether a message can carry it. */
export function isCoarseEnough({ d }: Fraction): boolean {
  return d <= DENOMINATOR_MAX;
}
