import fc from 'fast-check';
import { dayLines, statutoryDifferences, type DeclaredPayout, type OwnPayout } from './reconciliation.js';

const payout = (n: number, more: Partial<OwnPayout> = {}): OwnPayout => ({ payoutId: `p.a~${n}`, status: 'accepted', wallet: 'w', amount: 100n, paidAt: `2026-03-0${n}T08:00:00.000Z`, sequence: String(n), licence: 'L-1', ...more });
const entry = (n: number, more: Partial<DeclaredPayout> = {}): DeclaredPayout => ({ sequence: String(n), wallet: 'w', licence: 'L-1', distributedAt: `2026-03-0${n}T00:00:00.000Z`, amount: 100n, ...more });

describe('a day of an account', () => {
  it('adds up: earnings less fees are payouts and balance', () => {
    const lines = dayLines(50n, [{ date: '2026-03-01', total: 120n, fees: 3n }, { date: '2026-03-02', total: 80n, fees: 2n }], [payout(2, { amount: 200n })]);
    expect(lines).toEqual([
      { date: '2026-03-01', earned: '123', fees: '3', paid: '0', balance: '170', overpaid: false },
      { date: '2026-03-02', earned: '82', fees: '2', paid: '200', balance: '50', overpaid: false },
    ]);
  });

  it('shows a pool that paid more than it ever credited', () => {
    expect(dayLines(0n, [{ date: '2026-03-01', total: 99n, fees: 0n }], [payout(1)])).toMatchObject([{ balance: '-1', overpaid: true }]);
  });

  it('balances over any days', () => {
    const days = fc.array(fc.record({ day: fc.integer({ min: 1, max: 9 }), total: fc.bigInt(0n, 1_000n), fees: fc.bigInt(0n, 50n), paid: fc.bigInt(0n, 900n) }), { maxLength: 30 });
    fc.assert(
      fc.property(days, fc.bigInt(0n, 1_000n), (given, opening) => {
        const lines = dayLines(opening, given.map(({ day, total, fees }) => ({ date: `2026-03-0${day}`, total, fees })), given.map(({ day, paid }) => payout(day, { amount: paid })));
        const sum = given.reduce((all, { total, paid }) => all + total - paid, opening);
        expect(lines.at(-1)?.balance ?? String(opening)).toBe(String(sum));
      }),
    );
  });
});

describe('the statutory feed', () => {
  it('agrees with the payouts it declares', () => expect(statutoryDifferences([payout(1), payout(2)], [entry(2), entry(1)])).toEqual([]));

  it('is matched by wallet and day where the payout names no number, with the equal amount first', () => {
    const unnamed = [payout(1, { payoutId: 'a', sequence: undefined, amount: 7n }), payout(1, { payoutId: 'b', sequence: undefined, amount: 100n })];
    expect(statutoryDifferences(unnamed, [entry(1), entry(9, { distributedAt: '2026-03-01T05:00:00.000Z', amount: 7n })])).toEqual([]);
  });

  it.each([
    ['other-wallet', entry(1, { wallet: 'v' })],
    ['other-amount', entry(1, { amount: 99n })],
    ['other-day', entry(1, { distributedAt: '2026-03-02T00:00:00.000Z' })],
    ['other-licence', entry(1, { licence: 'L-2' })],
  ])('differs by %s', (code, declared) => expect(statutoryDifferences([payout(1)], [declared])).toMatchObject([{ code, payoutId: 'p.a~1', sequence: '1' }]));

  it('says nothing of an amount that it does not name', () => expect(statutoryDifferences([payout(1)], [entry(1, { amount: undefined })])).toEqual([]));

  it('misses payouts on either side', () => {
    expect(statutoryDifferences([payout(1)], [])).toMatchObject([{ code: 'not-declared', payoutId: 'p.a~1', declared: null }]);
    expect(statutoryDifferences([], [entry(1)])).toMatchObject([{ code: 'not-paid', sequence: '1', paid: null }]);
  });

  it('never matches one side twice', () => {
    expect(statutoryDifferences([payout(1), payout(2, { sequence: '1', payoutId: 'second' })], [entry(1)])).toMatchObject([{ code: 'not-declared', payoutId: 'second' }]);
  });
});
