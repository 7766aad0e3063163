import type { DeadLetterDiscarded, DeadLetterNoted, DeadLetterRefusedAgain, DeadLetterReplayed, DeadLetterReplayRequested, EventsOf, OperationsEvents } from '@qazyna/contracts';
import { accept, refuse, type Decider, type Decision } from '@qazyna/event-store/decider';

export type DeadLetterEvent = EventsOf<OperationsEvents>;

/**
 * `open`: somebody must decide. `replaying`: on its way back to its group. `replayed`: its effect is durable.
 * `discarded`: it never takes effect.
 */
export const DEAD_LETTER_STATES = ['open', 'replaying', 'replayed', 'discarded'] as const;
export type DeadLetterStatus = (typeof DEAD_LETTER_STATES)[number];

export interface DeadLetterState {
  /** Undefined while nobody has noted the letter. */
  readonly status: DeadLetterStatus | undefined;
  /** Number of the latest replay; 0 before the first. */
  readonly replay: number;
}

export type DeadLetterCommand =
  | { readonly kind: 'note'; readonly letter: DeadLetterNoted }
  | { readonly kind: 'replay'; readonly letterId: string }
  | { readonly kind: 'confirm'; readonly replayed: DeadLetterReplayed }
  | { readonly kind: 'refuse-again'; readonly refused: DeadLetterRefusedAgain }
  | { readonly kind: 'discard'; readonly discarded: DeadLetterDiscarded };

/** One letter's life. What was asked for and what came of it are both events: the history shows every try. */
export const deadLetterDecider: Decider<DeadLetterState, DeadLetterCommand, DeadLetterEvent> = {
  initialState: () => ({ status: undefined, replay: 0 }),

  decide(command, state) {
    switch (command.kind) {
      case 'note':
        return state.status === undefined ? accept({ type: 'operations.dead-letter-noted', data: command.letter }) : accept();
      case 'replay':
        return whenOpen(state, command.letterId, {
          type: 'operations.dead-letter-replay-requested',
          data: { letterId: command.letterId, replay: state.replay + 1 } satisfies DeadLetterReplayRequested,
        });
      case 'confirm':
        return isUnderWay(state, command.replayed) ? accept({ type: 'operations.dead-letter-replayed', data: command.replayed }) : accept();
      case 'refuse-again':
        return isUnderWay(state, command.refused) ? accept({ type: 'operations.dead-letter-refused-again', data: command.refused }) : accept();
      case 'discard':
        return whenOpen(state, command.discarded.letterId, { type: 'operations.dead-letter-discarded', data: command.discarded });
    }
  },

  evolve(state, event) {
    switch (event.type) {
      case 'operations.dead-letter-noted':
        return { ...state, status: 'open' };
      case 'operations.dead-letter-replay-requested':
        return { status: 'replaying', replay: event.data.replay };
      case 'operations.dead-letter-replayed':
        return { ...state, status: 'replayed' };
      case 'operations.dead-letter-refused-again':
        return { ...state, status: 'open' };
      case 'operations.dead-letter-discarded':
        return { ...state, status: 'discarded' };
    }
  },
};

/** Whether this is the replay that is waited for. An answer to an earlier one, or to one already answered, is late. */
export function isUnderWay(state: DeadLetterState, { replay }: { readonly replay: number }): boolean {
  return state.status === 'replaying' && state.replay === replay;
}

function whenOpen(state: DeadLetterState, letterId: string, event: DeadLetterEvent): Decision<DeadLetterEvent> {
  switch (state.status) {
    case 'open':
      return accept(event);
    case undefined:
      return refuse('dead-letter-not-found', `dead letter ${letterId} does not exist`);
    case 'replaying':
      return refuse('already-replaying', `dead letter ${letterId} is on its way back to its group: wait for what comes of it`);
    case 'replayed':
      return refuse('already-replayed', `dead letter ${letterId} was replayed and took effect`);
    case 'discarded':
      return refuse('already-discarded', `dead letter ${letterId} was discarded`);
  }
}
