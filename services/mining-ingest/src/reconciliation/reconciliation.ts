/** What pools owe, paid and declared, held against each other. Amounts in base units. */

export interface EarnedDay {
  readonly date: string;
  /** What the account was credited, after the pool's fee. */
  readonly total: bigint;
  /** What the pool kept, where it says so. */
  readonly fees: bigint;
}

export interface OwnPayout {
  readonly payoutId: string;
  readonly status: string;
  readonly wallet: string;
  readonly amount: bigint;
  readonly paidAt: string;
  /** Its number in the statutory feed, where the claim names one. */
  readonly sequence: string | undefined;
  readonly licence: string | undefined;
}

export interface DeclaredPayout {
  readonly sequence: string;
  readonly wallet: string;
  readonly licence: string;
  readonly distributedAt: string;
  readonly amount: bigint | undefined;
}

/** Earnings − fees = payouts + change of the balance, of one day. Decimal strings. */
export interface DayLine {
  readonly date: string;
  /** Before the pool's fee, where the rows name it; else what was credited. */
  readonly earned: string;
  readonly fees: string;
  readonly paid: string;
  /** What stays with the pool at the end of the day. */
  readonly balance: string;
  /** True where the pool paid more than it had ever credited: earnings are missing, or the payout is wrong. */
  readonly overpaid: boolean;
}

/** `opening`: what stayed with the pool before the first day. One line for each day on which something happened. */
export function dayLines(opening: bigint, earned: readonly EarnedDay[], paid: readonly OwnPayout[]): DayLine[] {
  const days = new Map<string, { earned: bigint; fees: bigint; paid: bigint }>();
  const of = (date: string): { earned: bigint; fees: bigint; paid: bigint } => {
    const day = days.get(date) ?? { earned: 0n, fees: 0n, paid: 0n };
    days.set(date, day);
    return day;
  };
  for (const { date, total, fees } of earned) {
    const day = of(date);
    day.earned += total + fees;
    day.fees += fees;
  }
  for (const { paidAt, amount } of paid) of(paidAt.slice(0, 10)).paid += amount;
  let balance = opening;
  return [...days].sort(([a], [b]) => (a < b ? -1 : 1)).map(([date, day]) => {
    balance += day.earned - day.fees - day.paid;
    return { date, earned: String(day.earned), fees: String(day.fees), paid: String(day.paid), balance: String(balance), overpaid: balance < 0n };
  });
}

export interface StatutoryDifference {
  readonly code: 'not-declared' | 'not-paid' | 'other-wallet' | 'other-amount' | 'other-day' | 'other-licence';
  readonly payoutId?: string;
  readonly sequence?: string;
  /** What each side says, for people. */
  readonly paid: string | null;
  readonly declared: string | null;
}

/**
 * The statutory feed against the pool's own payouts: by the feed's number where the payout names it, else by wallet and
 * day, in order. Each payout and each entry is compared with one of the other side at most.
 */
export function statutoryDifferences(paid: readonly OwnPayout[], declared: readonly DeclaredPayout[]): StatutoryDifference[] {
  const bySequence = new Map(declared.map((entry) => [entry.sequence, entry]));
  const unmatched = new Set(declared);
  const pairs: [OwnPayout, DeclaredPayout][] = [];
  const lonely: OwnPayout[] = [];
  for (const payout of paid) {
    const entry = payout.sequence === undefined ? undefined : bySequence.get(payout.sequence);
    if (entry === undefined || !unmatched.delete(entry)) lonely.push(payout);
    else pairs.push([payout, entry]);
  }
  const byPlace = new Map<string, DeclaredPayout[]>();
  for (const entry of unmatched) {
    const key = placeOf(entry.wallet, entry.distributedAt);
    const there = byPlace.get(key);
    if (there === undefined) byPlace.set(key, [entry]);
    else there.push(entry);
  }
  const differences: StatutoryDifference[] = [];
  for (const payout of lonely) {
    const candidates = byPlace.get(placeOf(payout.wallet, payout.paidAt)) ?? [];
    const at = Math.max(0, candidates.findIndex(({ amount }) => amount === payout.amount));
    const [entry] = candidates.splice(at, 1);
    if (entry === undefined) {
      differences.push({ code: 'not-declared', payoutId: payout.payoutId, paid: `${payout.amount} to ${payout.wallet} at ${payout.paidAt}`, declared: null });
      continue;
    }
    unmatched.delete(entry);
    pairs.push([payout, entry]);
  }
  for (const [payout, entry] of pairs) differences.push(...differing(payout, entry));
  for (const { sequence, wallet, distributedAt, amount } of unmatched) {
    differences.push({ code: 'not-paid', sequence, paid: null, declared: `${amount === undefined ? 'a payout' : String(amount)} to ${wallet} at ${distributedAt}` });
  }
  return differences;
}

function placeOf(wallet: string, time: string): string {
  return `${time.slice(0, 10)} ${wallet}`;
}

function differing(payout: OwnPayout, entry: DeclaredPayout): StatutoryDifference[] {
  const about = { payoutId: payout.payoutId, sequence: entry.sequence };
  const found: StatutoryDifference[] = [];
  const compare = (code: StatutoryDifference['code'], paid: string, declared: string): void => {
    if (paid !== declared) found.push({ ...about, code, paid, declared });
  };
  compare('other-wallet', payout.wallet, entry.wallet);
  if (entry.amount !== undefined) compare('other-amount', String(payout.amount), String(entry.amount));
  compare('other-day', payout.paidAt.slice(0, 10), entry.distributedAt.slice(0, 10));
  if (payout.licence !== undefined) compare('other-licence', payout.licence, entry.licence);
  return found;
}
