/** Rules about what an entry of some kind, under some act, may do. All are pure and look at one entry. */
import type { ParsedAccount } from './accounts.js';
import type { AuthorisingAct, Entry, EntryKind, Posting } from './entries.js';
import type { Violation } from './invariants.js';

const NONE: readonly Violation[] = Object.freeze([]);

/** INV-05 within one entry: what A books as due from B, B books as due to A, in the same asset. */
export function duePairViolations(entry: Entry, accounts: readonly ParsedAccount[]): readonly Violation[] {
  if (!accounts.some(({ group }) => group === 'due')) return NONE;
  const pairs = new Map<string, bigint>();
  for (const [index, { asset, amount }] of entry.postings.entries()) {
    const pair = duePair(accounts[index] as ParsedAccount);
    if (pair === undefined) continue;
    const key = `${pair} in ${asset}`;
    pairs.set(key, (pairs.get(key) ?? 0n) + amount);
  }
  return [...pairs].filter(([, sum]) => sum !== 0n).map(([pair, sum]) => ({ invariant: 'INV-05', message: `${pair} is off by ${sum}` }));
}

/** The same text for both accounts of a pair: creditor first. Undefined for accounts that are not dues. */
export function duePair(account: ParsedAccount): string | undefined {
  if (account.counterpart === undefined) return undefined;
  return account.kind === 'due-from'
    ? `due from ${account.counterpart} to ${account.class}`
    : `due from ${account.class} to ${account.counterpart}`;
}

/** INV-04 and INV-13. A compensation needs an act to cross, but what it undoes decides the rest (INV-10). */
export function actViolations(entry: Entry, accounts: readonly ParsedAccount[]): readonly Violation[] {
  const { act } = entry;
  const crosses = accounts.some(({ group }) => group === 'due');
  if (crosses && act === undefined) return [{ invariant: 'INV-04', message: 'the entry crosses classes and names no act' }];
  if (entry.kind === 'compensation') return NONE;
  const found: Violation[] = [];
  for (const account of accounts) {
    const rule = actFor(account, act, crosses);
    if (rule !== undefined) found.push({ invariant: 'INV-13', message: `${account.name}: ${rule}` });
  }
  return found.length === 0 ? NONE : found;
}

function actFor({ kind, id }: ParsedAccount, act: AuthorisingAct | undefined, crosses: boolean): string | undefined {
  switch (kind) {
    case 'disbursed':
      return act?.kind === 'resolution' && act.reference === id ? undefined : 'coins are disbursed under the resolution of that id only';
    case 'released':
      return (act?.kind === 'release-to-owner' || act?.kind === 'return-to-victim') && act.caseId === id
        ? undefined
        : 'coins are released under a release of that case only';
    case 'case':
    case 'seizure':
      if (crosses && act?.caseId === undefined) return 'an act that moves a case between classes names the case';
      return act?.caseId === undefined || act.caseId === id ? undefined : `the act is for case ${act.caseId}`;
    default:
      return undefined;
  }
}

type Allowed = (account: ParsedAccount, debit: boolean) => boolean;

const paysOut = (spentKind: ParsedAccount['kind']): Allowed => ({ group, kind }, debit) =>
  (group === 'custody' && !debit) || ((kind === spentKind || kind === 'network-fee') && debit) || group === 'due';

const SHAPES: Readonly<Record<EntryKind, Allowed>> = {
  deposit: ({ group }, debit) => (group === 'custody' && debit) || (group === 'source' && !debit),
  identification: ({ group, kind }, debit) => (kind === 'unidentified' ? debit : group === 'source' && !debit) || group === 'due',
  screening: ({ group }) => group === 'source',
  reclassification: ({ group }) => group === 'source' || group === 'due',
  transfer: ({ group, kind }, debit) => group === 'custody' || group === 'due' || (kind === 'network-fee' && debit),
  disbursement: paysOut('disbursed'),
  release: paysOut('released'),
  fee: paysOut('network-fee'),
  compensation: () => true,
};

/** INV-14: a deposit debits custody and credits a source, a reclassification moves no coins, and so on. */
export function shapeViolations(entry: Entry, accounts: readonly ParsedAccount[]): readonly Violation[] {
  const allowed: Allowed | undefined = SHAPES[entry.kind];
  // An unknown kind has been reported with the header.
  if (allowed === undefined) return NONE;
  if (entry.kind === 'screening' && !movesHold(entry, accounts)) return [{ invariant: 'INV-14', message: 'a screening moves coins onto screening-hold accounts, or off them, and nowhere else' }];
  const isOutside = (account: ParsedAccount, index: number): boolean => !allowed(account, (entry.postings[index] as Posting).amount > 0n);
  return accounts.some(isOutside) ? accounts.filter(isOutside).map(({ name }) => ({ invariant: 'INV-14', message: `a ${entry.kind} does not touch ${name} on that side` })) : NONE;
}

/** Whether holds stand on one side and everything else on the other. */
function movesHold(entry: Entry, accounts: readonly ParsedAccount[]): boolean {
  const sideOf = (index: number): boolean => (entry.postings[index] as Posting).amount > 0n;
  const first = accounts.findIndex(({ kind }) => kind === 'screening-hold');
  return first >= 0 && accounts.every(({ kind }, index) => (sideOf(index) === sideOf(first)) === (kind === 'screening-hold'));
}
