import type { EventsOf, StatementPartKept, StatementReceived, StatutoryEntryRecorded } from '@qazyna/contracts';
import { accept, refuse, type Decider } from '@qazyna/event-store/decider';

export type StatementEvent = EventsOf<{ 'mining.statement-received': StatementReceived; 'mining.statement-part-kept': StatementPartKept }>;

export type StatementCommand =
  | { readonly kind: 'keep-part'; readonly part: StatementPartKept }
  | { readonly kind: 'receive'; readonly statement: StatementReceived };

export interface StatementState {
  /** Parts kept before the statement's own event. */
  readonly parts: number;
  readonly received: boolean;
}

/** The same bytes for the same account are one statement. Of a long one every part is kept before it counts as received. */
export const statementDecider: Decider<StatementState, StatementCommand, StatementEvent> = {
  initialState: () => ({ parts: 0, received: false }),
  decide(command, { parts, received }) {
    if (command.kind === 'keep-part') {
      if (received || command.part.part < parts) return accept();
      if (command.part.part > parts) return refuse('statement-part-missing', `part ${parts} comes before part ${command.part.part}`, 'part');
      return accept({ type: 'mining.statement-part-kept', data: command.part });
    }
    if (received) return accept();
    const before = (command.statement.parts ?? 1) - 1;
    if (before !== parts) return refuse('statement-part-missing', `the statement has ${before} parts before its last; ${parts} are kept`, 'parts');
    return accept({ type: 'mining.statement-received', data: command.statement });
  },
  evolve: (state, event) => (event.type === 'mining.statement-part-kept' ? { ...state, parts: state.parts + 1 } : { ...state, received: true }),
};

export type StatutoryEvent = EventsOf<{ 'mining.statutory-entry-recorded': StatutoryEntryRecorded }>;

/** One sequence number is one entry: the same again changes nothing, other content under it is a conflict. */
export const statutoryDecider: Decider<StatutoryEntryRecorded | undefined, StatutoryEntryRecorded, StatutoryEvent> = {
  initialState: () => undefined,
  decide(offered, known) {
    if (known === undefined) return accept({ type: 'mining.statutory-entry-recorded', data: offered });
    const fields = ['taxpayer', 'miner', 'licenceNumber', 'licenceDate', 'wallet', 'distributedAt', 'amount'] as const;
    const differing = fields.filter((field) => known.entry[field] !== offered.entry[field]);
    if (differing.length === 0) return accept();
    return refuse('statutory-conflict', `entry ${offered.entryId} is known with other content: ${differing.join(', ')} differ`, differing[0]);
  },
  evolve: (_state, event) => event.data,
};
