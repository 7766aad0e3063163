import { allItems, ask } from './caller.js';

/** The ledger as its readers see it, and what must be true of it whatever happened before. */

export interface Quantity {
  readonly baseUnits: string;
  readonly coins: string;
}

/** The part of the public figures that specs look at. */
export interface HoldingFigures {
  readonly classes: readonly {
    readonly class: string;
    readonly assets: readonly (Quantity & { readonly asset: string; readonly sources: readonly (Quantity & { readonly source: string; readonly id: string })[] })[];
  }[];
  readonly claims: { readonly tokens: readonly unknown[]; readonly devices: readonly unknown[]; readonly equipment: readonly unknown[]; readonly exchangeAccounts: readonly unknown[]; readonly payouts: readonly (Quantity & { readonly status: string; readonly payouts: number })[] };
}

export interface Holdings {
  readonly asOf: { readonly blockHeight: number };
  readonly figures: HoldingFigures;
}

export interface JournalEntry {
  readonly entryId: string;
  readonly kind: string;
  readonly postings: readonly { readonly account: string; readonly asset: string; readonly amount: string }[];
  readonly corrects?: string | null;
  readonly depositId?: string | null;
  readonly payoutId?: string | null;
}

export function holdings(url: string): Promise<Holdings> {
  return ask<Holdings>(url, '/v1/holdings');
}

/** The source text of `figures` in the answer, byte for byte. */
export function figuresText(answer: string): string {
  const { figures } = JSON.parse(answer) as Holdings;
  const text = JSON.stringify(figures);
  if (!answer.includes(text)) throw new Error('the figures are not written as JSON.stringify writes them: compare them in another way');
  return text;
}

export function journal(url: string): Promise<JournalEntry[]> {
  return allItems<JournalEntry>(url, '/v1/journal/entries');
}

/** The balance of every account, asset by asset, from the entries alone. */
export function balancesOf(entries: readonly JournalEntry[]): Map<string, bigint> {
  const balances = new Map<string, bigint>();
  for (const { postings } of entries) {
    for (const { account, asset, amount } of postings) balances.set(`${account} ${asset}`, (balances.get(`${account} ${asset}`) ?? 0n) + BigInt(amount));
  }
  return balances;
}

/** Every entry has an identity of its own and balances to zero for each class and asset (INV-01), and so does their sum. */
export function expectBalanced(entries: readonly JournalEntry[]): void {
  const unbalanced = entries.filter(({ postings }) => {
    const sums = new Map<string, bigint>();
    for (const { account, asset, amount } of postings) {
      const key = `${account.split(':')[0]} ${asset}`;
      sums.set(key, (sums.get(key) ?? 0n) + BigInt(amount));
    }
    return [...sums.values()].some((sum) => sum !== 0n);
  });
  expect(unbalanced).toEqual([]);
  expect(new Set(entries.map(({ entryId }) => entryId)).size).toBe(entries.length);
}
