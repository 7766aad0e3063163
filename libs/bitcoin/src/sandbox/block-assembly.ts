import { bip34Push, commitmentScript, hasProofOfWork, merkleRoot, parseHeader, serializeHeader, witnessCommitment } from '../blocks.js';
import { compactSizeBytes, uint32Bytes } from '../byte-reader.js';
import { concat } from '../hashing.js';
import { blockSubsidy, networkParameters } from '../networks.js';
import { makeTransaction, type RawTransaction } from '../transactions.js';

/** The version bits of BIP-9 with CSV, segwit and taproot signalled: nodes that still vote on regtest activate them. */
const BLOCK_VERSION = 0x20000007;
const WITNESS_RESERVED = new Uint8Array(32);
/** Consensus limits a block to 4,000,000; room is left for header and coinbase. */
export const BLOCK_WEIGHT_MAX = 3_990_000;

/** The first block of regtest, in full: the same on every node. Source: Bitcoin Core, chainparams.cpp. */
export const REGTEST_GENESIS =
  '0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4adae5494dffff7f2002000000' +
  '0101000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff001d0104455468652054696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420666f722062616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000';

export interface BlockTemplate {
  readonly height: number;
  readonly previousHash: string;
  /** Seconds of the epoch. */
  readonly time: number;
  /** Without the coinbase, parents before children. */
  readonly transactions: readonly RawTransaction[];
  /** Sum of their fees in satoshi. */
  readonly fees: bigint;
  /** The script that receives subsidy and fees. */
  readonly rewardScript: Uint8Array;
  /** Makes blocks of two branches at one height differ. */
  readonly branch: number;
}

/** A whole regtest block with its proof of work: about two hashes are tried. */
export function assembleBlock(template: BlockTemplate): { hash: string; bytes: Uint8Array } {
  const transactions = [coinbaseOf(template), ...template.transactions];
  const header = {
    version: BLOCK_VERSION,
    previousHash: template.previousHash,
    merkleRoot: merkleRoot(transactions.map((each) => each.txid)).root,
    time: template.time,
    bits: networkParameters('regtest').powLimitBits,
  };
  for (let nonce = 0; nonce <= 0xffffffff; nonce += 1) {
    const bytes = serializeHeader({ ...header, nonce });
    const mined = parseHeader(bytes);
    if (hasProofOfWork(mined, 'regtest')) {
      return { hash: mined.hash, bytes: concat(bytes, compactSizeBytes(transactions.length), ...transactions.map((each) => each.bytes)) };
    }
  }
  throw new Error('no nonce gives proof of work');
}

function coinbaseOf(template: BlockTemplate): RawTransaction {
  const scriptSig = concat(bip34Push(template.height), Uint8Array.of(4), uint32Bytes(template.branch));
  const input = { txid: '0'.repeat(64), vout: 0xffffffff, scriptSig, sequence: 0xffffffff, witness: [WITNESS_RESERVED] };
  const reward = { amount: blockSubsidy(template.height, 'regtest') + template.fees, script: template.rewardScript };
  const draft = makeTransaction({ version: 2, inputs: [input], outputs: [reward], lockTime: 0 });
  const commitment = commitmentScript(witnessCommitment([draft, ...template.transactions], WITNESS_RESERVED));
  return makeTransaction({ version: 2, inputs: [input], outputs: [reward, { amount: 0n, script: commitment }], lockTime: 0 });
}
