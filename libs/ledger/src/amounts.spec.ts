import fc from 'fast-check';
import { AMOUNT_MAX, AmountError, formatAmount, formatCoins, parseAmount, parseBaseUnits, type AmountErrorCode } from './amounts.js';

function codeOf(action: () => unknown): AmountErrorCode | 'accepted' {
  try {
    action();
    return 'accepted';
  } catch (error) {
    if (error instanceof AmountError) return error.code;
    throw error;
  }
}

const units = fc.bigInt({ min: -AMOUNT_MAX, max: AMOUNT_MAX });
const decimals = fc.integer({ min: 0, max: 30 });

describe('amounts from a pool statement', () => {
  it.each([
    ['0.00149377', 8, 149377n],
    ['0.1', 8, 10_000_000n],
    ['21000000', 8, 2_100_000_000_000_000n],
    ['0', 8, 0n],
    ['0.00000000', 8, 0n],
    ['1.50', 2, 150n],
    ['7', 0, 7n],
    // A double holds neither of these two.
    ['90071992.54740993', 8, 9_007_199_254_740_993n],
    ['123456789012.123456789012345678', 18, 123_456_789_012_123_456_789_012_345_678n],
  ])('reads %s at %i decimals exactly', (text, places, expected) => {
    expect(parseAmount(text, places)).toBe(expected);
  });

  it.each<[string, AmountErrorCode]>([
    ['', 'empty'],
    ['-1', 'sign-not-allowed'],
    ['+1', 'malformed'],
    ['1e8', 'malformed'],
    ['1E-8', 'malformed'],
    [' 1', 'malformed'],
    ['1 ', 'malformed'],
    ['1\n', 'malformed'],
    ['1 000', 'malformed'],
    ['1,000', 'malformed'],
    ['1_000', 'malformed'],
    ['1,5', 'malformed'],
    ['.5', 'malformed'],
    ['5.', 'malformed'],
    ['.', 'malformed'],
    ['1.2.3', 'malformed'],
    ['0x10', 'malformed'],
    ['NaN', 'malformed'],
    ['Infinity', 'malformed'],
    ['\u0661\u0662', 'malformed'],
    ['\uff11', 'malformed'],
    ['1\u0000', 'malformed'],
    ['01', 'leading-zeros'],
    ['00.5', 'leading-zeros'],
    ['0.000000001', 'too-precise'],
    ['0.100000000', 'too-precise'],
    ['9'.repeat(40), 'too-large'],
    ['1'.repeat(81), 'too-long'],
    [`${'1'.repeat(1_000_000)}`, 'too-long'],
  ])('refuses %j', (text, code) => {
    expect(codeOf(() => parseAmount(text, 8))).toBe(code);
  });

  it.each([[0.1], [1], [1n], [null], [undefined], [['1']], [{}], [Object('1')]])('refuses %p, which is not text', (value) => {
    expect(codeOf(() => parseAmount(value as string, 8))).toBe('not-a-string');
    expect(codeOf(() => parseBaseUnits(value as string))).toBe('not-a-string');
  });

  it.each([[-1], [31], [0.5], [Number.NaN], ['8']])('refuses %p decimals', (places) => {
    expect(codeOf(() => parseAmount('1', places as number))).toBe('invalid-decimals');
    expect(codeOf(() => formatAmount(1n, places as number))).toBe('invalid-decimals');
  });

  it('takes a minus sign only when asked', () => {
    expect(parseAmount('-0.5', 8, { signed: true })).toBe(-50_000_000n);
    expect(codeOf(() => parseAmount('-0', 8, { signed: true }))).toBe('negative-zero');
    expect(codeOf(() => parseAmount('--1', 8, { signed: true }))).toBe('malformed');
    expect(codeOf(() => parseAmount('+1', 8, { signed: true }))).toBe('malformed');
  });

  it('takes exactly the bound and nothing above', () => {
    expect(parseBaseUnits(AMOUNT_MAX.toString())).toBe(AMOUNT_MAX);
    expect(codeOf(() => parseBaseUnits((AMOUNT_MAX + 1n).toString()))).toBe('too-large');
    expect(codeOf(() => parseBaseUnits((-AMOUNT_MAX - 1n).toString(), { signed: true }))).toBe('too-large');
  });
});

describe('base units in JSON', () => {
  it.each<[string, AmountErrorCode]>([
    ['1.0', 'malformed'],
    ['1n', 'malformed'],
    ['007', 'leading-zeros'],
    ['-5', 'sign-not-allowed'],
    ['', 'empty'],
  ])('refuses %j', (text, code) => {
    expect(codeOf(() => parseBaseUnits(text))).toBe(code);
  });
});

describe('the laws of parsing and formatting', () => {
  it('reading what was written gives the same amount', () => {
    fc.assert(fc.property(units, decimals, (amount, places) => parseAmount(formatAmount(amount, places), places, { signed: true }) === amount));
    fc.assert(fc.property(units, (amount) => parseBaseUnits(amount.toString(), { signed: true }) === amount));
  });

  it('writing what was read gives the same text, its trailing zeros filled up', () => {
    const text = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.stringMatching(/^[0-9]{0,8}$/));
    fc.assert(
      fc.property(text, ([whole, fraction]) => {
        const written = fraction === '' ? `${whole}` : `${whole}.${fraction}`;
        expect(formatAmount(parseAmount(written, 8), 8)).toBe(`${whole}.${fraction.padEnd(8, '0')}`);
      }),
    );
  });

  it('any text is either refused with a code or read and written back to the same value', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('0', '1', '9', '.', '-', '+', 'e', ' ', ',') }));
    fc.assert(
      fc.property(text, (anything) => {
        if (codeOf(() => parseAmount(anything, 8, { signed: true })) !== 'accepted') return;
        expect(anything).toMatch(/^-?(0|[1-9][0-9]*)(\.[0-9]{1,8})?$/);
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps order and sums', () => {
    fc.assert(
      fc.property(units, units, decimals, (left, right, places) => {
        const [a, b] = [left, right].map((amount) => parseAmount(formatAmount(amount / 2n, places), places, { signed: true })) as [bigint, bigint];
        return a + b === left / 2n + right / 2n && a < b === left / 2n < right / 2n;
      }),
    );
  });

  it('shows coins to people with their symbol', () => {
    expect(formatCoins(149377n, { decimals: 8, symbol: 'BTC' })).toBe('0.00149377 BTC');
    expect(formatCoins(-1n, { decimals: 8, symbol: 'BTC' })).toBe('-0.00000001 BTC');
    expect(formatCoins(12n, { decimals: 0, symbol: 'ASIC' })).toBe('12 ASIC');
  });
});
