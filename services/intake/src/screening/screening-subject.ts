import type { EventsOf, ScreenedAddress, ScreeningDecided, ScreeningDecisionGiven, ScreeningDecisionKind, ScreeningRecorded, ScreeningRequested } from '@qazyna/contracts';
import { accept, refuse, type Decider, type Decision } from '@qazyna/event-store/decider';

export type ScreeningSubjectEvent = EventsOf<{
  'intake.screening-requested': ScreeningRequested;
  'intake.screening-recorded': ScreeningRecorded;
  'intake.screening-decision-given': ScreeningDecisionGiven;
  'intake.screening-decided': ScreeningDecided;
}>;

export type ScreeningSubjectCommand =
  | { readonly kind: 'request'; readonly request: ScreeningRequested }
  | { readonly kind: 'record'; readonly record: ScreeningRecorded }
  | { readonly kind: 'decide'; readonly given: ScreeningDecisionGiven };

export interface ScreeningSubjectState {
  readonly requested: boolean;
  readonly addresses: readonly ScreenedAddress[];
  readonly unknownSources: number;
  readonly recorded: ScreeningRecorded | undefined;
  /** How often findings were recorded: part of the identity of the next record. */
  readonly records: number;
  /** Words given on the findings of now, since the last decision. */
  readonly round: readonly ScreeningDecisionGiven[];
  readonly decided: ScreeningDecided | undefined;
}

/** Officers it takes. */
export const OFFICERS_NEEDED = 2;

function decideOn(given: ScreeningDecisionGiven, { recorded, round, decided }: ScreeningSubjectState): Decision<ScreeningSubjectEvent> {
  if (recorded === undefined) return refuse('screening-not-found', `${given.subjectId} was not screened`);
  if (recorded.verdict === 'clear') return refuse('screening-not-held', 'nothing holds it: there is nothing to decide');
  if (given.basis !== recorded.basis) return refuse('basis-changed', 'the findings have changed since they were looked at', 'basis');
  if (decided?.decision === 'release') return refuse('screening-already-decided', `officers ${decided.officers.join(' and ')} released it`);
  // INV-42: two words of one officer are one word.
  if (round.some(({ officer }) => officer === given.officer)) return refuse('same-officer', 'it takes a second, different officer: this one has decided already');
  const agreeing = round.find(({ decision }) => decision === given.decision);
  const word: ScreeningSubjectEvent = { type: 'intake.screening-decision-given', data: given };
  if (agreeing === undefined) return accept(word);
  const { subjectId, decision, basis } = given;
  const agreed: ScreeningSubjectEvent = { type: 'intake.screening-decided', data: { subjectId, decision, officers: [agreeing.officer, given.officer], basis } };
  return accept<ScreeningSubjectEvent>(word, agreed);
}

/**
 * The screening of one deposit or case: what is asked, what was found, what officers said. Decisions are bound to the
 * findings they were made on, so that a new hit is held again whatever was released before.
 */
export const screeningSubjectDecider: Decider<ScreeningSubjectState, ScreeningSubjectCommand, ScreeningSubjectEvent> = {
  initialState: () => ({ requested: false, addresses: [], unknownSources: 0, recorded: undefined, records: 0, round: [], decided: undefined }),
  decide(command, state) {
    switch (command.kind) {
      case 'request': {
        const known = new Set(state.addresses.map(({ chain, address }) => `${chain} ${address}`));
        const { request } = command;
        const addresses = request.addresses.filter(({ chain, address }) => !known.has(`${chain} ${address}`));
        if (state.requested && addresses.length === 0) return accept();
        return accept({ type: 'intake.screening-requested', data: { ...request, addresses } });
      }
      case 'record':
        if (!state.requested) return refuse('screening-not-found', `${command.record.subjectId} was never to be screened`);
        return state.recorded?.basis === command.record.basis ? accept() : accept({ type: 'intake.screening-recorded', data: command.record });
      case 'decide':
        return decideOn(command.given, state);
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'intake.screening-requested':
        return { ...state, requested: true, addresses: [...state.addresses, ...event.data.addresses], unknownSources: Math.max(state.unknownSources, event.data.unknownSources) };
      case 'intake.screening-recorded':
        return { ...state, recorded: event.data, records: state.records + 1, round: [], decided: undefined };
      case 'intake.screening-decision-given':
        return { ...state, round: [...state.round, event.data] };
      case 'intake.screening-decided':
        return { ...state, round: [], decided: event.data };
    }
  },
};

export type ScreeningStanding = 'waiting' | 'clear' | 'held' | 'released' | 'kept' | 'to-return';

const AFTER: Readonly<Record<ScreeningDecisionKind, ScreeningStanding>> = { release: 'released', keep: 'kept', return: 'to-return' };

/** Everything but `clear` and `released` is held. */
export function standingOf({ recorded, decided }: Pick<ScreeningSubjectState, 'recorded' | 'decided'>): ScreeningStanding {
  if (recorded === undefined) return 'waiting';
  if (recorded.verdict === 'clear') return 'clear';
  return decided === undefined ? 'held' : AFTER[decided.decision];
}
