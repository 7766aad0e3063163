/** An exact rational number in lowest terms; `d` is above 0. */
export interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

export const ZERO: Fraction = { n: 0n, d: 1n };
export const ONE: Fraction = { n: 1n, d: 1n };

const DECIMAL = /^(\d{1,60})(?:\.(\d{1,40}))?$/;

/** `n / d`, with `d` above 0. @throws {RangeError} it is not */
export function of(n: bigint, d: bigint): Fraction {
  if (d <= 0n) throw new RangeError(`a fraction needs a denominator above 0, not ${d}`);
  let [a, b] = [n < 0n ? -n : n, d];
  while (b !== 0n) [a, b] = [b, a % b];
  return a === 1n ? { n, d } : { n: n / a, d: d / a };
}

/** `293286989405200.68` as it stands. @throws {RangeError} no plain decimal of 0 or more */
export function decimal(text: string): Fraction {
  const match = DECIMAL.exec(text);
  if (match === null) throw new RangeError(`not a plain decimal number: ${text.slice(0, 80)}`);
  const digits = match[2] ?? '';
  return of(BigInt(`${match[1] ?? '0'}${digits}`), 10n ** BigInt(digits.length));
}

export function plus(a: Fraction, b: Fraction): Fraction {
  return of(a.n * b.d + b.n * a.d, a.d * b.d);
}

export function minus(a: Fraction, b: Fraction): Fraction {
  return of(a.n * b.d - b.n * a.d, a.d * b.d);
}

export function times(a: Fraction, b: Fraction): Fraction {
  return of(a.n * b.n, a.d * b.d);
}

/** `b` above 0. @throws {RangeError} it is not */
export function over(a: Fraction, b: Fraction): Fraction {
  return of(a.n * b.d, a.d * b.n);
}

export function isLess(a: Fraction, b: Fraction): boolean {
  return a.n * b.d < b.n * a.d;
}

/** Rounded to the nearest whole, halves up, of a fraction of 0 or more. */
export function nearest({ n, d }: Fraction): bigint {
  return (2n * n + d) / (2n * d);
}
