/** An exact rational number; `d` is above 0. Never reduced more often than its size needs. */
export interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

export const ZERO: Fraction = { n: 0n, d: 1n };

const DECIMAL = /^(\d{1,60})(?:\.(\d{1,40}))?$/;

/** `293286989405200.68` as it stands. @throws {RangeError} no plain decimal of 0 or more */
export function decimal(text: string): Fraction {
  const match = DECIMAL.exec(text);
  if (match === null) throw new RangeError(`not a plain decimal number: ${text.slice(0, 80)}`);
  const digits = match[2] ?? '';
  return { n: BigInt(`${match[1] ?? '0'}${digits}`), d: 10n ** BigInt(digits.length) };
}

export function plus(a: Fraction, b: Fraction): Fraction {
  return a.d === b.d ? reduced({ n: a.n + b.n, d: a.d }) : reduced({ n: a.n * b.d + b.n * a.d, d: a.d * b.d });
}

export function times(a: Fraction, b: Fraction): Fraction {
  return reduced({ n: a.n * b.n, d: a.d * b.d });
}

/** @throws {RangeError} division by zero */
export function over(a: Fraction, b: Fraction): Fraction {
  if (b.n === 0n) throw new RangeError('division by zero');
  return reduced({ n: a.n * b.d, d: a.d * b.n });
}

/** Rounded to the nearest whole, halves away from zero; amounts here are 0 or more. */
export function nearest({ n, d }: Fraction): bigint {
  return (2n * n + d) / (2n * d);
}

function reduced({ n, d }: Fraction): Fraction {
  let [a, b] = [n < 0n ? -n : n, d];
  while (b !== 0n) [a, b] = [b, a % b];
  return a <= 1n ? { n, d } : { n: n / a, d: d / a };
}
