import type { AddressPurposeKind } from '@qazyna/contracts';
import { account, negatedPostings, toInstant, type AccountClass, type AccountName, type AssetId } from '@qazyna/ledger';
import type { Said, StatePropertyTerm } from '../cases/effects.js';
import type { PostedEntries, PostedEntry } from './posted-entries.js';
import { reclassificationEntry, reclassificationTurned } from './reclassification-entries.js';
import { screeningEntry, wasUnidentified, type DepositScreening } from './screening-entries.js';
import type { EntryDraft, EntryNotes } from './entry-draft.js';

/** A deposit as far as the journal is concerned. Revisions are those of the events on its stream. */
export interface SettledDeposit {
  readonly depositId: string;
  readonly vaultId: string;
  readonly vaultClass: AccountClass;
  readonly asset: AssetId;
  readonly amount: bigint;
  readonly height: number;
  readonly blockTime: string;
  readonly purpose: { readonly kind: AddressPurposeKind; readonly id: string; readonly assetId?: string };
  /** Present while it is confirmed in the best chain. */
  readonly confirmedRevision: number | undefined;
  readonly takenBackRevision: number | undefined;
  readonly match: { readonly revision: number; readonly payoutId: string; readonly licenceId: string } | undefined;
  /** The acts that make coins of it state property, each with its part and its time. */
  readonly stateProperty: readonly StatePropertyTerm[];
  /** What took back what was posted by the word of a cause, where it is not among those acts any more. */
  readonly takenBackBy: (cause: string) => Said | undefined;
  readonly screening?: DepositScreening;
}

/** Makes the one id of a cause. */
export type IdOf = (name: string) => string;

interface Wanted {
  readonly entries: readonly EntryDraft[];
  /** By the id of their first entry; undefined while nothing may move. */
  readonly reclassified: ReadonlyMap<string, { readonly term: StatePropertyTerm; readonly draft: EntryDraft }> | undefined;
}

const NOTHING: Wanted = { entries: [], reclassified: new Map() };

/**
 * What the journal lacks for one deposit, in the order it must be posted: the compensations of what no longer holds,
 * newest first; once they are posted, what holds now. So coins whose taking back the ledger refuses are never counted
 * a second time. Posting the answer and asking again ends with nothing.
 */
export function entriesDue(deposit: SettledDeposit, posted: PostedEntries, idOf: IdOf): EntryDraft[] {
  const wanted = wantedEntries(deposit, posted, idOf);
  const { entries, reclassified } = wanted;
  const wantedIds = new Set(entries.map(({ entry }) => entry.entryId));
  const stale = new Map<string, EntryDraft[]>();
  for (const each of posted.live) if (!wantedIds.has(each.entry.entryId)) stale.set(each.entry.entryId, [compensation(deposit, each, idOf)]);
  for (const each of reclassified === undefined ? [] : posted.reclassified) stale.set(each.last.entryId, reclassificationTurned(deposit, each, reclassified?.get(each.first.entryId)?.term, idOf));
  const takenBack = [...posted.order].reverse().flatMap((id) => stale.get(id) ?? []);
  if (takenBack.length > 0) return takenBack;
  const known = new Set([...posted.live.map(({ entry }) => entry.entryId), ...posted.reclassified.map(({ first }) => first.entryId)]);
  return [...entries, ...[...(reclassified?.values() ?? [])].map(({ draft }) => draft)].filter(({ entry }) => !known.has(entry.entryId));
}

function wantedEntries(deposit: SettledDeposit, { live, reclassified }: PostedEntries, idOf: IdOf): Wanted {
  const { confirmedRevision, screening } = deposit;
  if (confirmedRevision === undefined) return NOTHING;
  const cause = `deposit-${deposit.depositId}@${confirmedRevision}`;
  const kept = live.map(({ entry }): EntryDraft => ({ entry }));
  const isPosted = kept.some(({ entry }) => entry.entryId === idOf(cause));
  if (isPosted) {
    const counting = [...live, ...reclassified.filter(({ isOpen }) => isOpen).map(({ last }) => ({ entry: last }))];
    const moved = screeningEntry(deposit, counting, cause, creditedSource(deposit), idOf);
    // INV-41: nothing moves to anybody while the coins are held.
    if (moved !== undefined) return { entries: [...kept, moved], reclassified: undefined };
    if (screening?.held === true) return { entries: kept, reclassified: undefined };
  } else if (screening?.held === true) {
    return { ...NOTHING, entries: [depositEntry(deposit, cause, idOf, undefined, account.screeningHold(deposit.vaultClass, deposit.vaultId))] };
  }
  return {
    entries: [...creditedEntries(deposit, live, cause, idOf), ...kept.filter(({ entry }) => isPosted && entry.kind === 'screening')],
    reclassified: new Map(deposit.stateProperty.map((term) => [reclassificationEntry(deposit, term, cause, idOf), term] as const).map(([draft, term]) => [draft.entry.entryId, { term, draft }])),
  };
}

/** To whom the coins are due when nothing holds them. An address given to a case, a purchase or a campaign says whose the coins are; one of a pool account pays for many payouts. */
function creditedSource({ vaultClass, vaultId, purpose, match }: SettledDeposit): AccountName {
  switch (purpose.kind) {
    case 'case':
      return account.heldCase(purpose.id);
    case 'purchase':
      return account.purchase(purpose.id);
    case 'donation':
      return account.donation(purpose.id);
    case 'pool-account':
      return match === undefined ? account.unidentified(vaultClass, vaultId) : account.mining(match.licenceId);
  }
}

function creditedEntries(deposit: SettledDeposit, live: readonly PostedEntry[], cause: string, idOf: IdOf): EntryDraft[] {
  const { purpose, match } = deposit;
  if (purpose.kind !== 'pool-account') return [depositEntry(deposit, cause, idOf, undefined)];
  const postedUnidentified = live.some(({ entry }) => entry.entryId === idOf(cause)) && wasUnidentified(live);
  if (match === undefined) return [depositEntry(deposit, cause, idOf, undefined)];
  if (!postedUnidentified) return [depositEntry(deposit, cause, idOf, match)];
  return [depositEntry(deposit, cause, idOf, undefined), identification(deposit, match, idOf)];
}

/** What custody notes beside an entry of a deposit. */
export function notesOf({ depositId, height, purpose }: SettledDeposit, payoutId: string | undefined): EntryNotes {
  return {
    depositId,
    ...(payoutId === undefined ? {} : { payoutId }),
    ...(purpose.kind === 'case' ? { caseId: purpose.id } : {}),
    blockHeight: height,
  };
}

function depositEntry(deposit: SettledDeposit, cause: string, idOf: IdOf, match: SettledDeposit['match'], source = creditedSource({ ...deposit, match })): EntryDraft {
  const { vaultClass, vaultId, asset, amount } = deposit;
  return {
    entry: {
      entryId: idOf(cause),
      kind: 'deposit',
      effectiveAt: toInstant(deposit.blockTime),
      postings: [
        { account: account.vault(vaultClass, vaultId), asset, amount },
        { account: source, asset, amount: -amount },
      ],
      cause,
    },
    notes: notesOf(deposit, match?.payoutId),
  };
}

/** Coins that nobody had claimed when they were confirmed turn out to be a payout's. */
function identification(deposit: SettledDeposit, match: NonNullable<SettledDeposit['match']>, idOf: IdOf): EntryDraft {
  const { vaultClass, vaultId, asset, amount } = deposit;
  const cause = `deposit-${deposit.depositId}@${match.revision}`;
  return {
    entry: {
      entryId: idOf(cause),
      kind: 'identification',
      effectiveAt: toInstant(deposit.blockTime),
      postings: [
        { account: account.unidentified(vaultClass, vaultId), asset, amount },
        { account: account.mining(match.licenceId), asset, amount: -amount },
      ],
      cause,
    },
    notes: notesOf(deposit, match.payoutId),
  };
}

/** Takes back coins that a reorganisation took: they were never there, as we now know, so it is effective when the corrected entry was. */
function compensation(deposit: SettledDeposit, { entry, payoutId, caseId }: PostedEntry, idOf: IdOf): EntryDraft {
  return {
    entry: {
      entryId: idOf(`${reorganisationOf(deposit)} corrects ${entry.entryId}`),
      kind: 'compensation',
      effectiveAt: entry.effectiveAt,
      postings: negatedPostings(entry),
      ...(entry.act === undefined ? {} : { act: entry.act }),
      corrects: entry.entryId,
      cause: reorganisationOf(deposit),
    },
    notes: { ...notesOf(deposit, payoutId), ...(caseId === undefined ? {} : { caseId }) },
    corrected: entry,
  };
}

/** The event that took the deposit out of the best chain. */
export function reorganisationOf({ depositId, takenBackRevision }: SettledDeposit): string {
  return `deposit-${depositId}@${takenBackRevision ?? 0}`;
}
