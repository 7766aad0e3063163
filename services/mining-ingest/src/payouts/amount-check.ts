import type { HoldReason } from '@qazyna/contracts';

/** What an account earned and was paid around some payouts. */
export interface AccountHistory {
  /** Base units credited, by number of the UTC day; a day that is missing is not known. */
  readonly earned: ReadonlyMap<number, bigint>;
  /** Known payouts that no officer rejected; `at` in milliseconds of the epoch. */
  readonly paid: readonly { readonly payoutId: string; readonly at: number }[];
}

const DAY_MS = 86_400_000;
const PPM = 1_000_000n;

/**
 * What a payout may be: what was earned since the payout before it. Where a pool draws the line is known to a day at
 * either end, so sums over one day less and one day more bound it, and the tolerance comes on top.
 * @returns undefined where there is nothing to judge by: no payout before, one on the same day, or a day that is not known
 */
export function plausibleAmount(payoutId: string, paidAt: string, { earned, paid }: AccountHistory, tolerancePpm: number): { readonly from: bigint; readonly to: bigint } | undefined {
  const at = Date.parse(paidAt);
  const before = paid.filter((each) => each.payoutId !== payoutId && each.at < at).reduce((latest, each) => Math.max(latest, each.at), -Infinity);
  if (before === -Infinity) return undefined;
  const [last, day] = [Math.floor(before / DAY_MS), Math.floor(at / DAY_MS)];
  if (last >= day) return undefined;
  const days: bigint[] = [];
  for (let each = last - 1; each < day; each++) {
    const amount = earned.get(each);
    if (amount === undefined) return undefined;
    days.push(amount);
  }
  const all = days.reduce((sum, each) => sum + each, 0n);
  // The shortest: without the day before the last payout's own, and without one at the end; of a single day, the smaller end.
  const inner = all - (days[0] ?? 0n);
  const closing = days.at(-1) ?? 0n;
  const shortest = days.length === 2 ? min(days[0] ?? 0n, closing) : inner - closing;
  return { from: (shortest * (PPM - BigInt(tolerancePpm))) / PPM, to: (all * (PPM + BigInt(tolerancePpm)) + PPM - 1n) / PPM };
}

/** Above is as suspicious as below. */
export function amountReasons({ payoutId, paidAt, amount }: { readonly payoutId: string; readonly paidAt: string; readonly amount: string }, history: AccountHistory | undefined, tolerancePpm: number): HoldReason[] {
  const range = history && plausibleAmount(payoutId, paidAt, history, tolerancePpm);
  if (range === undefined || (BigInt(amount) >= range.from && BigInt(amount) <= range.to)) return [];
  const side = BigInt(amount) > range.to ? 'above' : 'below';
  return [{ code: 'amount-implausible', field: 'amount', message: `${amount} is ${side} what the account earned since the payout before: from ${range.from} to ${range.to} base units were to be expected` }];
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
