import fc from 'fast-check';
import { afterPoolFee, difficultyOfBits, expectedSubsidy, expectedWithFees, hashRateOf, judge, type Stretch } from './expected-earnings.js';
import { fractions } from '@qazyna/ledger';

const PETAHASH = hashRateOf('1000000000000000');
const DAY = 86_400;
const day = (difficulty: string, subsidy: bigint, seconds = DAY): Stretch => ({ seconds, difficulty: fractions.decimal(difficulty), subsidy });

describe('what a hash rate should earn', () => {
  it.each([
    ['21448277761059', 625_000_000n, '0.0058619'],
    ['120000000000000', 312_500_000n, '0.00052387'],
  ])('at difficulty %s, known answer', (difficulty, subsidy, btc) => {
    const places = (btc.split('.')[1] ?? '').length;
    const exact = fractions.times(expectedSubsidy(PETAHASH, [day(difficulty, subsidy)]), { n: 10n ** BigInt(places), d: 100_000_000n });
    expect(fractions.nearest(exact)).toBe(BigInt(btc.replace('.', '')));
  });

  it('agrees with the formula in floating point', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 10n ** 18n), fc.bigInt(1n, 10n ** 15n), fc.integer({ min: 1, max: DAY }), (rate, difficulty, seconds) => {
        const { n, d } = expectedSubsidy({ n: rate, d: 1n }, [{ seconds, difficulty: { n: difficulty, d: 1n }, subsidy: 312_500_000n }]);
        /* eslint-disable qazyna/no-amount-as-number -- the other way to reckon is floating point on purpose */
        const naive = (Number(rate) * seconds * 312_500_000) / (Number(difficulty) * 2 ** 32);
        // The quotient in 30 more binary digits than a double has room to differ in.
        expect(Number((n << 100n) / d) / 2 ** 100 / naive).toBeCloseTo(1, 9);
        /* eslint-enable qazyna/no-amount-as-number */
      }),
    );
  });

  it('is the same wherever a day is split', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: DAY - 1 }), fc.bigInt(1n, 10n ** 18n), (at, rate) => {
        const whole = expectedSubsidy({ n: rate, d: 7n }, [day('86871474313762', 312_500_000n)]);
        const split = expectedSubsidy({ n: rate, d: 7n }, [day('86871474313762', 312_500_000n, at), day('86871474313762', 312_500_000n, DAY - at)]);
        expect(split.n * whole.d).toBe(whole.n * split.d);
      }),
    );
  });

  it('weighs each side of a retarget by its time', () => {
    const [before, after] = [day('100', 50n, 21_600), day('200', 50n, 64_800)];
    const both = expectedSubsidy(PETAHASH, [before, after]);
    const sum = fractions.plus(expectedSubsidy(PETAHASH, [before]), expectedSubsidy(PETAHASH, [after]));
    expect(both.n * sum.d).toBe(sum.n * both.d);
    expect(fractions.nearest(expectedSubsidy(PETAHASH, [before]))).toBeLessThan(fractions.nearest(expectedSubsidy(PETAHASH, [{ ...before, seconds: 43_200 }])));
  });

  it('rises with the hash rate', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 10n ** 18n), fc.bigInt(1n, 10n ** 18n), (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        const [x, y] = [low, high].map((n) => expectedSubsidy({ n, d: 1n }, [day('86871474313762', 312_500_000n)]));
        expect((x?.n ?? 0n) * (y?.d ?? 0n) <= (y?.n ?? 0n) * (x?.d ?? 0n)).toBe(true);
      }),
    );
  });

  it('takes the share of fees from the day, and the pool takes its own', () => {
    const stretches = [day('1', 2n ** 32n, 1)];
    const expected = expectedWithFees({ n: 1_000n, d: 1n }, { stretches, subsidies: 400n, fees: 100n });
    expect(fractions.nearest(expected)).toBe(1_250n);
    expect(fractions.nearest(afterPoolFee(expected, 40_000))).toBe(1_200n);
  });
});

describe('difficulty of a compact target', () => {
  it('is 1 for the first block, and exact elsewhere', () => {
    expect(difficultyOfBits('1d00ffff')).toEqual(fractions.ONE);
    // June 2024: 83.68 trillion.
    const { n, d } = difficultyOfBits('17035d25');
    expect(n / d).toBe(83_675_262_295_059n);
  });
  it.each(['', '1d00fff', '1D00FFFF', '00000000', '1d80ffff'])('refuses %p', (bits) => expect(() => difficultyOfBits(bits)).toThrow(RangeError));
});

describe('the verdict', () => {
  const expected = { n: 1_000_000n, d: 1n };
  it.each([
    [1_020_000n, 'within', 20_000n],
    [1_020_001n, 'above', 20_001n],
    [980_000n, 'within', -20_000n],
    [979_999n, 'below', -20_001n],
    [0n, 'below', -1_000_000n],
  ])('%s of 1,000,000 within 2 %% is %s', (reported, verdict, deviationPpm) => {
    expect(judge(reported, expected, 20_000)).toEqual({ verdict, expected: 1_000_000n, deviationPpm });
  });
  it('is above where nothing was expected', () => expect(judge(1n, { n: 0n, d: 1n }, 20_000).verdict).toBe('above'));
});
