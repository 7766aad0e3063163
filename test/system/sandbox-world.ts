import { sandboxVaultDescriptor } from '@qazyna/bitcoin';
import { ask } from './caller.js';
import { ACCOUNT, LICENCE, POOL } from './messages.js';

/** The part of the world that the sandbox plays: its chain, and officers who register what the rest needs. */

export const RESERVE_VAULT = 'reserve-cold-1';
export const TRUST_VAULT = 'trust-cold-1';

export interface World {
  readonly custody: string;
  readonly mining: string;
}

/** In standalone all doors are one. */
export function worldAt(url: string): World {
  return { custody: url, mining: url };
}

export async function registerVault({ custody }: World, vaultId: string, accountClass: 'reserve' | 'held-in-trust'): Promise<void> {
  const body = { vaultId, class: accountClass, tier: 'cold', descriptor: sandboxVaultDescriptor(vaultId, 'regtest') };
  await ask(custody, '/v1/vaults', { role: 'custodian', body: JSON.stringify(body) });
}

/** The deposit address of a case or a pool account. */
export async function depositAddress({ custody }: World, vaultId: string, purpose: { readonly kind: 'case' | 'pool-account' | 'purchase' | 'donation'; readonly id: string; readonly licenceId?: string; readonly assetId?: string }): Promise<string> {
  const { address } = await ask<{ address: string }>(custody, '/v1/deposit-addresses', { role: 'custodian', body: JSON.stringify({ vaultId, purpose }) });
  return address;
}

export interface PoolAccount {
  readonly account: string;
  readonly licenceId: string;
}

export const POOL_ACCOUNT: PoolAccount = { account: ACCOUNT, licenceId: LICENCE };

/** Reserve vault, licence, and a pool account that pays to the vault. @returns its address */
export async function registerPool(world: World, { account, licenceId }: PoolAccount = POOL_ACCOUNT): Promise<string> {
  await registerVault(world, RESERVE_VAULT, 'reserve');
  await ask(world.mining, '/v1/licences', { role: 'regulator', body: JSON.stringify({ licenceId, kind: 'mining', holder: 'a-farm', validFrom: '2023-01-01T00:00:00Z' }) });
  const address = await depositAddress(world, RESERVE_VAULT, { kind: 'pool-account', id: `${POOL}.${account}`, licenceId });
  await ask(world.mining, '/v1/pool-accounts', { role: 'custodian', body: JSON.stringify({ pool: POOL, account, licenceId, network: 'regtest', payoutAddress: address }) });
  return address;
}

/** Broadcasts one transaction; `mine` puts it into a block. */
export async function pay({ custody }: World, outputs: readonly { readonly address: string; readonly amount: string }[]): Promise<{ readonly txid: string }> {
  return ask(custody, '/sandbox/chain/pay', { role: 'operator', body: JSON.stringify({ outputs }) });
}

export async function mine({ custody }: World, blocks: number): Promise<void> {
  await ask(custody, '/sandbox/chain/mine', { role: 'operator', body: JSON.stringify({ blocks }) });
}

export async function reorganise({ custody }: World, change: { readonly depth: number; readonly blocks: number; readonly dropTransactions?: readonly string[] }): Promise<void> {
  await ask(custody, '/sandbox/chain/reorganise', { role: 'operator', body: JSON.stringify(change) });
}

export function chainTip({ custody }: World): Promise<{ readonly height: number }> {
  return ask(custody, '/sandbox/chain', { role: 'operator' });
}
