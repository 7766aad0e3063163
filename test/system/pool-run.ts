import { call } from './caller.js';
import { ASSET, POOL } from './messages.js';
import { mine, pay, POOL_ACCOUNT, registerPool, type PoolAccount, type World } from './sandbox-world.js';

/** A pool that pays very many payouts on chain and claims them in bulks, as often as it must until each is acknowledged. */

const OUTPUTS_PER_TRANSACTION = 1_000;
const BULK = 500;
const AT_ONCE = 4;
const RETRY_MS = 200;

export interface Claimed {
  readonly paymentId: string;
  readonly amount: bigint;
  readonly txid: string;
  readonly outputIndex: number;
}

interface BulkAnswer {
  readonly results: readonly { readonly status: string; readonly payoutId: string }[];
}

export class PoolRun {
  readonly acknowledged = new Map<string, string>();
  /** Bulks that were sent more than once, because no answer came. */
  retries = 0;

  private constructor(
    private readonly world: World,
    private readonly account: string,
    private readonly address: string,
    readonly claims: readonly Claimed[],
  ) {}

  /** Registers the pool, and pays `count` outputs of different amounts in batch transactions that are mined into one block. */
  static async paid(world: World, count: number, pool: PoolAccount = POOL_ACCOUNT): Promise<PoolRun> {
    const address = await registerPool(world, pool);
    const claims: Claimed[] = [];
    for (let from = 0; from < count; from += OUTPUTS_PER_TRANSACTION) {
      const amounts = Array.from({ length: Math.min(OUTPUTS_PER_TRANSACTION, count - from) }, (_, index) => BigInt(10_000 + from + index));
      const { txid } = await pay(world, amounts.map((amount) => ({ address, amount: amount.toString() })));
      claims.push(...amounts.map((amount, outputIndex) => ({ paymentId: `run-${from + outputIndex}`, amount, txid, outputIndex })));
    }
    await mine(world, 1);
    return new PoolRun(world, pool.account, address, claims);
  }

  get total(): bigint {
    return this.claims.reduce((sum, { amount }) => sum + amount, 0n);
  }

  payoutIds(): string[] {
    return this.claims.map(({ paymentId }) => `${POOL}.${this.account}~${paymentId}`);
  }

  /** Claims all of them; resolves when every bulk is acknowledged. @throws {Error} a claim was neither taken nor known */
  async claimAll(deadlineMs: number): Promise<void> {
    const bulks: (readonly Claimed[])[] = [];
    for (let from = 0; from < this.claims.length; from += BULK) bulks.push(this.claims.slice(from, from + BULK));
    const deadline = Date.now() + deadlineMs;
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let bulk = bulks.shift(); bulk !== undefined; bulk = bulks.shift()) await this.claimBulk(bulk, deadline);
      }),
    );
  }

  private async claimBulk(bulk: readonly Claimed[], deadline: number): Promise<void> {
    const body = JSON.stringify(bulk.map((claim) => this.message(claim)));
    for (;;) {
      const answer = await call(this.world.mining, '/v1/payouts', { role: 'pool-operator', body }).catch(() => undefined);
      if (answer?.status === 200) {
        const { results } = JSON.parse(answer.text) as BulkAnswer;
        if (results.length !== bulk.length) throw new Error(`${results.length} results for ${bulk.length} claims`);
        for (const { status, payoutId } of results) {
          if (status !== 'accepted' && status !== 'duplicate') throw new Error(`${payoutId} is ${status}: ${answer.text.slice(0, 500)}`);
          this.acknowledged.set(payoutId, status);
        }
        return;
      }
      if (answer !== undefined && answer.status < 500) throw new Error(`the bulk was answered ${answer.status}: ${answer.text.slice(0, 500)}`);
      if (Date.now() > deadline) throw new Error(`a bulk was not acknowledged in time; last answer ${answer === undefined ? 'none' : answer.text}`);
      this.retries += 1;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  /** A claim as the canonical message. */
  message({ paymentId, amount, txid, outputIndex }: Claimed): object {
    return { pool: POOL, account: this.account, paymentId, asset: ASSET, amount: amount.toString(), address: this.address, txid, outputIndex, paidAt: '2026-03-01T00:00:00Z' };
  }
}
