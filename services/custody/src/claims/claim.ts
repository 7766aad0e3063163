import type { ClaimDisputed, ClaimRegistered, EventsOf, PayoutAccepted } from '@qazyna/contracts';
import { accept, refuse, type Decider } from '@qazyna/event-store/decider';

export type ClaimEvent = EventsOf<{ 'custody.claim-registered': ClaimRegistered; 'custody.claim-disputed': ClaimDisputed }>;

export type ClaimCommand =
  | { readonly kind: 'register'; readonly claim: PayoutAccepted }
  | { readonly kind: 'dispute'; readonly dispute: ClaimDisputed };

export interface ClaimState {
  readonly claim: ClaimRegistered | undefined;
  readonly dispute: ClaimDisputed | undefined;
}

/** An accepted payout, known to custody: it waits for its output or is disputed. Its match stands with the output. */
export const claimDecider: Decider<ClaimState, ClaimCommand, ClaimEvent> = {
  initialState: () => ({ claim: undefined, dispute: undefined }),
  decide(command, state) {
    if (command.kind === 'dispute') {
      if (state.claim === undefined) return refuse('claim-not-found', `payout ${command.dispute.payoutId} is not known`);
      return state.dispute ? accept() : accept({ type: 'custody.claim-disputed', data: command.dispute });
    }
    // Accepted once, upstream, for good: what comes again under the same id is the same event again.
    return state.claim ? accept() : accept({ type: 'custody.claim-registered', data: command.claim });
  },
  evolve: (state, event) => (event.type === 'custody.claim-registered' ? { ...state, claim: event.data } : { ...state, dispute: event.data }),
};
