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
  /** Places in the case's stream of the words on each effect. */
  readonly places: ReadonlyMap<string, readonly number[]>;
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
 * case counts, whenever it arrives; the ones before it are kept, for they say what was so until then.
 */
export const custodyCaseDecider: Decider<CustodyCaseState, CustodyCaseCommand, CustodyCaseEvent> = {
  initialState: () => ({ places: new Map(), unnamed: undefined }),
  decide(command, { places, unnamed }) {
    const word = command.kind === 'note' ? command.effect : command.undone;
    const known = places.get(keyOf(word)) ?? [];
    const caseRevision = word.caseRevision ?? Math.max(-1, ...known) + 1;
    if (known.includes(caseRevision)) return accept();
    if (command.kind === 'undo') return accept({ type: 'custody.case-effect-undone', data: { ...command.undone, caseRevision } });
    const { effect } = command;
    const isKnown = unnamed !== undefined && effect.effect === 'state-property' && unnamed.decision.sha256 === effect.document.sha256 && unnamed.effectiveAt === effect.effectiveAt;
    // Without a revision nothing tells a repetition from a second word: the first one stands.
    if (isKnown || (word.caseRevision === undefined && known.length > 0)) return accept();
    return accept(noted(effect, caseRevision));
  },
  evolve(state, event) {
    const at = (key: string, place: number): CustodyCaseState => ({ ...state, places: new Map(state.places).set(key, [...(state.places.get(key) ?? []), place]) });
    if (event.type !== 'custody.case-state-property-noted') return at(keyOf(event.data), event.data.caseRevision);
    const { factId, caseRevision = 0 } = event.data;
    return factId === undefined ? { ...state, unnamed: event.data } : at(keyOf({ effect: 'state-property', factId }), caseRevision);
  },
};
