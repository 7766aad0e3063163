import { EventStoreDbStore } from '@qazyna/event-store';
import { allItems, until } from '../system/caller.js';
import { balancesOf, holdings, journal, type JournalEntry } from '../system/ledger-view.js';
import { ASSET } from '../system/messages.js';
import { RESERVE_VAULT } from '../system/sandbox-world.js';
import type { Cast } from './cast.js';

/** What was acknowledged to the outside, and so what must be true: computed here from the claims alone. */
export class Oracle {
  /** Base units by licence. */
  private readonly credits = new Map<string, bigint>();
  private readonly payoutIds: string[] = [];
  /** Of the messages that told of seizures. */
  private readonly factIds: string[] = [];
  private readonly caseNumbers: string[] = [];

  expect(licenceId: string, payoutIds: readonly string[], total: bigint): void {
    this.credits.set(licenceId, (this.credits.get(licenceId) ?? 0n) + total);
    for (const id of payoutIds) this.payoutIds.push(id);
  }

  expectSeizures({ messageIds, caseNumbers }: { readonly messageIds: readonly string[]; readonly caseNumbers: readonly string[] }): void {
    this.factIds.push(...messageIds);
    this.caseNumbers.push(...caseNumbers);
  }

  get cases(): number {
    return this.caseNumbers.length;
  }

  get payouts(): number {
    return this.payoutIds.length;
  }

  /** Waits until the public figures are the expected ones, then looks for anything missing or doubled. @returns findings; none when all is well */
  async verify(cast: Cast, withinMs: number): Promise<string[]> {
    const findings: string[] = [];
    const settled = await until('the public figures are those of the acknowledged claims', () => this.differences(cast), (differences) => differences.length === 0, withinMs).catch((error: unknown) => String(error));
    if (typeof settled === 'string') findings.push(settled);
    findings.push(...this.ofJournal(await journal(cast.doors.custody.url)));
    const listed = await allItems<{ payoutId: string; status: string }>(cast.doors.mining.url, '/v1/payouts', { role: 'auditor' });
    findings.push(...compare('payouts listed', listed.filter(({ status }) => status === 'accepted').map(({ payoutId }) => payoutId), this.payoutIds));
    if (listed.some(({ status }) => status !== 'accepted')) findings.push(`${listed.filter(({ status }) => status !== 'accepted').length} payouts are not accepted`);
    findings.push(...(await this.ofSeizures(cast, withinMs)));
    findings.push(...(await this.ofStreams(cast)));
    return findings;
  }

  private async differences(cast: Cast): Promise<readonly string[]> {
    const { figures } = await holdings(cast.doors.reporting.url);
    const sources = figures.classes.flatMap(({ assets }) => assets.flatMap((asset) => asset.sources));
    const shown = new Map(sources.map(({ id, baseUnits }) => [id, BigInt(baseUnits)]));
    const wrong = [...this.credits].filter(([licenceId, total]) => shown.get(licenceId) !== total).map(([licenceId, total]) => `${licenceId} shows ${shown.get(licenceId) ?? 'nothing'} instead of ${total}`);
    if (figures.claims.payouts.length > 0) wrong.push(`claims are open: ${JSON.stringify(figures.claims.payouts)}`);
    return wrong;
  }

  private ofJournal(entries: readonly JournalEntry[]): string[] {
    const findings: string[] = [];
    for (const { entryId, postings } of entries) {
      const sums = new Map<string, bigint>();
      for (const { account, asset, amount } of postings) {
        const key = `${account.split(':')[0]} ${asset}`;
        sums.set(key, (sums.get(key) ?? 0n) + BigInt(amount));
      }
      if ([...sums.values()].some((sum) => sum !== 0n)) findings.push(`entry ${entryId} does not sum to zero in each class`);
    }
    if (new Set(entries.map(({ entryId }) => entryId)).size !== entries.length) findings.push('an entry is in the journal twice');
    const wanted = new Map([...this.credits].map(([licenceId, total]) => [`reserve:mining:${licenceId} ${ASSET}`, -total]));
    wanted.set(`reserve:vault:${RESERVE_VAULT} ${ASSET}`, [...this.credits.values()].reduce((sum, total) => sum + total, 0n));
    const balances = new Map([...balancesOf(entries)].filter(([, balance]) => balance !== 0n));
    for (const key of new Set([...wanted.keys(), ...balances.keys()])) {
      if (wanted.get(key) !== balances.get(key)) findings.push(`the balance of ${key} is ${balances.get(key) ?? 0n} instead of ${wanted.get(key) ?? 0n}`);
    }
    const credited = entries.filter(({ postings }) => postings.some(({ account, amount }) => account.startsWith('reserve:mining:') && amount.startsWith('-'))).map(({ payoutId }) => payoutId ?? 'no payout');
    findings.push(...compare('payouts credited', credited, this.payoutIds));
    return findings;
  }

  /** Waits until intake lists every case, and has none twice. */
  private async ofSeizures(cast: Cast, withinMs: number): Promise<string[]> {
    const listed = async (): Promise<readonly string[]> => {
      const cases = await allItems<{ caseNumber: string }>(cast.doors.intake.url, '/v1/cases', { role: 'auditor' });
      return compare('cases listed', cases.map(({ caseNumber }) => caseNumber), this.caseNumbers);
    };
    return until('intake lists the cases that were told of', listed, (found) => found.length === 0, withinMs).then(() => [], (error: unknown) => [String(error)]);
  }

  /** The streams themselves, from the store and not through any service. */
  private async ofStreams(cast: Cast): Promise<string[]> {
    const findings: string[] = [];
    const store = await EventStoreDbStore.connect({ url: cast.storeUrl });
    const matched: string[] = [];
    const accepted: string[] = [];
    const facts: string[] = [];
    const applied: string[] = [];
    try {
      for await (const page of store.readAll({ filter: { streamPrefixes: ['payout-', 'deposit-', 'seizure-fact-', 'case-'] } })) {
        for (const { type, data } of page) {
          if (type === 'custody.deposit-matched') matched.push(data['payoutId'] as string);
          if (type === 'mining.payout-accepted') accepted.push(data['payoutId'] as string);
          if (type === 'intake.fact-received') facts.push(data['messageId'] as string);
          if (type === 'intake.act-applied') applied.push(data['factId'] as string);
        }
      }
    } finally {
      await store.close();
    }
    if (new Set(applied).size !== applied.length || applied.length !== this.factIds.length) findings.push(`${applied.length} acts of seizures apply instead of ${this.factIds.length}`);
    findings.push(...compare('facts of seizures in their streams', facts, this.factIds));
    findings.push(...compare('payouts accepted in their streams', accepted, this.payoutIds), ...compare('payouts matched in their streams', matched, this.payoutIds));
    return findings;
  }
}

/** What is missing, too much or there more than once. */
function compare(what: string, found: readonly string[], expected: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const id of found) counts.set(id, (counts.get(id) ?? 0) + 1);
  const known = new Set(expected);
  const missing = expected.filter((id) => !counts.has(id));
  const doubled = [...counts].filter(([, count]) => count > 1);
  const unknown = [...counts.keys()].filter((id) => !known.has(id));
  return [
    ...(missing.length === 0 ? [] : [`${what}: ${missing.length} are missing, such as ${missing[0]}`]),
    ...(doubled.length === 0 ? [] : [`${what}: ${doubled.length} are there more than once, such as ${doubled[0]?.[0]}`]),
    ...(unknown.length === 0 ? [] : [`${what}: ${unknown.length} were never claimed, such as ${unknown[0]}`]),
  ];
}
