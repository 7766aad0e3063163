import type { Block, Transaction } from '@qazyna/bitcoin';
import type { Chance } from '../engine/chance.js';
import type { Faults } from '../engine/faults.js';
import { honest } from './strangers.js';
import type { Blockchain } from '../world/simulated-chain.js';

export interface Payment {
  readonly address: string;
  /** Satoshi. */
  readonly amount: bigint;
}

const SCRIPT = new Uint8Array();

/** Miners, payers and thieves: transactions wait, are mined, are thrown out by reorganisations, come back or do not. */
export class ChainLife {
  private waiting: Transaction[] = [];
  /** Transactions that vanished, and may come back. */
  private vanished: Transaction[] = [];
  private reward: Payment | undefined;
  private stolen = new Set<string>();

  constructor(
    readonly blockchain: Blockchain,
    private readonly chance: Chance,
    private readonly faults: Faults,
  ) {}

  /** A transaction that pays these, from coins of a stranger; it waits until it is mined. */
  pay(payments: readonly Payment[], from: string = honest()): Transaction {
    const funding = this.transaction([], [{ address: from, amount: payments.reduce((sum, { amount }) => sum + amount, 0n) }]);
    this.blockchain.earlier.set(funding.txid, funding);
    const transaction = this.transaction([{ txid: funding.txid, vout: 0 }], payments);
    this.waiting.push(transaction);
    return transaction;
  }

  /** The next block's reward goes there. */
  rewardNext(payment: Payment): void {
    this.reward = payment;
  }

  /** Somebody with the keys moves coins that were paid to an address of ours, with nobody's approval. */
  steal(addresses: ReadonlySet<string>): boolean {
    for (const block of this.blockchain.best.toReversed()) {
      for (const transaction of block.transactions) {
        const output = transaction.outputs.find(({ address, vout }) => address !== undefined && addresses.has(address) && !this.stolen.has(`${transaction.txid}.${vout}`));
        if (output === undefined || transaction.coinbase) continue;
        this.stolen.add(`${transaction.txid}.${output.vout}`);
        this.waiting.push(this.transaction([{ txid: transaction.txid, vout: output.vout }], [{ address: 'thief', amount: output.amount }]));
        this.faults.trace(() => `world: a custodian moves ${transaction.txid}.${output.vout} without approval`);
        return true;
      }
    }
    return false;
  }

  mine(): Block {
    const taken: Transaction[] = [];
    const later: Transaction[] = [];
    for (const transaction of this.waiting) {
      const parentWaits = transaction.inputs.some(({ txid }) => later.some((each) => each.txid === txid));
      if (parentWaits || this.faults.happens(0.15)) later.push(transaction);
      else taken.push(transaction);
    }
    this.waiting = later;
    const block = this.blockchain.mine([this.coinbase(), ...taken]);
    this.faults.trace(() => `chain mines ${block.height} ${block.hash.slice(0, 8)}: ${taken.map(({ txid }) => txid.slice(0, 8)).join(' ')}`);
    return block;
  }

  /** Abandons `depth` blocks; their transactions are mined again, later, or never. */
  reorganise(depth: number): void {
    const { best } = this.blockchain;
    if (best.length <= depth + 1) return;
    const returning: Transaction[] = [];
    const gone = new Set<string>();
    for (const block of best.slice(best.length - depth)) {
      for (const transaction of block.transactions) {
        if (transaction.coinbase || transaction.inputs.some(({ txid }) => gone.has(txid)) || this.chance.happens(0.2)) {
          gone.add(transaction.txid);
          if (!transaction.coinbase) this.vanish(transaction);
        } else returning.push(transaction);
      }
    }
    this.waiting = [...returning, ...this.waiting.filter(({ inputs }) => !inputs.some(({ txid }) => gone.has(txid)))];
    const blocks = Array.from({ length: depth + this.chance.between(1, 2) }, () => {
      const count = this.chance.between(0, this.waiting.length);
      return [this.coinbase(), ...this.waiting.splice(0, count)];
    });
    this.faults.trace(() => `chain reorganises ${depth} blocks, ${gone.size} transactions vanish`);
    this.faults.note(`chain: reorganisation of ${depth}`);
    this.blockchain.reorganise(depth, blocks);
  }

  /** A vanished transaction is seen again. */
  recover(): void {
    const back = this.vanished.shift();
    if (back === undefined) return;
    const known = new Set([...this.blockchain.best.flatMap(({ transactions }) => transactions.map(({ txid }) => txid)), ...this.waiting.map(({ txid }) => txid)]);
    if (!known.has(back.txid)) this.waiting.push(back);
  }

  /** What waits is mined, so that nothing is left to happen. */
  finish(): void {
    while (this.waiting.length > 0) this.mine();
  }

  private vanish(transaction: Transaction): void {
    this.faults.note('chain: transaction vanished');
    // Half of them are replaced: the same coins are paid to somebody else.
    if (this.chance.happens(0.5)) {
      this.faults.note('chain: double spend');
      this.waiting.push(this.transaction(transaction.inputs.slice(0, 1).filter(({ txid }) => !this.stolen.has(`${txid}.0`)), [{ address: 'somebody', amount: 1n }]));
    } else if (!transaction.inputs.some(({ txid, vout }) => this.stolen.has(`${txid}.${vout}`))) this.vanished.push(transaction);
  }

  private coinbase(): Transaction {
    const { reward } = this;
    this.reward = undefined;
    const payments = reward === undefined ? [{ address: 'miner', amount: 5_000_000_000n }] : [reward];
    return { ...this.transaction([], payments), coinbase: true };
  }

  private transaction(inputs: Transaction['inputs'], payments: readonly Payment[]): Transaction {
    return { txid: this.chance.hex(32), coinbase: false, inputs, outputs: payments.map(({ address, amount }, vout) => ({ vout, amount, script: SCRIPT, address })) };
  }
}
