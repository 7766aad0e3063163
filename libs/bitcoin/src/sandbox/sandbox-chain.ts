import { blockOf, parseBlock, transactionOf, verifyBlock } from '../blocks.js';
import { BlockInvalid, BlockUnknown, ChainSourceUnavailable, type Block, type BlockReference, type ChainSource, type Transaction } from '../chain-source.js';
import { fromHex } from '../hashing.js';
import { networkParameters } from '../networks.js';
import { parseTransaction, type RawTransaction } from '../transactions.js';
import { assembleBlock, BLOCK_WEIGHT_MAX, REGTEST_GENESIS } from './block-assembly.js';
import { BlockFile, SandboxFileUnusable } from './block-file.js';
import { coinChange, CoinSet, type CoinChange } from './coins.js';
import { MinerWallet } from './miner-wallet.js';
import { makePayment, type Payment, type PaymentOrder } from './payments.js';
import { requireCandidate, requireCount, requireDepth, type Reorganisation, type ReorganiseOptions, type SandboxChainOptions } from './commands.js';
import { TipWatchers } from './tip-watchers.js';

interface KnownBlock extends BlockReference {
  /** Seconds of the epoch. */
  readonly time: number;
  readonly changes: readonly CoinChange[];
}

const START = Date.UTC(2025, 0, 1) / 1000;
const SPACING = 600;
const PREMINE_DEFAULT = 110;
const MEDIAN_SPAN = 11;

/**
 * A Bitcoin chain in one process: real transactions in valid regtest blocks, mined and reorganised by command. The same
 * seed and the same commands give the same blocks, byte for byte. Each command is durable when its promise resolves.
 */
export class SandboxChain implements ChainSource {
  readonly network = 'regtest';
  private readonly chain: KnownBlock[] = [];
  /** The miner's coins over the best chain. */
  private confirmed = new CoinSet();
  /** The same, with the waiting transactions applied. */
  private pending = new CoinSet();
  private waiting: RawTransaction[] = [];
  private branch = 0;
  private closed = false;
  private readonly watchers = new TipWatchers();

  private constructor(
    private readonly file: BlockFile,
    private readonly wallet: MinerWallet,
    private readonly clock: { now(): Date } | undefined,
  ) {}

  /**
   * Opens the chain of the file, or starts one.
   * @throws {SandboxFileUnusable} damaged, not a sandbox chain, of another seed, or open in another process
   */
  static open(options: SandboxChainOptions): SandboxChain {
    const file = new BlockFile(options.file);
    try {
      const chain = new SandboxChain(file, new MinerWallet(options.seed), options.clock);
      const seed = file.fact('seed');
      if (seed === undefined) chain.start(options.seed, options.premine ?? PREMINE_DEFAULT);
      else if (seed !== options.seed) throw new SandboxFileUnusable(`${options.file} was made from another seed`);
      else chain.load();
      return chain;
    } catch (error) {
      file.close();
      throw error;
    }
  }

  tip(): Promise<BlockReference> {
    return this.answer(() => reference(this.top()));
  }

  blockHash(height: number): Promise<string | undefined> {
    return this.answer(() => this.chain[height]?.hash);
  }

  block(hash: string): Promise<Block> {
    return this.answer(() => {
      const stored = this.stored(hash);
      return blockOf(verifyBlock(stored.raw, stored, this.network), stored.height, this.network);
    });
  }

  /** The block as nodes exchange it, also of an abandoned branch. @throws {BlockUnknown} */
  rawBlock(hash: string): Promise<Uint8Array> {
    return this.answer(() => this.stored(hash).raw);
  }

  waitForChange(sinceHash: string, options: { readonly timeoutMs: number; readonly signal?: AbortSignal }): Promise<void> {
    if (this.closed || this.top().hash !== sinceHash) return Promise.resolve();
    return this.watchers.wait(options);
  }

  ping(): Promise<void> {
    return this.answer(() => undefined);
  }

  close(): Promise<void> {
    if (!this.closed) {
      this.closed = true;
      this.file.close();
      this.watchers.notify();
    }
    return Promise.resolve();
  }

  /** Mines blocks that take in the waiting transactions, oldest first. */
  mine(blocks: number): Promise<readonly BlockReference[]> {
    return this.command(() => {
      requireCount(blocks, 'blocks', 1);
      return this.mineBlocks(blocks);
    });
  }

  /**
   * Signs transactions that pay the orders from the miner's matured coins and puts them among the waiting ones.
   * @throws {AddressError}
   * @throws {SandboxRefused} `sandbox-funds`
   */
  pay(orders: readonly PaymentOrder[]): Promise<Payment> {
    return this.command(() => {
      const coins = new CoinSet(this.pending);
      const { payment, transactions } = makePayment(orders, coins, this.wallet, this.top().height + 1);
      this.setWaiting([...this.waiting, ...transactions], coins);
      return payment;
    });
  }

  /**
   * Abandons the newest `depth` blocks for a longer branch. Their transactions wait again, before those that waited
   * already, and are mined into the new branch unless dropped.
   */
  reorganise(depth: number, options: ReorganiseOptions = {}): Promise<Reorganisation> {
    return this.command(() => {
      const newBlocks = options.newBlocks ?? depth + 1;
      requireDepth(depth, newBlocks, this.top().height);
      const fork = this.top().height - depth;
      const removed = this.chain.splice(fork + 1);
      const returning = removed.flatMap(({ hash }) => parseBlock(this.stored(hash).raw).transactions.filter((each) => !each.coinbase));
      const candidates = [...returning, ...this.waiting];
      const unwanted = new Set(options.dropTransactions);
      for (const txid of unwanted) requireCandidate(txid, candidates);
      this.file.disconnectAbove(fork);
      this.branch += 1;
      this.file.setFact('branch', String(this.branch));
      this.recount();
      const kept = this.dropOrphans(candidates.filter((each) => !unwanted.has(each.txid)), fork + newBlocks);
      this.waiting = kept;
      const connected = this.mineBlocks(newBlocks);
      const dropped = candidates.filter((each) => !kept.includes(each)).map((each) => each.txid);
      return { disconnected: removed.map(reference), connected, dropped };
    });
  }

  /** Transactions that wait to be mined, in order. */
  mempool(): Promise<readonly Transaction[]> {
    return this.answer(() => this.waiting.map((each) => transactionOf(each, this.network)));
  }

  private start(seed: string, premine: number): void {
    requireCount(premine, 'premine', 0);
    this.file.transaction(() => {
      this.file.setFact('seed', seed);
      this.connect(networkParameters('regtest').genesisHash, fromHex(REGTEST_GENESIS), 0);
      for (let height = 1; height <= premine; height += 1) this.mineOne((premine - height) * SPACING);
      this.setWaiting([]);
    });
  }

  private load(): void {
    try {
      for (const { hash, height, raw } of this.file.bestChain()) {
        if (height !== this.chain.length) throw new SandboxFileUnusable(`${this.file.file} lacks the block at height ${this.chain.length}`);
        this.remember(hash, raw, height);
      }
      this.waiting = this.file.mempool().map(parseTransaction);
    } catch (error) {
      if (error instanceof BlockInvalid || error instanceof RangeError) throw new SandboxFileUnusable(`${this.file.file} is damaged: ${error.message}`);
      throw error;
    }
    if (this.chain.length === 0) throw new SandboxFileUnusable(`${this.file.file} has no blocks`);
    this.branch = Number(this.file.fact('branch') ?? '0');
    this.recount();
    this.pending = this.pendingOver(this.waiting);
  }

  private mineBlocks(blocks: number): BlockReference[] {
    const mined: BlockReference[] = [];
    for (let i = 0; i < blocks; i += 1) mined.push(this.mineOne(0));
    this.setWaiting(this.waiting);
    return mined;
  }

  private mineOne(secondsAgo: number): BlockReference {
    const height = this.top().height + 1;
    const { transactions, fees } = this.selectTransactions(height);
    const template = { height, previousHash: this.top().hash, time: this.nextTime(height, secondsAgo), transactions, fees, rewardScript: this.wallet.script, branch: this.branch };
    const { hash, bytes } = assembleBlock(template);
    this.connect(hash, bytes, height);
    return { hash, height };
  }

  /** Takes from the waiting transactions, in order, what fits into the block and may be mined at this height. */
  private selectTransactions(height: number): { transactions: RawTransaction[]; fees: bigint } {
    const coins = new CoinSet(this.confirmed);
    const transactions: RawTransaction[] = [];
    const later: RawTransaction[] = [];
    let fees = 0n;
    let weight = 0;
    for (const transaction of this.waiting) {
      const fee = weight + transaction.weight > BLOCK_WEIGHT_MAX ? undefined : coins.apply(coinChange(transaction, this.wallet.script), height, 'mined');
      if (fee === undefined) {
        later.push(transaction);
        continue;
      }
      transactions.push(transaction);
      fees += fee;
      weight += transaction.weight;
    }
    this.waiting = later;
    return { transactions, fees };
  }

  /** Above the median of the last eleven times (BIP-113), and never running far ahead. */
  private nextTime(height: number, secondsAgo: number): number {
    const times = this.chain.slice(-MEDIAN_SPAN).map((each) => each.time).sort((a, b) => a - b);
    const median = times[Math.floor(times.length / 2)] ?? 0;
    const wanted = this.clock === undefined ? START + height * SPACING : Math.floor(this.clock.now().getTime() / 1000) - secondsAgo;
    return Math.max(wanted, median + 1);
  }

  private connect(hash: string, raw: Uint8Array, height: number): void {
    this.file.connect({ hash, height, raw });
    const known = this.remember(hash, raw, height);
    for (const change of known.changes) this.confirmed.apply(change, height, 'mined');
  }

  private remember(hash: string, raw: Uint8Array, height: number): KnownBlock {
    const { header, transactions } = verifyBlock(raw, { hash, height }, this.network);
    if (height > 0 && header.previousHash !== this.top().hash) throw new BlockInvalid('header-hash', `block ${hash} does not follow on the one before`);
    // The reward of the first block can never be spent (it is not in any node's set of coins).
    const changes = height === 0 ? [] : transactions.map((each) => coinChange(each, this.wallet.script));
    const known = { hash, height, time: header.time, changes };
    this.chain.push(known);
    return known;
  }

  private recount(): void {
    this.confirmed = new CoinSet();
    for (const block of this.chain) {
      for (const change of block.changes) this.confirmed.apply(change, block.height, 'mined');
    }
  }

  /** Leaves out transactions whose coins are gone: those of a dropped parent, or of a reward that was abandoned. */
  private dropOrphans(transactions: readonly RawTransaction[], height: number): RawTransaction[] {
    const coins = new CoinSet(this.confirmed);
    return transactions.filter((each) => coins.apply(coinChange(each, this.wallet.script), height, 'waiting') !== undefined);
  }

  private pendingOver(waiting: readonly RawTransaction[]): CoinSet {
    const coins = new CoinSet(this.confirmed);
    for (const transaction of waiting) coins.apply(coinChange(transaction, this.wallet.script), this.top().height + 1, 'waiting');
    return coins;
  }

  private setWaiting(waiting: RawTransaction[], pending: CoinSet = this.pendingOver(waiting)): void {
    this.waiting = waiting;
    this.pending = pending;
    this.file.replaceMempool(waiting);
  }

  private stored(hash: string): { height: number; hash: string; raw: Uint8Array } {
    const stored = this.file.block(hash);
    if (stored === undefined) throw new BlockUnknown(`no block ${hash}`);
    return stored;
  }

  private top(): KnownBlock {
    const top = this.chain.at(-1);
    if (top === undefined) throw new Error('a chain has at least its first block');
    return top;
  }

  /** A command that fails midway leaves the file as it was, and memory is read back from it. */
  private command<T>(change: () => T): Promise<T> {
    return this.answer(() => {
      const before = this.top().hash;
      try {
        return this.file.transaction(change);
      } catch (error) {
        this.chain.length = 0;
        this.load();
        throw error;
      } finally {
        if (this.top().hash !== before) this.watchers.notify();
      }
    });
  }

  private answer<T>(read: () => T): Promise<T> {
    return new Promise((resolve) => {
      if (this.closed) throw new ChainSourceUnavailable('the sandbox chain is closed');
      resolve(read());
    });
  }
}

function reference({ height, hash }: BlockReference): BlockReference {
  return { height, hash };
}
