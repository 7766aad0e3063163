import type { DepositConfirmed, DepositMatched, DepositSeen, DepositTakenBack, EventsOf, UnapprovedSpendDetected } from '@qazyna/contracts';
import { accept, refuse, type Decider, type Decision } from '@qazyna/event-store/decider';
import { confirmationsAt, confirmationsNeeded } from './confirmations.js';

export type DepositEvent = EventsOf<{
  'custody.deposit-seen': DepositSeen;
  'custody.deposit-confirmed': DepositConfirmed;
  'custody.deposit-taken-back': DepositTakenBack;
  'custody.deposit-matched': DepositMatched;
  'custody.unapproved-spend-detected': UnapprovedSpendDetected;
}>;

/** What a payout says of the output it claims. */
export interface ClaimedOutput {
  readonly payoutId: string;
  readonly poolAccountId: string;
  readonly licenceId: string;
  readonly asset: string;
  readonly amount: string;
  readonly address: string;
}

export type DepositCommand =
  /** A block of the best chain holds the output. */
  | { readonly kind: 'see'; readonly seen: DepositSeen }
  /** The tip of the best chain, with the block of the deposit below it. */
  | { readonly kind: 'confirm'; readonly blockHash: string; readonly tipHeight: number; readonly required: number }
  /** The block is in the best chain no more. */
  | { readonly kind: 'take-back'; readonly blockHash: string }
  | { readonly kind: 'match'; readonly claim: ClaimedOutput }
  | { readonly kind: 'spend'; readonly spentBy: string; readonly height: number };

export type DepositStatus = 'unknown' | 'seen' | 'confirmed' | 'taken-back';

export interface DepositState {
  readonly status: DepositStatus;
  /** Where it was seen last. */
  readonly seen: DepositSeen | undefined;
  readonly match: DepositMatched | undefined;
  /** Transactions that spent it without an approval. */
  readonly spentBy: readonly string[];
}

function takenBack({ depositId, height, blockHash }: DepositSeen): DepositEvent {
  return { type: 'custody.deposit-taken-back', data: { depositId, height, blockHash } };
}

function see(seen: DepositSeen, state: DepositState): Decision<DepositEvent> {
  const event: DepositEvent = { type: 'custody.deposit-seen', data: seen };
  if (state.seen === undefined || state.status === 'taken-back') return accept(event);
  if (state.seen.blockHash === seen.blockHash) return accept();
  // It stood in a block that never became part of the chain we followed, or left it while we were away.
  return accept(takenBack(state.seen), event);
}

function match({ payoutId, poolAccountId, licenceId, asset, amount, address }: ClaimedOutput, state: DepositState): Decision<DepositEvent> {
  const { seen } = state;
  if (seen === undefined) return refuse('deposit-not-found', 'no such output pays us');
  if (state.match) {
    if (state.match.payoutId === payoutId) return accept();
    return refuse('deposit-already-matched', `the output is the coins of payout ${state.match.payoutId}`);
  }
  if (seen.asset !== asset) return refuse('claim-asset-differs', `the output is in ${seen.asset}, the claim in ${asset}`);
  if (seen.purpose.kind !== 'pool-account' || seen.purpose.id !== poolAccountId) {
    return refuse('claim-account-differs', `the output pays an address of ${seen.purpose.kind} ${seen.purpose.id}, not of pool account ${poolAccountId}`);
  }
  if (seen.address !== address) return refuse('claim-address-differs', `the output pays ${seen.address}, the claim says ${address}`);
  if (seen.purpose.licenceId !== licenceId) {
    return refuse('claim-licence-differs', `the address credits licence ${seen.purpose.licenceId}, the claim licence ${licenceId}`);
  }
  if (seen.amount !== amount) return refuse('claim-amount-differs', `the output pays ${seen.amount} base units, the claim says ${amount}`);
  return accept({ type: 'custody.deposit-matched', data: { depositId: seen.depositId, payoutId, licenceId } });
}

/** One output that pays us, through confirmations, reorganisations, its match with a payout, and its spending. */
export const depositDecider: Decider<DepositState, DepositCommand, DepositEvent> = {
  initialState: () => ({ status: 'unknown', seen: undefined, match: undefined, spentBy: [] }),
  decide(command, state) {
    const { seen } = state;
    switch (command.kind) {
      case 'see':
        return see(command.seen, state);
      case 'confirm': {
        if (state.status !== 'seen' || seen === undefined || seen.blockHash !== command.blockHash) return accept();
        const confirmations = confirmationsAt(seen.height, command.tipHeight);
        if (confirmations < confirmationsNeeded(seen.coinbase, command.required)) return accept();
        const { depositId, height, blockHash } = seen;
        return accept({ type: 'custody.deposit-confirmed', data: { depositId, height, blockHash, confirmations } });
      }
      case 'take-back':
        if (seen === undefined || state.status === 'taken-back' || seen.blockHash !== command.blockHash) return accept();
        return accept(takenBack(seen));
      case 'match':
        return match(command.claim, state);
      case 'spend':
        if (seen === undefined) return refuse('deposit-not-found', 'no such output pays us');
        if (state.spentBy.includes(command.spentBy)) return accept();
        return accept({
          type: 'custody.unapproved-spend-detected',
          data: { depositId: seen.depositId, vaultId: seen.vaultId, spentBy: command.spentBy, height: command.height },
        });
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'custody.deposit-seen':
        return { ...state, status: 'seen', seen: event.data };
      case 'custody.deposit-confirmed':
        return { ...state, status: 'confirmed' };
      case 'custody.deposit-taken-back':
        return { ...state, status: 'taken-back' };
      case 'custody.deposit-matched':
        return { ...state, match: event.data };
      case 'custody.unapproved-spend-detected':
        return { ...state, spentBy: [...state.spentBy, event.data.spentBy] };
    }
  },
};
