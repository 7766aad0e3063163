import fc from 'fast-check';
import * as fractions from './fractions.js';

const any = fc.tuple(fc.bigInt(-(10n ** 30n), 10n ** 30n), fc.bigInt(1n, 10n ** 30n)).map(([n, d]) => fractions.of(n, d));
const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));

describe('fractions', () => {
  it('are in lowest terms, whatever they come from', () => {
    fc.assert(
      fc.property(any, any, (a, b) => {
        for (const { n, d } of [fractions.plus(a, b), fractions.minus(a, b), fractions.times(a, b)]) expect([d > 0n, gcd(n < 0n ? -n : n, d)]).toEqual([true, 1n]);
      }),
    );
  });
  it('take back what was added, and what was multiplied', () => {
    fc.assert(
      fc.property(any, any, (a, b) => {
        expect(fractions.minus(fractions.plus(a, b), b)).toEqual(a);
        if (b.n > 0n) expect(fractions.over(fractions.times(a, b), b)).toEqual(a);
        expect(fractions.isLess(a, fractions.plus(a, fractions.ONE))).toBe(true);
      }),
    );
  });
  it.each([['0.1', 1n, 10n], ['293286989405200.68', 7332174735130017n, 25n], ['0', 0n, 1n]])('read %s exactly', (text, n, d) => expect(fractions.decimal(text)).toEqual({ n, d }));
  it.each(['', '-1', '1e3', '1.', '.5', '0x1'])('refuse %p', (text) => expect(() => fractions.decimal(text)).toThrow(RangeError));
  it('round to the nearest, halves up', () => expect([1n, 2n, 3n, 5n].map((n) => fractions.nearest(fractions.of(n, 4n)))).toEqual([0n, 1n, 1n, 1n]));
  it('have no denominator of nothing', () => {
    expect(() => fractions.of(1n, 0n)).toThrow(RangeError);
    expect(() => fractions.over(fractions.ONE, fractions.ZERO)).toThrow(RangeError);
  });
});
