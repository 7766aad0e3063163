import { COINBASE_MATURITY_BLOCKS } from '../networks.js';
import type { RawTransaction } from '../transactions.js';
import type { Coin } from './miner-wallet.js';

/** What a transaction does to the miner's coins. */
export interface CoinChange {
  readonly txid: string;
  readonly coinbase: boolean;
  readonly spent: readonly { readonly txid: string; readonly vout: number }[];
  readonly received: readonly Coin[];
  /** Sum of all outputs in satoshi. */
  readonly paid: bigint;
}

export function coinChange(transaction: RawTransaction, minerScript: Uint8Array): CoinChange {
  const received = transaction.outputs.flatMap(({ amount, script }, vout) => (Buffer.compare(script, minerScript) === 0 ? [{ txid: transaction.txid, vout, amount }] : []));
  const spent = transaction.coinbase ? [] : transaction.inputs.map(({ txid, vout }) => ({ txid, vout }));
  return { txid: transaction.txid, coinbase: transaction.coinbase, spent, received, paid: transaction.outputs.reduce((sum, { amount }) => sum + amount, 0n) };
}

interface OwnedCoin extends Coin {
  /** Height of its block; infinite while its transaction waits. */
  readonly height: number;
  readonly coinbase: boolean;
}

/**
 * The miner's unspent coins over the best chain and the waiting transactions. Every transaction of the sandbox spends
 * only such coins, so this is all that is needed to know whether one may be mined.
 */
export class CoinSet {
  private readonly unspent: Map<string, OwnedCoin>;

  constructor(from?: CoinSet) {
    this.unspent = new Map(from?.unspent);
  }

  /**
   * Spends and adds coins as the transaction does in the block at `height`, or as it will do while it waits.
   * @returns the fee in satoshi, or undefined (and nothing is changed) when a coin it spends is missing or immature
   */
  apply(change: CoinChange, height: number, state: 'mined' | 'waiting'): bigint | undefined {
    let available = 0n;
    for (const { txid, vout } of change.spent) {
      const coin = this.unspent.get(key(txid, vout));
      if (coin === undefined || !mature(coin, height)) return undefined;
      available += coin.amount;
    }
    for (const { txid, vout } of change.spent) this.unspent.delete(key(txid, vout));
    for (const coin of change.received) {
      this.unspent.set(key(coin.txid, coin.vout), { ...coin, height: state === 'mined' ? height : Infinity, coinbase: change.coinbase });
    }
    return change.coinbase ? 0n : available - change.paid;
  }

  /**
   * Coins that a transaction in the block at `height` may spend: oldest first, change that still waits last. The order
   * depends on nothing but the chain and the order of the waiting transactions.
   */
  spendable(height: number): Coin[] {
    const coins = [...this.unspent.values()].filter((coin) => mature(coin, height));
    return coins.sort((a, b) => (a.height === b.height ? tieBreak(a, b) : a.height - b.height));
  }
}

function tieBreak(a: OwnedCoin, b: OwnedCoin): number {
  if (a.height === Infinity) return 0;
  return a.txid === b.txid ? a.vout - b.vout : a.txid < b.txid ? -1 : 1;
}

function mature(coin: OwnedCoin, height: number): boolean {
  return !coin.coinbase || height - coin.height >= COINBASE_MATURITY_BLOCKS;
}

function key(txid: string, vout: number): string {
  return `${txid}:${vout}`;
}
