import { addressOfScript, parseAddress } from '../addresses.js';
import type { RawOutput, RawTransaction } from '../transactions.js';
import { coinChange, type CoinSet } from './coins.js';
import type { Coin, MinerWallet } from './miner-wallet.js';

export interface PaymentOrder {
  /** A regtest address. */
  readonly address: string;
  /** Satoshi, above zero. */
  readonly amount: bigint;
}

export interface PaidOutput extends PaymentOrder {
  readonly txid: string;
  readonly vout: number;
}

export interface Payment {
  /** The first transaction; the only one up to `OUTPUTS_PER_TRANSACTION` orders. */
  readonly txid: string;
  readonly txids: readonly string[];
  /** In the order asked for. */
  readonly outputs: readonly PaidOutput[];
}

export type SandboxRefusalCode = 'sandbox-funds' | 'sandbox-request';

/** The sandbox cannot do what was asked. */
export class SandboxRefused extends Error {
  override readonly name = 'SandboxRefused';

  constructor(
    readonly code: SandboxRefusalCode,
    message: string,
  ) {
    super(message);
  }
}

/** Keeps a transaction of P2WSH outputs, with its inputs, below the standard weight of 400,000. */
export const OUTPUTS_PER_TRANSACTION = 2_000;
const INPUTS_PER_TRANSACTION = 190;
/** Satoshi per virtual byte. */
const FEE_RATE = 2n;
/** A P2WPKH input with its witness, in weight units; the rest of a transaction besides its outputs. */
const INPUT_WEIGHT = 273;
const FRAME_WEIGHT = 50;
/** Below this much, change goes to the fee: spending it would cost more. */
const CHANGE_MIN = 546n;

/**
 * Signed transactions that pay the orders, oldest coins first; `coins` is changed as if they waited in the mempool.
 * @throws {AddressError}
 * @throws {SandboxRefused}
 */
export function makePayment(orders: readonly PaymentOrder[], coins: CoinSet, wallet: MinerWallet, height: number): { payment: Payment; transactions: RawTransaction[] } {
  if (orders.length === 0) throw new SandboxRefused('sandbox-request', 'nothing to pay');
  const outputs = orders.map(({ address, amount }): RawOutput => {
    if (amount <= 0n) throw new SandboxRefused('sandbox-request', `an amount must be above zero, not ${amount}`);
    return { amount, script: parseAddress(address, 'regtest').script };
  });
  const transactions: RawTransaction[] = [];
  const paid: PaidOutput[] = [];
  for (let from = 0; from < outputs.length; from += OUTPUTS_PER_TRANSACTION) {
    const chunk = outputs.slice(from, from + OUTPUTS_PER_TRANSACTION);
    const transaction = payChunk(chunk, coins, wallet, height);
    if (coins.apply(coinChange(transaction, wallet.script), height, 'waiting') === undefined) throw new Error('a payment spends coins that are there');
    transactions.push(transaction);
    chunk.forEach((output, vout) => {
      const address = addressOfScript(output.script, 'regtest');
      if (address !== undefined) paid.push({ address, amount: output.amount, txid: transaction.txid, vout });
    });
  }
  const txids = transactions.map((each) => each.txid);
  return { payment: { txid: txids[0] ?? '', txids, outputs: paid }, transactions };
}

function payChunk(outputs: readonly RawOutput[], coins: CoinSet, wallet: MinerWallet, height: number): RawTransaction {
  const total = outputs.reduce((sum, { amount }) => sum + amount, 0n);
  const changeWeight = 4 * (9 + wallet.script.length);
  const fixedWeight = outputs.reduce((sum, { script }) => sum + 4 * (9 + script.length), FRAME_WEIGHT + changeWeight);
  const chosen: Coin[] = [];
  let sum = 0n;
  for (const coin of coins.spendable(height)) {
    if (chosen.length === INPUTS_PER_TRANSACTION) break;
    chosen.push(coin);
    sum += coin.amount;
    const fee = FEE_RATE * BigInt(Math.ceil((fixedWeight + chosen.length * INPUT_WEIGHT) / 4));
    const change = sum - total - fee;
    if (change >= 0n) return wallet.sign(chosen, change >= CHANGE_MIN ? [...outputs, { amount: change, script: wallet.script }] : outputs);
  }
  throw new SandboxRefused('sandbox-funds', `${total} satoshi and the fee are needed, ${sum} are spendable: mine more blocks (a reward matures after 100)`);
}
