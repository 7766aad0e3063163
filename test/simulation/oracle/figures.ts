import { ChainTruth, standingEntries } from './chain.js';
import { balancesOf, journalOf } from './ledger.js';
import type { Finding, Testimony } from './testimony.js';

type Find = (rule: string, message: string) => void;

interface Quantity {
  readonly baseUnits: string;
}
interface AssetFigure extends Quantity {
  readonly asset: string;
  readonly sources: readonly (Quantity & { readonly source: string; readonly id: string })[];
  readonly custody: readonly (Quantity & { readonly status: string; readonly place: string })[];
}
interface HoldingsPage {
  readonly asOf: { readonly blockHeight: number | null; readonly blockHash: string | null; readonly journalRevision: string | null };
  readonly figures: { readonly classes: readonly { readonly class: string; readonly assets: readonly AssetFigure[] }[] };
}

/** What anybody reads is what the journal says, and the journal says what the chain and the law do. */
export function judgeFigures(told: Testimony, chain: ChainTruth, expected: ReadonlyMap<string, bigint>): Finding[] {
  const findings: Finding[] = [];
  const find: Find = (rule, message) => void findings.push({ rule, message });
  const journal = journalOf(told.events);
  compare('the journal', expected, balancesOf(journal), find);
  judgeStanding(told, chain, find);
  const accounts = (told.pages['/v1/accounts'] as { items: { account: string; asset: string; balance: string }[] }).items;
  compare('the list of accounts', expected, new Map(accounts.map(({ account, asset, balance }) => [`${account} ${asset}`, BigInt(balance)])), find);
  const entries = (told.pages['/v1/journal/entries'] as { items: { entryId: string; number: string }[] }).items;
  if (entries.map(({ entryId }) => entryId).join() !== journal.map(({ entryId }) => entryId).join()) find('INV-31', `the page of entries shows ${entries.length} entries, the stream has ${journal.length}`);
  judgeHoldings(told, expected, find);
  judgeDepositList(told, find);
  return findings;
}

function compare(where: string, expected: ReadonlyMap<string, bigint>, actual: ReadonlyMap<string, bigint>, find: Find): void {
  for (const key of new Set([...expected.keys(), ...actual.keys()])) {
    if ((expected.get(key) ?? 0n) !== (actual.get(key) ?? 0n)) find('balance', `${where} has ${actual.get(key) ?? 0n} in ${key}, and must have ${expected.get(key) ?? 0n}`);
  }
}

/** One deposit that counts has one deposit entry that stands; nothing else stands. */
function judgeStanding(told: Testimony, chain: ChainTruth, find: Find): void {
  const counts = new Map<string, number>();
  for (const { kind, depositId } of standingEntries(journalOf(told.events))) {
    if (kind === 'deposit' && depositId !== undefined) counts.set(depositId, (counts.get(depositId) ?? 0) + 1);
  }
  for (const output of chain.outputs.values()) {
    const wanted = chain.counts(output) ? 1 : 0;
    const found = counts.get(output.depositId) ?? 0;
    if (found !== wanted) find('INV-22', `deposit ${output.depositId} has ${found} entries that stand, and must have ${wanted}`);
  }
}

function judgeHoldings(told: Testimony, expected: ReadonlyMap<string, bigint>, find: Find): void {
  const page = told.pages['/v1/holdings'] as HoldingsPage | { readonly code: string };
  if ('code' in page) return find('figures', `the figures are withheld: ${page.code}`);
  const tip = told.chain.at(-1);
  if (page.asOf.blockHash !== tip?.hash) find('INV-31', `the figures are as of block ${String(page.asOf.blockHeight)}, the chain is at ${String(tip?.height)}`);
  const shown = new Map<string, bigint>();
  for (const { class: accountClass, assets } of page.figures.classes) {
    for (const { asset, sources, custody } of assets) {
      for (const { source, id, baseUnits } of sources) shown.set(`${accountClass}:${source === 'held-for-screening' ? 'screening-hold' : source}:${id} ${asset}`, -BigInt(baseUnits));
      for (const { status, place, baseUnits } of custody) shown.set(`${accountClass}:${status === 'in-vault' ? 'vault' : status === 'due' ? 'due-from' : status}:${place} ${asset}`, BigInt(baseUnits));
    }
  }
  const public_ = new Map([...expected].filter(([key]) => !key.includes(':due-to:')));
  compare('the public page of holdings', public_, shown, find);
}

function judgeDepositList(told: Testimony, find: Find): void {
  const spent = new Set(told.events.filter(({ type }) => type === 'custody.unapproved-spend-detected').map(({ data }) => data['depositId']));
  const states = new Map<string, string>();
  const names: Readonly<Record<string, string>> = { 'custody.deposit-seen': 'seen', 'custody.deposit-confirmed': 'confirmed', 'custody.deposit-taken-back': 'taken-back' };
  for (const { type, data } of told.events) {
    const state = names[type];
    if (state !== undefined) states.set(data['depositId'] as string, state);
  }
  const listed = (told.pages['/v1/deposits'] as { items: { depositId: string; state: string }[] }).items;
  for (const { depositId, state } of listed) {
    if (states.get(depositId) !== state && !spent.has(depositId)) find('INV-31', `the list shows deposit ${depositId} as ${state}, its stream says ${states.get(depositId) ?? 'nothing'}`);
  }
  if (listed.length !== states.size) find('INV-31', `the list has ${listed.length} deposits, the streams ${states.size}`);
}
