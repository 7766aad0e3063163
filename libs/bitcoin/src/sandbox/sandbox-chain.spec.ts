import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { deriveAddress, parseDescriptor } from '../descriptors.js';
import { SandboxFileUnusable } from './block-file.js';
import { SandboxRefused } from './payments.js';
import { SandboxChain } from './sandbox-chain.js';
import { sandboxVaultDescriptor } from './vault-descriptor.js';

const VAULT = parseDescriptor(sandboxVaultDescriptor('sandbox spec', 'regtest'), 'regtest');
const ADDRESSES = Array.from({ length: 5 }, (_, index) => deriveAddress(VAULT, { change: 0, index }).address);
const order = (amount: bigint, i = 0): { address: string; amount: bigint } => ({ address: ADDRESSES[i % ADDRESSES.length] ?? '', amount });

describe('the sandbox chain', () => {
  let folder: string;
  let file: string;
  let chain: SandboxChain;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'qazyna-sandbox-'));
    file = join(folder, 'chain.sqlite');
    chain = SandboxChain.open({ file, seed: 'spec' });
  });
  afterEach(async () => {
    await chain.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('starts with matured rewards', async () => {
    expect((await chain.tip()).height).toBe(110);
    expect(await chain.mempool()).toEqual([]);
  });

  it('pays many outputs and names where each is', async () => {
    const orders = Array.from({ length: 2_500 }, (_, i) => order(BigInt(1_000 + i), i));
    const payment = await chain.pay(orders);
    expect(payment.txids).toHaveLength(2);
    expect(payment.outputs.map(({ address, amount }) => ({ address, amount }))).toEqual(orders);
    const [mined] = await chain.mine(1);
    const block = await chain.block(mined?.hash ?? '');
    for (const { txid, vout, address, amount } of payment.outputs) {
      expect(block.transactions.find((each) => each.txid === txid)?.outputs[vout]).toMatchObject({ address, amount });
    }
  });

  it('is the same byte for byte from the same seed and commands, also across a restart', async () => {
    const play = async (subject: SandboxChain, restart: (subject: SandboxChain) => Promise<SandboxChain>): Promise<string> => {
      await subject.pay([order(7_000n), order(8_000n, 1)]);
      await subject.mine(2);
      subject = await restart(subject);
      await subject.pay([order(9_000n)]);
      subject = await restart(subject);
      await subject.mine(1);
      await subject.reorganise(2);
      const { hash } = await subject.tip();
      await subject.close();
      return hash;
    };
    const memory = SandboxChain.open({ file: ':memory:', seed: 'spec' });
    const inMemory = await play(memory, (same) => Promise.resolve(same));
    const onFile = await play(chain, async (before) => {
      await before.close();
      return SandboxChain.open({ file, seed: 'spec' });
    });
    expect(onFile).toBe(inMemory);
    const other = SandboxChain.open({ file: ':memory:', seed: 'other' });
    expect((await other.tip()).hash).not.toBe((await SandboxChain.open({ file: ':memory:', seed: 'spec' }).tip()).hash);
  });

  it('mines what a reorganisation took back, or lets it vanish with all that spends it', async () => {
    const { txid: kept } = await chain.pay([order(1_000n)]);
    await chain.mine(1);
    const { txid: gone } = await chain.pay([order(200_000_000_000n / 10n)]);
    await chain.mine(1);
    const result = await chain.reorganise(2, { dropTransactions: [gone] });
    expect(result.dropped).toEqual([gone]);
    expect(result.disconnected.map(({ height }) => height)).toEqual([111, 112]);
    expect(result.connected.map(({ height }) => height)).toEqual([111, 112, 113]);
    const ids: string[] = [];
    for (const { hash } of result.connected) ids.push(...(await chain.block(hash)).transactions.map(({ txid }) => txid));
    expect(ids).toContain(kept);
    expect(ids).not.toContain(gone);
    expect(await chain.mempool()).toEqual([]);
    // A node that had the old branch still has it.
    expect((await chain.block(result.disconnected[0]?.hash ?? '')).height).toBe(111);
    // The coins of what vanished can be spent again.
    await chain.pay([order(200_000_000_000n / 10n)]);
  });

  it('keeps whole blocks only: what does not fit waits', async () => {
    await chain.mine(60);
    await chain.pay(Array.from({ length: 30_000 }, (_, i) => order(600n, i)));
    const waiting = (await chain.mempool()).length;
    await chain.mine(1);
    const left = (await chain.mempool()).length;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(waiting);
    await chain.mine(1);
    expect(await chain.mempool()).toEqual([]);
  });

  it('refuses what it cannot do and stays as it was', async () => {
    const before = await chain.tip();
    await expect(chain.pay([order(100_000_000_000n)])).rejects.toMatchObject({ code: 'sandbox-funds' });
    await expect(chain.pay([order(0n)])).rejects.toBeInstanceOf(SandboxRefused);
    await expect(chain.pay([])).rejects.toBeInstanceOf(SandboxRefused);
    await expect(chain.pay([{ address: '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', amount: 1n }])).rejects.toMatchObject({ code: 'address-network' });
    await expect(chain.mine(0)).rejects.toBeInstanceOf(SandboxRefused);
    await expect(chain.reorganise(2, { newBlocks: 2 })).rejects.toBeInstanceOf(SandboxRefused);
    await expect(chain.reorganise(111)).rejects.toBeInstanceOf(SandboxRefused);
    await expect(chain.reorganise(1, { dropTransactions: ['a'.repeat(64)] })).rejects.toBeInstanceOf(SandboxRefused);
    expect(await chain.tip()).toEqual(before);
    await chain.mine(1);
  });

  it('takes its times from a clock where there is one, always above the median', async () => {
    const now = new Date('2026-03-01T12:00:00Z');
    const clocked = SandboxChain.open({ file: ':memory:', seed: 'clock', clock: { now: () => now } });
    await clocked.mine(20);
    const times: number[] = [];
    for (let height = 100; height <= 130; height += 1) times.push((await clocked.block((await clocked.blockHash(height)) ?? '')).time.getTime());
    expect(times[10]).toBe(now.getTime());
    for (let i = 11; i < times.length; i += 1) {
      const median = times.slice(i - 11, i).sort((a, b) => a - b)[5] ?? 0;
      expect(times[i]).toBeGreaterThan(median);
    }
    await clocked.close();
  });

  it('refuses a file that is open, of another seed, not its own, or damaged', async () => {
    expect(() => SandboxChain.open({ file, seed: 'spec' })).toThrow(/open in another process/);
    await chain.close();
    expect(() => SandboxChain.open({ file, seed: 'other' })).toThrow(/another seed/);
    const db = new DatabaseSync(file);
    db.exec("UPDATE blocks SET raw = CAST(x'00' || substr(raw, 2) AS BLOB) WHERE height = 50");
    db.close();
    expect(() => SandboxChain.open({ file, seed: 'spec' })).toThrow(SandboxFileUnusable);
    const foreign = join(folder, 'foreign.sqlite');
    const other = new DatabaseSync(foreign);
    other.exec('CREATE TABLE t (a)');
    other.close();
    expect(() => SandboxChain.open({ file: foreign, seed: 'spec' })).toThrow(/not a sandbox chain/);
  });

  it('survives a kill with every command that was answered', () => {
    const killed = join(folder, 'killed.sqlite');
    const script = `
      import { SandboxChain } from '@qazyna/bitcoin';
      const chain = SandboxChain.open({ file: ${JSON.stringify(killed)}, seed: 'kill' });
      await chain.pay([{ address: ${JSON.stringify(ADDRESSES[0])}, amount: 5000n }]);
      await chain.mine(3);
      await chain.pay([{ address: ${JSON.stringify(ADDRESSES[0])}, amount: 6000n }]);
      process.kill(process.pid, 'SIGKILL');`;
    const run = spawnSync(process.execPath, ['--conditions=@qazyna/source', '--import', '@swc-node/register/esm-register', '--input-type=module', '-e', script], {
      env: { ...process.env, SWC_NODE_PROJECT: 'tsconfig.base.json', NODE_OPTIONS: '' },
    });
    expect(run.signal).toBe('SIGKILL');
    const again = SandboxChain.open({ file: killed, seed: 'kill' });
    return Promise.all([again.tip(), again.mempool()]).then(async ([tip, waiting]) => {
      expect(tip.height).toBe(113);
      expect(waiting).toHaveLength(1);
      await again.close();
    });
  });
});
