import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { sandboxVaultDescriptor, type Block, type BlockReference, type ChainSource, type Transaction } from '@qazyna/bitcoin';
import { SqliteEventStore, StoreUnavailable, systemClock, type EventStore, type RecordedEvent } from '@qazyna/event-store';
import { loadJurisdiction } from '@qazyna/jurisdiction';
import { createLogger, loadPlatformConfig, ReadModelHost } from '@qazyna/service-kit';
import { custodyReadModel } from '../custody.read-model.js';
import { VaultsService } from '../vaults/vaults.service.js';
import { ChainWorker } from './chain.worker.js';
import { DepositsService } from './deposits.service.js';

/** Every wait has a bound of its own; this one is for a busy machine. */
jest.setTimeout(30_000);

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const metadata = { actor: { subject: 'spec', organisation: 'spec' }, correlationId: 'spec' };

/** A chain whose blocks are written down by the spec, so that any output, spend and branch can be shown. */
class ScriptedChain implements ChainSource {
  readonly network = 'regtest';
  private blocks: Block[] = [];
  private names = 0;

  constructor() {
    this.mine();
  }

  mine(...transactions: readonly Partial<Transaction>[]): Block {
    const height = this.blocks.length;
    const hash = hashOf(`block ${this.names++}`);
    const full = transactions.map((each) => ({ txid: hashOf(`tx of ${hash}`), coinbase: false, inputs: [], outputs: [], ...each }));
    const block: Block = { height, hash, previousHash: this.blocks.at(-1)?.hash ?? '00'.repeat(32), time: new Date(Date.UTC(2026, 0, 1, 0, height)), transactions: full };
    this.blocks.push(block);
    return block;
  }

  /** Abandons the newest blocks. */
  drop(depth: number): void {
    this.blocks = this.blocks.slice(0, -depth);
  }

  /** Puts an abandoned block back. */
  restore(block: Block): void {
    this.blocks.push(block);
  }

  private known = new Map<string, Block>();
  tip = (): Promise<BlockReference> => Promise.resolve(this.blocks.at(-1) as Block);
  blockHash = (height: number): Promise<string | undefined> => Promise.resolve(this.blocks[height]?.hash);
  block(hash: string): Promise<Block> {
    for (const block of this.blocks) this.known.set(block.hash, block);
    return Promise.resolve(this.known.get(hash) as Block);
  }
  waitForChange = (): Promise<void> => wait(5);
  ping = (): Promise<void> => Promise.resolve();
  close = (): Promise<void> => Promise.resolve();
}

const paying = (address: string, amount: bigint, name: string, more: Partial<Transaction> = {}): Partial<Transaction> => ({ txid: hashOf(name), outputs: [{ vout: 0, amount, script: new Uint8Array(), address }], ...more });

describe('following the chain', () => {
  let folder: string;
  let store: SqliteEventStore;
  let chain: ScriptedChain;
  let model: ReadModelHost;
  let vaults: VaultsService;
  let worker: ChainWorker;
  let address: string;
  /** Appends of this type fail while it is set. */
  let failing: string | undefined;
  const logger = createLogger({ service: 'spec', level: 'silent', pretty: false });

  const guarded = (): EventStore =>
    new Proxy<EventStore>(store, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name);
        if (name !== 'append') return typeof member === 'function' ? (member as (...args: unknown[]) => unknown).bind(target) : member;
        return (...args: Parameters<EventStore['append']>) => (args[2].some(({ type }) => type === failing) ? Promise.reject(new StoreUnavailable('the process dies here')) : target.append(...args));
      },
    });

  async function start(): Promise<void> {
    const { config } = loadPlatformConfig({ QAZYNA_DATA_DIR: folder }, { standalone: true, usesChain: true });
    const parts = guarded();
    model = ReadModelHost.open(custodyReadModel, { dataDir: folder, store, logger, clock: systemClock });
    vaults = new VaultsService(parts, config, loadJurisdiction());
    await vaults.load();
    worker = new ChainWorker({ store: parts, source: chain, model, vaults, deposits: new DepositsService(parts), logger, confirmations: 3, retryMs: 5 });
    model.start();
    worker.start();
  }

  async function stop(): Promise<void> {
    await worker.stop();
    await model.close();
  }

  async function events(...prefixes: string[]): Promise<RecordedEvent[]> {
    const found: RecordedEvent[] = [];
    for await (const page of store.readAll({ filter: { streamPrefixes: prefixes } })) found.push(...page);
    return found;
  }
  const storyOf = async (name: string): Promise<string[]> => (await events(`deposit-${hashOf(name)}`)).map(({ type, data }) => `${type.replace('custody.deposit-', '')}@${data['height'] as number}`);

  async function until(wanted: () => Promise<boolean> | boolean): Promise<void> {
    const deadline = Date.now() + 5_000;
    while (!(await wanted())) {
      if (Date.now() > deadline) throw new Error(`not in time: ${JSON.stringify((await events('deposit-', 'chain-')).map(({ stream, type, data }) => [stream.slice(0, 16), type, data['height']]))}`);
      await wait(5);
    }
  }
  const followed = async (): Promise<void> => {
    const { hash } = await chain.tip();
    await until(() => worker.tip?.hash === hash);
  };

  beforeEach(async () => {
    failing = undefined;
    folder = mkdtempSync(join(tmpdir(), 'qazyna-follow-'));
    store = SqliteEventStore.open({ file: ':memory:' });
    chain = new ScriptedChain();
    await start();
    await vaults.register({ vaultId: 'trust-1', class: 'held-in-trust', tier: 'cold', descriptor: sandboxVaultDescriptor('trust-1', 'regtest') }, metadata);
    const assigned = await vaults.assign({ vaultId: 'trust-1', purpose: { kind: 'case', id: 'afm.1' } }, metadata);
    if ('refusal' in assigned) throw new Error(assigned.refusal.message);
    ({ address } = assigned);
  });
  afterEach(async () => {
    await stop();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('confirms an output by the block that makes it deep enough, and by none before', async () => {
    chain.mine(paying(address, 5n, 'a'));
    chain.mine();
    await followed();
    expect(await storyOf('a')).toEqual(['seen@1']);
    chain.mine();
    await followed();
    expect(await storyOf('a')).toEqual(['seen@1', 'confirmed@1']);
  });

  it('confirms a coinbase output at 100 confirmations, when the next block may spend it', async () => {
    chain.mine(paying(address, 5n, 'coinbase', { coinbase: true }));
    for (let n = 0; n < 98; n += 1) chain.mine();
    await followed();
    expect(await storyOf('coinbase')).toEqual(['seen@1']);
    chain.mine();
    await followed();
    const confirmation = (await events(`deposit-${hashOf('coinbase')}`)).at(-1);
    expect(confirmation).toMatchObject({ type: 'custody.deposit-confirmed', data: { confirmations: 100 } });
  });

  it('keeps every unit of an amount beyond 2^53', async () => {
    chain.mine(paying(address, 2n ** 53n + 1n, 'huge'));
    await followed();
    expect((await events(`deposit-${hashOf('huge')}`))[0]?.data['amount']).toBe('9007199254740993');
  });

  it('says a block is connected after everything in it is recorded', async () => {
    chain.mine(paying(address, 1n, 'x'), paying(address, 2n, 'y'));
    await followed();
    const log = (await events('chain-', 'deposit-')).slice(-3);
    expect(log.map(({ type }) => type)).toEqual(['custody.deposit-seen', 'custody.deposit-seen', 'custody.block-connected']);
    expect(log[2]?.data['deposits']).toBe(2);
  });

  it('takes back and returns through branches, the very same block included', async () => {
    const first = chain.mine(paying(address, 5n, 'a'));
    chain.mine();
    chain.mine();
    await followed();
    chain.drop(3);
    for (let n = 0; n < 4; n += 1) chain.mine();
    await followed();
    expect(await storyOf('a')).toEqual(['seen@1', 'confirmed@1', 'taken-back@1']);
    chain.drop(4);
    chain.restore(first);
    for (let n = 0; n < 4; n += 1) chain.mine();
    await followed();
    expect(await storyOf('a')).toEqual(['seen@1', 'confirmed@1', 'taken-back@1', 'seen@1', 'confirmed@1']);
  });

  it('freezes the vault whose coins move without an approval, also within one block', async () => {
    chain.mine(paying(address, 5n, 'a'));
    await followed();
    const within = { txid: hashOf('b'), vout: 0 };
    chain.mine({ txid: hashOf('thief'), inputs: [{ txid: hashOf('a'), vout: 0 }] }, paying(address, 6n, 'b'), { txid: hashOf('thief 2'), inputs: [within] });
    await followed();
    const spends = (await events('deposit-')).filter(({ type }) => type === 'custody.unapproved-spend-detected');
    expect(spends.map(({ data }) => data['spentBy']).sort()).toEqual([hashOf('thief'), hashOf('thief 2')].sort());
    expect((await events('vault-')).filter(({ type }) => type === 'custody.vault-frozen')).toHaveLength(2);
    expect(vaults.directory.isFrozen('trust-1')).toBe(true);
    expect(await vaults.assign({ vaultId: 'trust-1', purpose: { kind: 'case', id: 'afm.2' } }, metadata)).toMatchObject({ refusal: { code: 'vault-frozen' } });
  });

  describe('when the process dies', () => {
    /** Lets the worker fail at an append of this type, then stops it there. */
    async function dieAt(type: string, mine: () => void): Promise<void> {
      await followed();
      failing = type;
      mine();
      await until(async () => !(await worker.health()).ok && (await worker.health()).detail === 'store-unavailable');
      await stop();
      failing = undefined;
    }

    it('after the deposits and before their block: the same block is followed through once', async () => {
      await dieAt('custody.block-connected', () => chain.mine(paying(address, 5n, 'a')));
      expect(await storyOf('a')).toEqual(['seen@1']);
      await start();
      chain.mine();
      chain.mine();
      await followed();
      expect(await storyOf('a')).toEqual(['seen@1', 'confirmed@1']);
    });

    it('there, and the block never becomes part of the chain: the deposit is taken back', async () => {
      await dieAt('custody.block-connected', () => chain.mine(paying(address, 5n, 'a')));
      chain.drop(1);
      chain.mine();
      chain.mine();
      await start();
      await followed();
      expect(await storyOf('a')).toEqual(['seen@1', 'taken-back@1']);
    });

    it('there, and the transaction comes in another block: the deposit moves with it', async () => {
      await dieAt('custody.block-connected', () => chain.mine(paying(address, 5n, 'a')));
      chain.drop(1);
      chain.mine();
      chain.mine(paying(address, 5n, 'a'));
      chain.mine();
      chain.mine();
      await start();
      await followed();
      expect(await storyOf('a')).toEqual(['seen@1', 'taken-back@1', 'seen@2', 'confirmed@2']);
    });

    it('before a confirmation: it is made up for at the start', async () => {
      chain.mine(paying(address, 5n, 'a'));
      chain.mine();
      await dieAt('custody.deposit-confirmed', () => chain.mine());
      expect(await storyOf('a')).toEqual(['seen@1']);
      await start();
      await until(async () => (await storyOf('a')).length === 2);
      expect(await storyOf('a')).toEqual(['seen@1', 'confirmed@1']);
    });

    it('after a block left the chain and before its deposits did: they are taken back', async () => {
      chain.mine(paying(address, 5n, 'a'));
      await dieAt('custody.deposit-taken-back', () => {
        chain.drop(1);
        chain.mine();
        chain.mine();
      });
      await start();
      await followed();
      expect(await storyOf('a')).toEqual(['seen@1', 'taken-back@1']);
    });

    it('and the chain is reorganised while nobody looks: what changed is followed', async () => {
      chain.mine(paying(address, 5n, 'a'));
      chain.mine();
      chain.mine();
      await followed();
      await stop();
      chain.drop(3);
      for (let n = 0; n < 5; n += 1) chain.mine();
      await start();
      await followed();
      expect(await storyOf('a')).toEqual(['seen@1', 'confirmed@1', 'taken-back@1']);
    });
  });

  it('is fenced when another process follows the same chain', async () => {
    await followed();
    await store.append('chain-regtest', 0n, [{ id: crypto.randomUUID(), type: 'custody.block-connected', data: { network: 'regtest', height: 1, hash: 'ff'.repeat(32), previousHash: 'ee'.repeat(32), time: '2026-01-01T00:00:00.000Z', deposits: 0 }, metadata: { schemaVersion: 1, ...metadata } }]);
    let conflict = false;
    const watch = async (): Promise<boolean> => {
      conflict ||= (await worker.health()).detail === 'concurrency-conflict';
      return conflict;
    };
    chain.mine();
    await until(watch);
  });
});
