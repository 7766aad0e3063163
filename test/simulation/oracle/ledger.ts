import type { Finding, RawEvent } from './testimony.js';

export interface Posting {
  readonly account: string;
  readonly asset: string;
  readonly amount: string;
}

export interface JournalEntry {
  readonly entryId: string;
  readonly kind: string;
  readonly effectiveAt: string;
  readonly postings: readonly Posting[];
  readonly cause: string;
  readonly act?: { readonly kind: string; readonly reference: string; readonly caseId?: string };
  readonly corrects?: string;
  readonly depositId?: string;
  readonly payoutId?: string;
  readonly caseId?: string;
}

const CUSTODY_ACCOUNT = /^[a-z-]+:(vault|in-transit|off-chain):/;
const DUE_ACCOUNT = /^([a-z-]+):due-(from|to):([a-z-]+)$/;

/** Balances by `account asset`, of a list of entries added up one after the other. */
export function balancesOf(entries: readonly JournalEntry[]): Map<string, bigint> {
  const balances = new Map<string, bigint>();
  for (const { postings } of entries) for (const { account, asset, amount } of postings) add(balances, `${account} ${asset}`, BigInt(amount));
  return new Map([...balances].filter(([, balance]) => balance !== 0n).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function add(balances: Map<string, bigint>, key: string, amount: bigint): void {
  balances.set(key, (balances.get(key) ?? 0n) + amount);
}

export function journalOf(events: readonly RawEvent[]): JournalEntry[] {
  return events.filter(({ stream }) => stream === 'journal').map(({ data }) => data as unknown as JournalEntry);
}

/** The rules of fund accounting, INV-01 to INV-15, over the journal as it was recorded. */
export function judgeJournal(events: readonly RawEvent[]): Finding[] {
  const findings: Finding[] = [];
  const finding = (rule: string, message: string): void => void findings.push({ rule, message });
  const records = events.filter(({ stream }) => stream === 'journal');
  const byId = new Map<string, JournalEntry>();
  const corrected = new Set<string>();
  const balances = new Map<string, bigint>();
  for (const { data, revision, recordedAt, type } of records) {
    const entry = data as unknown as JournalEntry;
    const at = `entry ${revision} (${entry.kind})`;
    if (type !== 'custody.journal-entry-posted') finding('INV-24', `journal@${revision} is a ${type}`);
    if (byId.has(entry.entryId)) finding('INV-11', `${at} has the id of an entry before it`);
    byId.set(entry.entryId, entry);
    if (entry.cause === '') finding('INV-15', `${at} names no cause`);
    if (Date.parse(entry.effectiveAt) > Date.parse(recordedAt) + 2 * 3_600_000) finding('INV-12', `${at} takes effect at ${entry.effectiveAt} and was recorded at ${recordedAt}`);
    judgeBalance(entry, at, finding);
    if (entry.kind === 'compensation') judgeCompensation(entry, at, byId, corrected, finding);
    for (const { account, asset, amount } of entry.postings) {
      const key = `${account} ${asset}`;
      add(balances, key, BigInt(amount));
    }
    for (const { account, asset } of entry.postings) {
      if (CUSTODY_ACCOUNT.test(account) && (balances.get(`${account} ${asset}`) ?? 0n) < 0n) finding('INV-02', `${account} is below zero after ${at}`);
    }
  }
  return findings;
}

function judgeBalance(entry: JournalEntry, at: string, finding: (rule: string, message: string) => void): void {
  const sums = new Map<string, bigint>();
  const dues = new Map<string, bigint>();
  for (const { account, asset, amount } of entry.postings) {
    const [accountClass = ''] = account.split(':');
    add(sums, `${accountClass} ${asset}`, BigInt(amount));
    const due = DUE_ACCOUNT.exec(account);
    if (due !== null) {
      add(dues, `${[due[1], due[3]].sort().join(' ')} ${asset}`, BigInt(amount));
      if (entry.act === undefined) finding('INV-04', `${at} crosses classes and names no act`);
    }
    if (BigInt(amount) === 0n) finding('INV-08', `${at} posts nothing to ${account}`);
  }
  if (entry.postings.length < 2) finding('INV-08', `${at} has ${entry.postings.length} postings`);
  for (const [key, sum] of sums) if (sum !== 0n) finding('INV-01', `${at} is out of balance by ${sum} in ${key}`);
  for (const [key, sum] of dues) if (sum !== 0n) finding('INV-05', `${at} leaves a due open: ${key} ${sum}`);
}

function judgeCompensation(entry: JournalEntry, at: string, byId: ReadonlyMap<string, JournalEntry>, corrected: Set<string>, finding: (rule: string, message: string) => void): void {
  const original = byId.get(entry.corrects ?? '');
  if (original === undefined || original === entry) return finding('INV-10', `${at} corrects no entry before it`);
  if (corrected.has(original.entryId)) finding('INV-10', `${at} corrects an entry that was corrected before`);
  corrected.add(original.entryId);
  const text = (postings: readonly Posting[], sign: bigint): string => postings.map(({ account, asset, amount }) => `${account} ${asset} ${BigInt(amount) * sign}`).sort().join('\n');
  if (text(entry.postings, 1n) !== text(original.postings, -1n)) finding('INV-10', `${at} does not negate what it corrects`);
}
