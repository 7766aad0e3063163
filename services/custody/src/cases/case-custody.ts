import type { CaseStatePropertyNoted, EventsOf } from '@qazyna/contracts';
import { accept, type Decider } from '@qazyna/event-store/decider';

export type CaseCustodyEvent = EventsOf<{ 'custody.case-state-property-noted': CaseStatePropertyNoted }>;
export type CaseCustodyState = CaseStatePropertyNoted | undefined;

/** Custody's note that the law made a case's coins state property: once, whatever comes again. */
export const caseCustodyDecider: Decider<CaseCustodyState, CaseStatePropertyNoted, CaseCustodyEvent> = {
  initialState: () => undefined,
  decide: (note, known) => (known === undefined ? accept({ type: 'custody.case-state-property-noted', data: note }) : accept()),
  evolve: (_state, event) => event.data,
};
