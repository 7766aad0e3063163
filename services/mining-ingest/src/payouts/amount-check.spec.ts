import { amountReasons, plausibleAmount, type AccountHistory } from './amount-check.js';

const DAY_MS = 86_400_000;
const FIRST = Date.parse('2026-03-01T00:00:00Z') / DAY_MS;
const at = (day: number, hour = 12): number => (FIRST + day) * DAY_MS + hour * 3_600_000;
const earning = (...amounts: readonly bigint[]): ReadonlyMap<number, bigint> => new Map(amounts.map((amount, day) => [FIRST + day, amount]));
const payout = (day: number, amount: string, hour = 12): { payoutId: string; paidAt: string; amount: string } => ({ payoutId: `p${day}`, paidAt: new Date(at(day, hour)).toISOString(), amount });
const codes = (offered: ReturnType<typeof payout>, history: AccountHistory | undefined): string[] => amountReasons(offered, history, 20_000).map(({ code }) => code);

describe('the amount of a payout', () => {
  const week: AccountHistory = { earned: earning(...Array<bigint>(10).fill(1_000n)), paid: [{ payoutId: 'p1', at: at(1) }] };

  it('is what was earned since the payout before, a day more or less', () => {
    expect(plausibleAmount('p8', payout(8, '1').paidAt, week, 0)).toEqual({ from: 6_000n, to: 8_000n });
    for (const amount of ['6000', '7000', '8000', '5880', '8160']) expect(codes(payout(8, amount), week)).toEqual([]);
  });

  it('is held when it is above or below, with the range in words', () => {
    expect(codes(payout(8, '8161'), week)).toEqual(['amount-implausible']);
    expect(codes(payout(8, '5879'), week)).toEqual(['amount-implausible']);
    expect(amountReasons(payout(8, '9000'), week, 20_000)[0]?.message).toBe('9000 is above what the account earned since the payout before: from 5880 to 8160 base units were to be expected');
  });

  it('of a pool that pays daily is one day\'s or two', () => {
    const daily: AccountHistory = { earned: earning(1_000n, 1_200n, 900n), paid: [{ payoutId: 'p1', at: at(1) }] };
    expect(plausibleAmount('p2', payout(2, '1').paidAt, daily, 0)).toEqual({ from: 1_000n, to: 2_200n });
  });

  it('is counted from the latest payout before it, whatever came first, and never from itself', () => {
    const paid = [{ payoutId: 'p8', at: at(8) }, { payoutId: 'p9', at: at(9) }, { payoutId: 'p4', at: at(4) }, { payoutId: 'p1', at: at(1) }];
    expect(plausibleAmount('p8', payout(8, '1').paidAt, { ...week, paid }, 0)).toEqual({ from: 3_000n, to: 5_000n });
  });

  it.each<[string, AccountHistory | undefined]>([
    ['no earnings are known', undefined],
    ['no payout came before', { ...week, paid: [{ payoutId: 'p9', at: at(9) }] }],
    ['another came on the same day', { ...week, paid: [...week.paid, { payoutId: 'other', at: at(8, 6) }] }],
    ['a day in between is not known', { ...week, earned: new Map([...week.earned].filter(([day]) => day !== FIRST + 5)) }],
  ])('is not judged when %s', (_why, history) => expect(codes(payout(8, '1'), history)).toEqual([]));
});
