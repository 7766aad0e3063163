import type { EventsOf, ScreeningEntriesKept } from '@qazyna/contracts';
import { accept, refuse, type Decider } from '@qazyna/event-store/decider';

export type ScreeningContentEvent = EventsOf<{ 'intake.screening-entries-kept': ScreeningEntriesKept }>;

/** Parts of one version's entries, in order, each once. The stream is named by the hash of all of them. */
export const screeningContentDecider: Decider<number, ScreeningEntriesKept, ScreeningContentEvent> = {
  initialState: () => 0,
  decide(part, parts) {
    if (part.part < parts) return accept();
    if (part.part > parts) return refuse('list-part-missing', `part ${parts} comes before part ${part.part}`, 'part');
    return accept({ type: 'intake.screening-entries-kept', data: part });
  },
  evolve: (parts) => parts + 1,
};
