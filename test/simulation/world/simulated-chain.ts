import { createHash } from 'node:crypto';
import { BlockUnknown, ChainSourceUnavailable, type Block, type BlockReference, type ChainSource, type Transaction } from '@qazyna/bitcoin';
import type { Faults, Outcome } from '../engine/faults.js';

const OUTCOME: Outcome = {
  refused: () => new ChainSourceUnavailable('simulated: the node is away'),
  lost: () => new ChainSourceUnavailable('simulated: no answer from the node'),
  mayRefuseAfter: true,
};

/** Blocks and transactions outside of every service. Which are mined when is the workload's doing. */
export class Blockchain {
  readonly best: Block[] = [];
  private readonly known = new Map<string, Block>();
  /** Transactions of strangers that ours spend from, mined long ago. */
  readonly earlier = new Map<string, Transaction>();
  private branch = 0;
  private readonly watchers = new Set<() => void>();

  /** @param nowMs true time, milliseconds of the epoch */
  constructor(private readonly nowMs: () => number) {
    this.mine([]);
  }

  get height(): number {
    return this.best.length - 1;
  }

  mine(transactions: readonly Transaction[]): Block {
    const height = this.best.length;
    const previousHash = this.best.at(-1)?.hash ?? '00'.repeat(32);
    const hash = sha256(`${previousHash} ${this.branch} ${transactions.map(({ txid }) => txid).join(' ')}`);
    const block: Block = { height, hash, previousHash, time: new Date(Math.floor(this.nowMs() / 1000) * 1000), transactions };
    this.best.push(block);
    this.known.set(hash, block);
    for (const wake of [...this.watchers]) wake();
    return block;
  }

  /** Abandons the newest blocks and mines others in their place, the last of them at least one higher. */
  reorganise(depth: number, blocks: readonly (readonly Transaction[])[]): readonly Block[] {
    if (blocks.length <= depth) throw new RangeError('the new branch must be longer');
    const gone = this.best.splice(this.best.length - depth);
    this.branch += 1;
    for (const transactions of blocks) this.mine(transactions);
    return gone;
  }

  block(hash: string): Block | undefined {
    return this.known.get(hash);
  }

  /** Every block that ever was, abandoned ones included. */
  get all(): readonly Block[] {
    return [...this.known.values()];
  }

  watch(wake: () => void): () => void {
    this.watchers.add(wake);
    return () => this.watchers.delete(wake);
  }
}


/** Custody's node: it answers late, not at all, or of a chain that has moved on since. */
export class SimulatedChain implements ChainSource {
  readonly network = 'regtest';

  constructor(
    private readonly chain: Blockchain,
    private readonly faults: Faults,
  ) {}

  tip(): Promise<BlockReference> {
    return this.faults.call('chain-tip', () => reference(this.chain.best.at(-1) as Block), OUTCOME);
  }

  blockHash(height: number): Promise<string | undefined> {
    return this.faults.call('chain-hash', () => this.chain.best[height]?.hash, OUTCOME);
  }

  block(hash: string): Promise<Block> {
    return this.faults.call(
      'chain-block',
      () => {
        const block = this.chain.block(hash);
        if (block === undefined) throw new BlockUnknown(`simulated: no block ${hash}`);
        return block;
      },
      OUTCOME,
    );
  }

  transaction(txid: string): Promise<Transaction | undefined> {
    return this.faults.call('chain-transaction', () => this.chain.earlier.get(txid), OUTCOME);
  }

  waitForChange(sinceHash: string, { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal?: AbortSignal }): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        timer.cancel();
        unwatch();
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = this.faults.time.plan(timeoutMs, done);
      const unwatch = this.chain.watch(() => this.faults.time.plan(this.faults.latencyMs(), done));
      signal?.addEventListener('abort', done, { once: true });
      if (signal?.aborted === true || this.chain.best.at(-1)?.hash !== sinceHash) done();
    });
  }

  ping(): Promise<void> {
    return this.faults.call('chain-ping', () => undefined, OUTCOME);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function reference({ height, hash }: Block): BlockReference {
  return { height, hash };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
