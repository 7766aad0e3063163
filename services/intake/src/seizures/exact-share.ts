import type { ExactShare } from '@qazyna/contracts';
import { fractions, type Fraction } from '@qazyna/ledger';

/** What a message can carry: 18 digits. Finer shares than this are no court's. */
const DENOMINATOR_MAX = 10n ** 18n - 1n;

/** The part a message names; all of it where it names none. */
export function fractionOf(share: ExactShare | undefined): Fraction {
  return share === undefined ? fractions.ONE : fractions.of(BigInt(share.numerator), BigInt(share.denominator));
}

export function shareOf({ n, d }: Fraction): ExactShare {
  return { numerator: String(n), denominator: String(d) };
}

export function isNothing({ n }: Fraction): boolean {
  return n === 0n;
}

/** Whether a message can carry it. */
export function isCoarseEnough({ d }: Fraction): boolean {
  return d <= DENOMINATOR_MAX;
}
