import { account, negatedPostings, type AuthorisingAct, type Entry } from '@qazyna/ledger';
import type { Said, StatePropertyTerm } from '../cases/effects.js';
import { notesOf, reorganisationOf, type IdOf, type SettledDeposit } from './deposit-entries.js';
import type { EntryDraft } from './entry-draft.js';
import type { Reclassified } from './posted-entries.js';

/** The four postings of state property. */
export function reclassificationEntry(deposit: SettledDeposit, { amount, cause, reference, from }: StatePropertyTerm, depositCause: string, idOf: IdOf): EntryDraft {
  const { asset, purpose } = deposit;
  const caseId = purpose.id;
  return {
    entry: {
      entryId: idOf(`${cause} ${depositCause}`),
      kind: 'reclassification',
      effectiveAt: from,
      postings: [
        { account: account.heldCase(caseId), asset, amount },
        { account: account.dueTo('held-in-trust', 'reserve'), asset, amount: -amount },
        { account: account.dueFrom('reserve', 'held-in-trust'), asset, amount },
        { account: account.seizure(caseId), asset, amount: -amount },
      ],
      act: { kind: 'state-property-decision', reference, caseId },
      cause,
    },
    notes: notesOf(deposit, undefined),
  };
}

/**
 * What turns a posted act into the term that is wanted of it; nothing where it is that already. Coins that an appeal
 * gives back were the state's until then; an act that should not have counted never made them the state's; an appeal
 * that is annulled has taken nothing, so its end goes before another is set. Where coins were swept meanwhile, what is
 * taken back becomes a debt the other way.
 * @param term undefined where the act does not count at all
 */
export function reclassificationTurned(deposit: SettledDeposit, { first, last, isOpen }: Reclassified, term: StatePropertyTerm | undefined, idOf: IdOf): EntryDraft[] {
  const caseId = deposit.purpose.id;
  const isGone = deposit.confirmedRevision === undefined;
  const taken: Said = (isGone ? undefined : deposit.takenBackBy(first.cause)) ?? { cause: reorganisationOf(deposit), reference: first.act?.reference ?? '' };
  const until = term === undefined ? { ...taken, at: first.effectiveAt } : term.until;
  const end = isOpen ? undefined : last.effectiveAt;
  if (end === until?.at) return [];
  const given: AuthorisingAct = { kind: 'state-property-decision', reference: term?.saidBy.reference ?? first.act?.reference ?? '', caseId };
  const restored = end === undefined ? undefined : correction(deposit, last, end, term?.until ?? term?.saidBy ?? taken, given, idOf);
  if (until === undefined) return restored === undefined ? [] : [restored];
  const takes: AuthorisingAct = { kind: isGone ? 'state-property-decision' : 'reversal', reference: until.reference, caseId };
  return [...(restored === undefined ? [] : [restored]), correction(deposit, restored?.entry ?? last, until.at, until, takes, idOf)];
}

function correction(deposit: SettledDeposit, corrected: Entry, effectiveAt: string, { cause }: Said, act: AuthorisingAct, idOf: IdOf): EntryDraft {
  return {
    entry: { entryId: idOf(`${cause} corrects ${corrected.entryId}`), kind: 'compensation', effectiveAt, postings: negatedPostings(corrected), act, corrects: corrected.entryId, cause },
    notes: notesOf(deposit, undefined),
    corrected,
    turnsDues: true,
  };
}
