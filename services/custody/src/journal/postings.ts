import type { CaseStatePropertyNoted } from '@qazyna/contracts';
import { account, negatedPostings, toInstant, type AssetId, type Entry, type Posting } from '@qazyna/ledger';
import type { DepositState } from '../deposits/deposit.js';

/** An entry with what a reader of the journal wants to find it by. */
export interface JournalEntry extends Entry {
  readonly depositId?: string;
  readonly payoutId?: string;
  readonly caseId?: string;
  readonly blockHeight?: number;
}

/** Makes the id of an entry from its name: the same name, the same id (UUIDv5). */
export type EntryIdOf = (name: string) => string;

/**
 * What must still be posted so that the journal says of a deposit what is true of it: declarative, so that a crash
 * between a deposit's event and its entry, or in the middle of several entries, is mended by asking again.
 *
 * @param live entries posted for this deposit and not compensated, oldest first
 * @param stateProperty the decision that made its case state property, if one is in effect
 */
export function entriesDue(deposit: DepositState, live: readonly JournalEntry[], stateProperty: CaseStatePropertyNoted | undefined, entryIdOf: EntryIdOf): JournalEntry[] {
  const { seen } = deposit;
  if (seen === undefined) return [];
  const round = `deposit-${seen.depositId}#${deposit.round}`;
  const ofThisRound = deposit.status === 'confirmed' ? live.filter(({ cause }) => cause === round) : [];
  const outdated = live.filter((entry) => !ofThisRound.includes(entry));
  // Later entries first: coins that have moved on cannot be taken back before what moved them.
  const due = [...outdated].reverse().map((entry) => compensation(entry, entryIdOf));
  if (deposit.status === 'confirmed') due.push(...missingEntries(deposit, round, ofThisRound, stateProperty, entryIdOf));
  return due;
}

function missingEntries(deposit: DepositState, round: string, posted: readonly JournalEntry[], stateProperty: CaseStatePropertyNoted | undefined, entryIdOf: EntryIdOf): JournalEntry[] {
  const { seen, match } = deposit;
  if (seen === undefined) return [];
  const has = (kind: Entry['kind']): boolean => posted.some((entry) => entry.kind === kind);
  const { depositId, vaultId, purpose, amount, blockTime, height } = seen;
  const asset = seen.asset as AssetId;
  const units = BigInt(amount);
  const move = (from: Posting['account'], to: Posting['account']): Posting[] => [
    { account: to, asset, amount: units },
    { account: from, asset, amount: -units },
  ];
  const found = { depositId, blockHeight: height, cause: round, effectiveAt: toInstant(blockTime) };

  if (purpose.kind === 'case') {
    const caseId = purpose.id;
    const entries: JournalEntry[] = [];
    if (!has('deposit')) {
      entries.push({ ...found, caseId, kind: 'deposit', entryId: entryIdOf(`deposit:${round}`), postings: move(account.heldCase(caseId), account.vault('held-in-trust', vaultId)) });
    }
    if (stateProperty && !has('reclassification')) {
      const act = { kind: 'state-property-decision', reference: stateProperty.decision.reference, caseId } as const;
      entries.push({
        ...found,
        caseId,
        kind: 'reclassification',
        entryId: entryIdOf(`reclassification:${round}`),
        effectiveAt: later(toInstant(stateProperty.effectiveAt), found.effectiveAt),
        act,
        postings: [
          ...move(account.dueTo('held-in-trust', 'reserve'), account.heldCase(caseId)),
          ...move(account.seizure(caseId), account.dueFrom('reserve', 'held-in-trust')),
        ],
      });
    }
    return entries;
  }

  const vault = account.vault('reserve', vaultId);
  const unidentified = account.unidentified('reserve', vaultId);
  if (!has('deposit')) {
    const source = match ? account.mining(match.licenceId) : unidentified;
    return [{ ...found, ...(match ? { payoutId: match.payoutId } : {}), kind: 'deposit', entryId: entryIdOf(`deposit:${round}`), postings: move(source, vault) }];
  }
  const creditsUnidentified = posted.some((entry) => entry.kind === 'deposit' && entry.payoutId === undefined);
  if (!match || !creditsUnidentified || has('identification')) return [];
  return [{ ...found, payoutId: match.payoutId, kind: 'identification', entryId: entryIdOf(`identification:${round}`), postings: move(account.mining(match.licenceId), unidentified) }];
}

/** The exact negation of an entry, under the same act where it crosses classes. */
function compensation(entry: JournalEntry, entryIdOf: EntryIdOf): JournalEntry {
  const { depositId, payoutId, caseId, blockHeight, act } = entry;
  return {
    entryId: entryIdOf(`compensation:${entry.entryId}`),
    kind: 'compensation',
    corrects: entry.entryId,
    effectiveAt: entry.effectiveAt,
    cause: entry.cause,
    postings: negatedPostings(entry),
    ...(act === undefined ? {} : { act }),
    ...(depositId === undefined ? {} : { depositId }),
    ...(payoutId === undefined ? {} : { payoutId }),
    ...(caseId === undefined ? {} : { caseId }),
    ...(blockHeight === undefined ? {} : { blockHeight }),
  };
}

/** A decision takes effect on coins no earlier than they were there. */
function later(a: string, b: string): string {
  return a > b ? a : b;
}
