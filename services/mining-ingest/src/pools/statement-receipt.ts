import type { EventsOf, StatementReceived } from '@qazyna/contracts';
import { accept, type Decider } from '@qazyna/event-store/decider';

export type StatementEvent = EventsOf<{ 'mining.statement-received': StatementReceived }>;

/** The same bytes for the same account are one statement. */
export const statementDecider: Decider<boolean, StatementReceived, StatementEvent> = {
  initialState: () => false,
  decide: (statement, received) => (received ? accept() : accept({ type: 'mining.statement-received', data: statement })),
  evolve: () => true,
};
