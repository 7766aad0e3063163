import type { EventsOf, PoolAccountRegistered, PoolAccountRegistration } from '@qazyna/contracts';
import { poolAccountIdOf } from '@qazyna/contracts/names';
import { accept, refuse, type Decider, type Decision } from '@qazyna/event-store/decider';
import { bitcoinAsset } from '@qazyna/ledger';

export type PoolAccountEvent = EventsOf<{ 'mining.pool-account-registered': PoolAccountRegistered }>;
export type PoolAccountState = PoolAccountRegistered | undefined;

/** Registers the one wallet that payouts of a pool account may go to. A change of wallet is a command of its own, not a second registration. */
function decide(registration: PoolAccountRegistration, state: PoolAccountState): Decision<PoolAccountEvent> {
  const { pool, account, licenceId, network, payoutAddress } = registration;
  if (state === undefined) {
    const data = { poolAccountId: poolAccountIdOf(pool, account), pool, account, licenceId, network, asset: bitcoinAsset(network).id, payoutAddress };
    return accept({ type: 'mining.pool-account-registered', data });
  }
  const same = state.licenceId === licenceId && state.network === network && state.payoutAddress === payoutAddress;
  return same ? accept() : refuse('pool-account-conflict', `account ${account} at ${pool} is registered with other content`, 'account');
}

export const poolAccountDecider: Decider<PoolAccountState, PoolAccountRegistration, PoolAccountEvent> = {
  initialState: () => undefined,
  decide,
  evolve: (_state, event) => event.data,
};
