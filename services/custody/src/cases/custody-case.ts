import type { CaseEffectNoted, CaseEffectUndone, CaseStatePropertyNoted, EventsOf } from '@qazyna/contracts';
import { accept, type Decider } from '@qazyna/event-store/decider';

export type CustodyCaseEvent = EventsOf<{
  'custody.case-state-property-noted': CaseStatePropertyNoted;
  'custody.case-effect-noted': CaseEffectNoted;
  'custody.case-effect-undone': CaseEffectUndone;
}>;

type Told<Event extends { caseRevision?: number }> = Omit<Event, 'caseRevision'> & {
  /** Absent where the message does not say: then words count in the order they arrive. */
  readonly caseRevision?: number;
};

export type CustodyCaseCommand =
  | { readonly kind: 'note'; readonly effect: Told<CaseEffectNoted> }
  | { readonly kind: 'undo'; readonly undone: Told<CaseEffectUndone> };

export interface CustodyCaseState {
  /** Place in the case's stream of the last word on each effect. */
  readonly lastWords: ReadonlyMap<string, number>;
  /** A decision of the first version, which named no fact. */
  readonly unnamed: CaseStatePropertyNoted | undefined;
}

function keyOf({ assetId, effect, factId }: Pick<CaseEffectNoted, 'assetId' | 'effect' | 'factId'>): string {
  return `${assetId ?? ''} ${effect} ${factId}`;
}

function noted(effect: Told<CaseEffectNoted>, caseRevision: number): CustodyCaseEvent {
  const { caseId, assetId, factId, document, effectiveAt } = effect;
  if (assetId === undefined && effect.effect === 'state-property') {
    return { type: 'custody.case-state-property-noted', data: { caseId, decision: document, effectiveAt, factId, caseRevision } };
  }
  return { type: 'custody.case-effect-noted', data: { ...effect, caseRevision } };
}

/**
 * What custody knows of the legal effects on a case, or on one asset of it. Of one effect the word said last by the
 * case counts, whenever it arrives: a word that is older than one known changes nothing.
 */
export const custodyCaseDecider: Decider<CustodyCaseState, CustodyCaseCommand, CustodyCaseEvent> = {
  initialState: () => ({ lastWords: new Map(), unnamed: undefined }),
  decide(command, { lastWords, unnamed }) {
    const word = command.kind === 'note' ? command.effect : command.undone;
    const last = lastWords.get(keyOf(word)) ?? -1;
    const caseRevision = word.caseRevision ?? last + 1;
    if (caseRevision <= last) return accept();
    if (command.kind === 'undo') return accept({ type: 'custody.case-effect-undone', data: { ...command.undone, caseRevision } });
    const { effect } = command;
    const isKnown = unnamed !== undefined && effect.effect === 'state-property' && unnamed.decision.sha256 === effect.document.sha256 && unnamed.effectiveAt === effect.effectiveAt;
    // Without a revision nothing tells a repetition from a second word: the first one stands.
    if (isKnown || (word.caseRevision === undefined && last >= 0)) return accept();
    return accept(noted(effect, caseRevision));
  },
  evolve(state, event) {
    if (event.type !== 'custody.case-state-property-noted') return { ...state, lastWords: new Map(state.lastWords).set(keyOf(event.data), event.data.caseRevision) };
    const { factId, caseRevision = 0 } = event.data;
    if (factId === undefined) return { ...state, unnamed: event.data };
    return { ...state, lastWords: new Map(state.lastWords).set(keyOf({ effect: 'state-property', factId }), caseRevision) };
  },
};
