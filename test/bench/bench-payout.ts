import { createHash } from 'node:crypto';
import type { PayoutClaim } from '@qazyna/contracts';
import { bitcoinAsset } from '@qazyna/ledger';

export const BENCH_POOL = 'btcpool-kz';
export const BENCH_ADDRESS = 'bc1qllf33yhp7m80sfm35fce0tagcckey7dljauwd5';
const ASSET = bitcoinAsset('mainnet').id;

/** The accounts of a bench are `reserve-01` and on. */
export function benchAccount(n: number): string {
  return `reserve-${String(n + 1).padStart(2, '0')}`;
}

/** Payout `n` of a pool with so many accounts: the same number gives the same payout, by whichever way it goes. */
export function benchPayout(n: number, accounts: number): PayoutClaim {
  return {
    pool: BENCH_POOL,
    account: benchAccount(n % accounts),
    paymentId: String(n),
    asset: ASSET,
    amount: String(149_377 + (n % 9_973)),
    address: BENCH_ADDRESS,
    txid: createHash('sha256').update(String(n)).digest('hex'),
    paidAt: '2026-05-02T08:58:55.000Z',
  };
}
