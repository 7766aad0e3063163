import type { EventsOf, ScreeningNoted } from '@qazyna/contracts';
import { accept, type Decider } from '@qazyna/event-store/decider';

export type CustodyScreeningEvent = EventsOf<{ 'custody.screening-noted': ScreeningNoted }>;

/** What custody was told last of a deposit's screening. Messages that were overtaken on their way change nothing. */
export const custodyScreeningDecider: Decider<ScreeningNoted | undefined, ScreeningNoted, CustodyScreeningEvent> = {
  initialState: () => undefined,
  decide: (told, known) => (known !== undefined && told.number <= known.number ? accept() : accept({ type: 'custody.screening-noted', data: told })),
  evolve: (_known, event) => event.data,
};
