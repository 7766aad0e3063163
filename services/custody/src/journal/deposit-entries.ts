import type { AddressPurposeKind } from '@qazyna/contracts';
import { account, negatedPostings, toInstant, type AccountClass, type AccountName, type AssetId, type AuthorisingAct, type Entry } from '@qazyna/ledger';
import type { Ending, StatePropertyAct } from '../cases/effects.js';
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
  /** The acts that make coins of it state property, each with its part. */
  readonly stateProperty: readonly StatePropertyAct[];
  /** What ended the act of a cause, for what was posted by an act that stands no more. */
  readonly endingOf: (cause: string) => Ending | undefined;
  readonly screening?: DepositScreening;
}

/** An entry of this deposit that no other has corrected. */
export interface LiveEntry {
  readonly entry: Entry;
  readonly payoutId?: string;
  readonly caseId?: string;
}

/** Makes the one id of a cause. */
export type IdOf = (name: string) => string;

/**
 * What the journal lacks for one deposit, in the order it must be posted: the compensations of what no longer holds,
 * newest first; once they are posted, what holds now. So coins whose taking back the ledger refuses are never counted
 * a second time. Posting the answer and asking again ends with nothing.
 */
export function entriesDue(deposit: SettledDeposit, live: readonly LiveEntry[], idOf: IdOf): EntryDraft[] {
  const wanted = wantedEntries(deposit, live, idOf);
  const wantedIds = new Set(wanted.map(({ entry }) => entry.entryId));
  const liveIds = new Set(live.map(({ entry }) => entry.entryId));
  const stale = live.filter(({ entry }) => !wantedIds.has(entry.entryId));
  if (stale.length > 0) return stale.reverse().map((each) => compensation(deposit, each, idOf));
  return wanted.filter(({ entry }) => !liveIds.has(entry.entryId));
}

function wantedEntries(deposit: SettledDeposit, live: readonly LiveEntry[], idOf: IdOf): EntryDraft[] {
  const { confirmedRevision, screening } = deposit;
  if (confirmedRevision === undefined) return [];
  const cause = `deposit-${deposit.depositId}@${confirmedRevision}`;
  const kept = live.map(({ entry }): EntryDraft => ({ entry }));
  const isPosted = kept.some(({ entry }) => entry.entryId === idOf(cause));
  if (isPosted) {
    const moved = screeningEntry(deposit, live, cause, creditedSource(deposit), idOf);
    // INV-41: nothing moves to anybody while the coins are held.
    if (moved !== undefined) return [...kept, moved];
    if (screening?.held === true) return kept;
  } else if (screening?.held === true) {
    return [depositEntry(deposit, cause, idOf, undefined, account.screeningHold(deposit.vaultClass, deposit.vaultId))];
  }
  return [...creditedEntries(deposit, live, cause, idOf), ...kept.filter(({ entry }) => isPosted && entry.kind === 'screening')];
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

function creditedEntries(deposit: SettledDeposit, live: readonly LiveEntry[], cause: string, idOf: IdOf): EntryDraft[] {
  const { purpose, match, stateProperty } = deposit;
  if (purpose.kind === 'case') {
    const held = depositEntry(deposit, cause, idOf, undefined);
    return [held, ...stateProperty.map((act) => reclassification(deposit, act, cause, idOf))];
  }
  if (purpose.kind !== 'pool-account') return [depositEntry(deposit, cause, idOf, undefined)];
  const postedUnidentified = live.some(({ entry }) => entry.entryId === idOf(cause)) && wasUnidentified(live);
  if (match === undefined) return [depositEntry(deposit, cause, idOf, undefined)];
  if (!postedUnidentified) return [depositEntry(deposit, cause, idOf, match)];
  return [depositEntry(deposit, cause, idOf, undefined), identification(deposit, match, idOf)];
}

function notesOf({ depositId, height, purpose }: SettledDeposit, payoutId: string | undefined): EntryNotes {
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

/** The four postings of state property. Coins cannot become the state's before they are held, so the later date counts. */
function reclassification(deposit: SettledDeposit, act: StatePropertyAct, depositCause: string, idOf: IdOf): EntryDraft {
  const { asset, purpose } = deposit;
  const { amount, cause } = act;
  const caseId = purpose.id;
  const [decided, held] = [toInstant(act.effectiveAt), toInstant(deposit.blockTime)];
  const authorising: AuthorisingAct = { kind: 'state-property-decision', reference: act.reference, caseId };
  return {
    entry: {
      entryId: idOf(`${cause} ${depositCause}`),
      kind: 'reclassification',
      effectiveAt: decided > held ? decided : held,
      postings: [
        { account: account.heldCase(caseId), asset, amount },
        { account: account.dueTo('held-in-trust', 'reserve'), asset, amount: -amount },
        { account: account.dueFrom('reserve', 'held-in-trust'), asset, amount },
        { account: account.seizure(caseId), asset, amount: -amount },
      ],
      act: authorising,
      cause,
    },
    notes: notesOf(deposit, undefined),
  };
}

/**
 * Takes back what holds no longer. Coins that a reorganisation took were never there, as we now know: effective when the
 * corrected entry was. Coins that an appeal gives back were the state's until then: effective from the appeal, by its act,
 * and where they were swept meanwhile the reserve now owes them to the trust.
 */
function compensation(deposit: SettledDeposit, { entry, payoutId, caseId }: LiveEntry, idOf: IdOf): EntryDraft {
  const ending = deposit.confirmedRevision === undefined || entry.kind !== 'reclassification' ? undefined : deposit.endingOf(entry.cause);
  const cause = ending?.cause ?? `deposit-${deposit.depositId}@${deposit.takenBackRevision ?? 0}`;
  const ended = ending === undefined ? entry.effectiveAt : toInstant(ending.effectiveAt);
  const act: AuthorisingAct | undefined = ending === undefined ? entry.act : { kind: 'reversal', reference: ending.reference, caseId: deposit.purpose.id };
  return {
    entry: {
      entryId: idOf(`${cause} corrects ${entry.entryId}`),
      kind: 'compensation',
      effectiveAt: ended > entry.effectiveAt ? ended : entry.effectiveAt,
      postings: negatedPostings(entry),
      ...(act === undefined ? {} : { act }),
      corrects: entry.entryId,
      cause,
    },
    notes: {
      depositId: deposit.depositId,
      ...(payoutId === undefined ? {} : { payoutId }),
      ...(caseId === undefined ? {} : { caseId }),
      blockHeight: deposit.height,
    },
    corrected: entry,
    ...(entry.kind === 'reclassification' ? { turnsDues: true } : {}),
  };
}
