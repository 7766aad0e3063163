import { Block as SecondBlock, Transaction as SecondTransaction } from 'bitcoinjs-lib';
import { bip34Height, bip34Push, merkleRoot, parseBlock, parseHeader, serializeHeader, targetOfBits, verifyBlock } from './blocks.js';
import { compactSizeBytes } from './byte-reader.js';
import { BlockInvalid } from './chain-source.js';
import { concat, fromHex, toHex } from './hashing.js';
import { BITCOIN_NETWORKS, blockSubsidy, networkParameters } from './networks.js';
import { REGTEST_GENESIS } from './sandbox/block-assembly.js';
import { SandboxChain } from './sandbox/sandbox-chain.js';
import { makeTransaction, parseTransaction } from './transactions.js';

const MAINNET_GENESIS_HEADER = '0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c';

function fault(check: () => unknown): string {
  try {
    check();
  } catch (error) {
    if (error instanceof BlockInvalid) return error.fault;
    throw error;
  }
  return 'accepted';
}

/** A block with transactions of its own, mined again so that only the fault under test is wrong. */
function remine(header: ReturnType<typeof parseHeader>, transactions: readonly { bytes: Uint8Array; txid: string }[]): { bytes: Uint8Array; hash: string } {
  const root = merkleRoot(transactions.map((each) => each.txid)).root;
  for (let nonce = 0; ; nonce += 1) {
    const bytes = serializeHeader({ ...header, merkleRoot: root, nonce });
    const { hash } = parseHeader(bytes);
    if (BigInt(`0x${hash}`) <= networkParameters('regtest').powLimit) return { hash, bytes: concat(bytes, compactSizeBytes(transactions.length), ...transactions.map((each) => each.bytes)) };
  }
}

describe('blocks', () => {
  it('reads the first blocks', () => {
    expect(parseHeader(fromHex(MAINNET_GENESIS_HEADER)).hash).toBe(networkParameters('mainnet').genesisHash);
    const { hash } = parseHeader(fromHex(REGTEST_GENESIS));
    expect(hash).toBe(networkParameters('regtest').genesisHash);
    const block = verifyBlock(fromHex(REGTEST_GENESIS), { hash, height: 0 }, 'regtest');
    expect(block.transactions[0]?.txid).toBe('4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b');
  });

  it('computes targets and limits', () => {
    for (const network of BITCOIN_NETWORKS) expect(targetOfBits(networkParameters(network).powLimitBits)).toBeLessThanOrEqual(networkParameters(network).powLimit);
    expect(targetOfBits(0x1d00ffff)).toBe(0xffffn << 208n);
    expect(targetOfBits(0x1d80ffff)).toBe(0n);
    expect(targetOfBits(0xff123456)).toBe(0n);
  });

  it('halves the subsidy', () => {
    expect(blockSubsidy(149, 'regtest')).toBe(5_000_000_000n);
    expect(blockSubsidy(150, 'regtest')).toBe(2_500_000_000n);
    expect(blockSubsidy(840_000, 'mainnet')).toBe(312_500_000n);
    expect(blockSubsidy(210_000 * 64, 'mainnet')).toBe(0n);
  });

  it('writes and reads heights as BIP-34 says', () => {
    for (const height of [0, 1, 16, 17, 127, 128, 255, 256, 32_767, 32_768, 840_000]) {
      const coinbase = makeTransaction({ version: 1, lockTime: 0, outputs: [{ amount: 0n, script: new Uint8Array() }], inputs: [{ txid: '0'.repeat(64), vout: 0xffffffff, sequence: 0, scriptSig: bip34Push(height), witness: [] }] });
      expect(bip34Height(coinbase)).toBe(height);
    }
    expect(toHex(bip34Push(128))).toBe('028000');
  });

  it('agrees with a second implementation on a block with witnesses', async () => {
    const chain = SandboxChain.open({ file: ':memory:', seed: 'blocks' });
    await chain.pay([{ address: 'mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn', amount: 1n }]);
    const [mined] = await chain.mine(1);
    const raw = await chain.rawBlock(mined?.hash ?? '');
    const second = SecondBlock.fromBuffer(Buffer.from(raw));
    const first = parseBlock(raw);
    expect(second.getId()).toBe(first.header.hash);
    expect(second.checkTxRoots()).toBe(true);
    expect(first.transactions.map((each) => [each.txid, each.weight])).toEqual(second.transactions?.map((each) => [each.getId(), each.weight()]));
    const spend = first.transactions[1];
    expect(spend?.wtxid).toBe(Buffer.from(SecondTransaction.fromBuffer(Buffer.from(spend?.bytes ?? [])).getHash(true)).reverse().toString('hex'));
    expect(parseTransaction(spend?.bytes ?? new Uint8Array())).toEqual(spend);
    expect(() => parseTransaction(concat(spend?.bytes ?? new Uint8Array(), Uint8Array.of(0)))).toThrow(RangeError);
    await chain.close();
  });

  it('names what is wrong with a block', async () => {
    const chain = SandboxChain.open({ file: ':memory:', seed: 'faults' });
    await chain.pay([{ address: 'mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn', amount: 5_000n }]);
    const [mined] = await chain.mine(1);
    const good = parseBlock(await chain.rawBlock(mined?.hash ?? ''));
    await chain.close();
    const [coinbase, spend] = good.transactions;
    if (coinbase === undefined || spend === undefined) throw new Error('the block has two transactions');
    const height = 111;
    const judge = (transactions: readonly { bytes: Uint8Array; txid: string }[], at = height): string => {
      const { bytes, hash } = remine(good.header, transactions);
      return fault(() => verifyBlock(bytes, { hash, height: at }, 'regtest'));
    };
    const hash = good.header.hash;
    expect(fault(() => verifyBlock(good.bytes, { hash, height }, 'regtest'))).toBe('accepted');
    expect(fault(() => verifyBlock(good.bytes, { hash: 'a'.repeat(64), height }, 'regtest'))).toBe('header-hash');
    expect(fault(() => verifyBlock(good.bytes, { hash, height }, 'mainnet'))).toBe('proof-of-work');
    expect(fault(() => verifyBlock(good.bytes.slice(0, 79), { hash, height }, 'regtest'))).toBe('truncated');
    expect(judge([coinbase, spend], height + 1)).toBe('height');
    expect(judge([spend])).toBe('no-coinbase');
    expect(judge([coinbase, coinbase])).toBe('no-coinbase');
    expect(judge([coinbase, spend, spend, spend])).toBe('duplicate-transactions');
    const forged = makeTransaction({ ...spend, inputs: spend.inputs.map((input) => ({ ...input, witness: [Uint8Array.of(1)] })) });
    expect(judge([coinbase, forged])).toBe('witness-commitment');
    const bare = makeTransaction({ ...coinbase, outputs: coinbase.outputs.slice(0, 1) });
    expect(judge([bare, spend])).toBe('witness-commitment');
  });

  it('sees the list that has the same Merkle root (CVE-2012-2459)', () => {
    const [a, b, c] = ['aa', 'bb', 'cc'].map((byte) => byte.repeat(32)) as [string, string, string];
    expect(merkleRoot([a, b, c]).root).toBe(merkleRoot([a, b, c, c]).root);
    expect(merkleRoot([a, b, c]).mutated).toBe(false);
    expect(merkleRoot([a, b, c, c]).mutated).toBe(true);
  });
});
