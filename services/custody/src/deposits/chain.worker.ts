import { blockSubsidy, follow, ReorganisationTooDeep, type BitcoinNetwork, type Block, type BlockReference, type ChainSource } from '@qazyna/bitcoin';
import { depositIdOf, streamOf, type DepositSeen, type DepositSources } from '@qazyna/contracts';
import { ConcurrencyConflict, eventId, type EventStore, type ExpectedRevision, type NewEvent } from '@qazyna/event-store';
import { bitcoinAsset } from '@qazyna/ledger';
import type { ReadModelHost, ServiceLogger } from '@qazyna/service-kit';
import type { VaultsService } from '../vaults/vaults.service.js';
import { originsOf } from './deposit-origins.source.js';
import { COINBASE_CONFIRMATIONS } from './confirmations.js';
import { TailOfChain, type ChainRecord } from './followed-chain.js';
import { inChunks, type DepositsService } from './deposits.service.js';

export interface ChainWorkerOptions {
  readonly store: EventStore;
  readonly source: ChainSource;
  readonly model: ReadModelHost;
  readonly vaults: VaultsService;
  readonly deposits: DepositsService;
  readonly logger: ServiceLogger;
  /** Confirmations that make an output count. */
  readonly confirmations: number;
  /** Whether deposits are held until their origin is screened. Default: no. */
  readonly screens?: boolean;
  /** Blocks that a reorganisation may take back. Default 1,000. */
  readonly depthMax?: number;
  readonly retryMs?: number;
}

const DEPTH_MAX = 1_000;
const RETRY_MS = 1_000;
const MODEL_PATIENCE_MS = 30_000;
const CUSTODY = { subject: 'custody', organisation: 'qazyna' };

/**
 * Follows the chain. For each block: first every output that pays us on its own stream, then the block on the chain's
 * stream, which says that all of it is recorded; then what has become deep enough. What a crash leaves undone is found
 * again from the streams.
 */
export class ChainWorker {
  private stopping = new AbortController();
  private running: Promise<void> | undefined;
  private failure: Error | undefined;
  private trouble: Error | undefined;
  private followed: BlockReference | undefined;

  constructor(private readonly options: ChainWorkerOptions) {}

  /** Also again, after it was stopped. */
  start(): void {
    if (this.running !== undefined) return;
    this.stopping = new AbortController();
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort(new Error('closing'));
    await this.running;
    this.running = undefined;
    this.failure = undefined;
    this.trouble = undefined;
    this.followed = undefined;
  }

  /** The newest block followed through; while another process follows the chain, the newest that the view shows. */
  get tip(): BlockReference | undefined {
    return this.running === undefined ? this.tipOfView() : this.followed;
  }

  async health(signal?: AbortSignal): Promise<{ readonly ok: boolean; readonly detail?: string }> {
    if (this.failure) return { ok: false, detail: 'code' in this.failure ? String(this.failure.code) : 'the follower failed' };
    const { height } = await this.options.source.tip(signal === undefined ? {} : { signal });
    if (this.followed === undefined) return { ok: false, detail: 'not started' };
    if (this.trouble) return { ok: false, detail: 'code' in this.trouble ? String(this.trouble.code) : 'the source is in trouble' };
    const lag = height - this.followed.height;
    return lag > this.options.confirmations ? { ok: false, detail: `${lag} blocks behind` } : { ok: true, detail: `height ${this.followed.height}, ${lag} blocks behind` };
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await this.followChain(signal);
      } catch (error) {
        if (signal.aborted) return;
        this.failure = error instanceof Error ? error : new Error(String(error));
        const text = error instanceof ConcurrencyConflict ? 'another process follows the same chain' : error instanceof ReorganisationTooDeep ? 'a reorganisation is deeper than what is remembered' : 'following the chain failed and begins again';
        this.options.logger.error({ err: error }, text);
        await pause(this.options.retryMs ?? RETRY_MS, signal);
      }
    }
  }

  private async followChain(signal: AbortSignal): Promise<void> {
    const { source } = this.options;
    const { blocks, expected } = await this.readTail();
    let at = expected;
    if (at !== 'no-stream') await this.modelShowsChain();
    const tip = blocks[0];
    if (tip !== undefined) await this.settleAt(tip, at);
    this.followed = tip;
    const startHeight = tip === undefined ? await this.startHeight() : 0;
    this.failure = undefined;
    const events = follow(source, {
      from: blocks,
      startHeight,
      signal,
      depthMax: this.options.depthMax ?? DEPTH_MAX,
      onTrouble: (trouble) => {
        this.trouble = trouble;
        this.options.logger.warn({ err: trouble }, 'the chain source is in trouble');
      },
    });
    for await (const event of events) {
      this.trouble = undefined;
      at = event.kind === 'connected' ? await this.connect(event.block, at) : await this.disconnect(event, at);
    }
  }

  /**
   * Sandbox chains are followed whole. Elsewhere no address of ours existed before custody first ran, so it begins a
   * little below the tip it finds then.
   */
  private async startHeight(): Promise<number> {
    const { source } = this.options;
    if (source.network === 'regtest') return 0;
    return Math.max(0, (await source.tip()).height - COINBASE_CONFIRMATIONS);
  }

  private async connect(block: Block, expected: ExpectedRevision): Promise<bigint> {
    const { deposits } = this.options;
    const seen = await this.withOrigins(block, this.outputsOfOurs(block));
    await deposits.see(seen, String(expected));
    await this.watchSpends(block, seen);
    const { height, hash, previousHash, time } = block;
    const revision = await this.append(
      { type: 'custody.block-connected', data: { network: this.options.source.network, height, hash, previousHash, time: time.toISOString(), deposits: seen.length, ...miningFactsOf(block, this.options.source.network) } },
      expected,
    );
    await this.modelShowsChain();
    await this.settleAt({ height, hash }, revision);
    this.followed = { height, hash };
    return revision;
  }

  private async disconnect({ height, hash }: BlockReference, expected: ExpectedRevision): Promise<bigint> {
    const { deposits, model, source, logger } = this.options;
    const revision = await this.append({ type: 'custody.block-disconnected', data: { network: source.network, height, hash } }, expected);
    await this.modelShowsChain();
    const gone = model.db.prepare(`SELECT deposit_id AS depositId, block_hash AS blockHash FROM deposits WHERE block_hash = ? AND state <> 'taken-back'`).all(hash);
    await deposits.takeBack(gone as unknown as Live[], String(revision));
    this.followed = this.tipOfView();
    logger.warn({ height, hash, deposits: gone.length }, 'a reorganisation took a block back');
    return revision;
  }

  /** What the tip makes due: deposits deep enough, and those left in a block that never became part of this chain. */
  private async settleAt(tip: BlockReference, place: ExpectedRevision): Promise<void> {
    const { model, deposits, confirmations } = this.options;
    const strays = model.db
      .prepare(
        `SELECT deposit_id AS depositId, block_hash AS blockHash FROM deposits WHERE state IN ('seen', 'confirmed') AND height BETWEEN ? AND ?
         AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocks.height = deposits.height AND blocks.hash = deposits.block_hash)`,
      )
      .all(tip.height - (this.options.depthMax ?? DEPTH_MAX), tip.height);
    await deposits.takeBack(strays as unknown as Live[], String(place));
    const due = model.db
      .prepare(
        `SELECT deposit_id AS depositId, block_hash AS blockHash FROM deposits WHERE state = 'seen' AND height <= ?
         AND EXISTS (SELECT 1 FROM blocks WHERE blocks.height = deposits.height AND blocks.hash = deposits.block_hash)
         AND (coinbase = 0 OR height <= ?)`,
      )
      .all(tip.height - confirmations + 1, tip.height - Math.max(confirmations, COINBASE_CONFIRMATIONS) + 1);
    await deposits.confirm(due as unknown as Live[], tip.height, confirmations, String(place));
  }

  private outputsOfOurs(block: Block): DepositSeen[] {
    const { vaults, source } = this.options;
    const asset = bitcoinAsset(source.network).id;
    return block.transactions.flatMap(({ txid, coinbase, outputs }) =>
      outputs.flatMap(({ vout, amount, address }) => {
        const assigned = address === undefined ? undefined : vaults.directory.assignment(address);
        if (assigned === undefined || amount === 0n) return [];
        const { vaultId, purpose } = assigned;
        return [{ depositId: depositIdOf(txid, vout), vaultId, address: assigned.address, asset, amount: amount.toString(), height: block.height, blockHash: block.hash, blockTime: block.time.toISOString(), coinbase, purpose }];
      }),
    );
  }

  /** The origin of each output that pays us, where it is to be screened. */
  private async withOrigins(block: Block, seen: DepositSeen[]): Promise<DepositSeen[]> {
    const { screens = false, source } = this.options;
    if (!screens || seen.length === 0) return seen;
    const origins = new Map<string, DepositSources>();
    const paying = new Set(seen.map(({ depositId }) => depositId.slice(0, depositId.indexOf('.'))));
    for (const transaction of block.transactions) {
      if (paying.has(transaction.txid)) origins.set(transaction.txid, await originsOf(transaction, source, this.stopping.signal));
    }
    return seen.map((each) => ({ ...each, sources: origins.get(each.depositId.slice(0, each.depositId.indexOf('.'))) ?? { addresses: [], unknown: 1 } }));
  }

  /** There are no approved transfers yet, so whatever spends an output of ours is an incident. */
  private async watchSpends(block: Block, seen: readonly DepositSeen[]): Promise<void> {
    const { model, deposits, vaults, logger } = this.options;
    const inBlock = new Map(seen.map(({ depositId, vaultId }) => [depositId, vaultId]));
    const known = model.db.prepare('SELECT vault_id AS vaultId FROM deposits WHERE deposit_id = ?');
    const spends = block.transactions.flatMap(({ txid, inputs }) =>
      inputs.flatMap(({ txid: spent, vout }) => {
        const depositId = depositIdOf(spent, vout);
        const vaultId = inBlock.get(depositId) ?? (known.get(depositId)?.['vaultId'] as string | undefined);
        return vaultId === undefined ? [] : [{ depositId, vaultId, spentBy: txid }];
      }),
    );
    await inChunks(spends, async ({ depositId, vaultId, spentBy }) => {
      logger.error({ depositId, vaultId, spentBy, height: block.height }, 'coins moved without an approved transfer: the vault is frozen');
      await vaults.freeze({ vaultId, depositId, spentBy }, { actor: CUSTODY, correlationId: depositId });
      await deposits.spend(depositId, spentBy, block.height);
    });
  }

  private async append(record: ChainRecord, expected: ExpectedRevision): Promise<bigint> {
    const stream = this.stream();
    const event: NewEvent = {
      id: eventId(stream, `${record.type} ${record.data.hash}@${expected}`, 0),
      type: record.type,
      data: { ...record.data },
      metadata: { schemaVersion: 1, actor: CUSTODY, correlationId: record.data.hash },
    };
    const { revision } = await this.options.store.append(stream, expected, [event]);
    return revision;
  }

  private async readTail(): Promise<{ readonly blocks: readonly BlockReference[]; readonly expected: ExpectedRevision }> {
    const tail = new TailOfChain(this.options.depthMax ?? DEPTH_MAX);
    let expected: ExpectedRevision = 'no-stream';
    for await (const page of this.options.store.readStream(this.stream(), { direction: 'backwards' })) {
      for (const event of page) {
        if (expected === 'no-stream') expected = event.revision;
        tail.take(event as unknown as ChainRecord);
      }
      if (tail.complete) break;
    }
    return { blocks: tail.blocks, expected };
  }

  /** Waits until the read model shows the newest event of the chain, and so everything recorded before it. */
  private async modelShowsChain(): Promise<void> {
    for await (const [newest] of this.options.store.readStream(this.stream(), { direction: 'backwards', limit: 1 })) {
      if (newest) await this.options.model.caughtUpTo(newest.position, MODEL_PATIENCE_MS);
    }
  }

  private tipOfView(): BlockReference | undefined {
    return this.options.model.db.prepare('SELECT height, hash FROM blocks ORDER BY height DESC LIMIT 1').get() as unknown as BlockReference | undefined;
  }

  private stream(): string {
    return streamOf.chain(this.options.source.network);
  }
}

interface Live {
  readonly depositId: string;
  readonly blockHash: string;
}

export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}

/** What expected earnings are reckoned from; nothing where the source does not show the header. */
function miningFactsOf({ height, bits, transactions }: Block, network: BitcoinNetwork): { readonly bits?: string; readonly subsidy?: string; readonly fees?: string } {
  const coinbase = transactions.find((each) => each.coinbase);
  if (bits === undefined || coinbase === undefined) return {};
  const subsidy = blockSubsidy(height, network);
  const taken = coinbase.outputs.reduce((sum, { amount }) => sum + amount, 0n);
  // A finder may leave coins uncollected; fees are never below nothing.
  return { bits, subsidy: String(subsidy), fees: String(taken > subsidy ? taken - subsidy : 0n) };
}
