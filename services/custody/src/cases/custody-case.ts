import type { CaseStatePropertyNoted, EventsOf } from '@qazyna/contracts';
import { accept, type Decider } from '@qazyna/event-store/decider';

export type CustodyCaseEvent = EventsOf<{ 'custody.case-state-property-noted': CaseStatePropertyNoted }>;

/** What custody knows of a case's legal status: that it became state property, by which act, from when. */
export const custodyCaseDecider: Decider<CaseStatePropertyNoted | undefined, CaseStatePropertyNoted, CustodyCaseEvent> = {
  initialState: () => undefined,
  // Intake decides once; the first word stands.
  decide: (noted, state) => (state ? accept() : accept({ type: 'custody.case-state-property-noted', data: noted })),
  evolve: (_state, event) => event.data,
};
