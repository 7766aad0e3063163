import { addressOfScript } from './addresses.js';
import { ByteReader, uint32Bytes } from './byte-reader.js';
import { BlockInvalid, type Block, type BlockFault, type Transaction } from './chain-source.js';
import { concat, equalBytes, hashBytes, hashText, sha256d } from './hashing.js';
import { networkParameters, type BitcoinNetwork } from './networks.js';
import { readTransaction, type RawTransaction } from './transactions.js';

export interface BlockHeader {
  readonly version: number;
  readonly previousHash: string;
  readonly merkleRoot: string;
  /** Seconds of the epoch. */
  readonly time: number;
  /** The target in compact form. */
  readonly bits: number;
  readonly nonce: number;
  readonly hash: string;
}

export interface RawBlock {
  readonly header: BlockHeader;
  readonly transactions: readonly RawTransaction[];
  readonly bytes: Uint8Array;
}

export const HEADER_BYTES = 80;
/** Start of the coinbase output that commits to the witnesses (BIP-141). */
const COMMITMENT_PREFIX = Uint8Array.of(0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed);
const COMMITMENT_LENGTH_MIN = 38;

/** @throws {BlockInvalid} `truncated` */
export function parseHeader(bytes: Uint8Array): BlockHeader {
  if (bytes.length < HEADER_BYTES) throw new BlockInvalid('truncated', `a header has ${HEADER_BYTES} bytes, not ${bytes.length}`);
  const reader = new ByteReader(bytes.subarray(0, HEADER_BYTES));
  return {
    version: reader.int32(),
    previousHash: hashText(reader.take(32)),
    merkleRoot: hashText(reader.take(32)),
    time: reader.uint32(),
    bits: reader.uint32(),
    nonce: reader.uint32(),
    hash: hashText(sha256d(reader.bytes)),
  };
}

export function serializeHeader(header: Omit<BlockHeader, 'hash'>): Uint8Array {
  return concat(
    uint32Bytes(header.version >>> 0),
    hashBytes(header.previousHash),
    hashBytes(header.merkleRoot),
    uint32Bytes(header.time),
    uint32Bytes(header.bits),
    uint32Bytes(header.nonce),
  );
}

/** Reads a whole block without judging it. @throws {BlockInvalid} `truncated` */
export function parseBlock(bytes: Uint8Array): RawBlock {
  const header = parseHeader(bytes);
  try {
    const reader = new ByteReader(bytes.subarray(HEADER_BYTES));
    const transactions = reader.list(60, () => readTransaction(reader));
    if (reader.remaining > 0) throw new RangeError('bytes after the last transaction');
    return { header, transactions, bytes };
  } catch (error) {
    if (error instanceof RangeError) throw new BlockInvalid('truncated', `block ${header.hash} cannot be read: ${error.message}`);
    throw error;
  }
}

/**
 * The target that compact bits stand for; 0n for negative or overflowing ones, which no hash can meet.
 * Source: arith_uint256::SetCompact.
 */
export function targetOfBits(bits: number): bigint {
  const exponent = bits >>> 24;
  const mantissa = BigInt(bits & 0x7fffff);
  if ((bits & 0x800000) !== 0) return 0n;
  const target = exponent <= 3 ? mantissa >> BigInt(8 * (3 - exponent)) : mantissa << BigInt(8 * (exponent - 3));
  return target >= 1n << 256n ? 0n : target;
}

/** True when the header's hash meets its own target and that target is not easier than the network's limit. */
export function hasProofOfWork(header: BlockHeader, network: BitcoinNetwork): boolean {
  const target = targetOfBits(header.bits);
  return target > 0n && target <= networkParameters(network).powLimit && BigInt(`0x${header.hash}`) <= target;
}

/**
 * Root of the Merkle tree over hashes in reversed hexadecimal. `mutated` when two equal neighbours were hashed together
 * at some level: the same root then stands for another list as well (CVE-2012-2459).
 */
export function merkleRoot(hashes: readonly string[]): { root: string; mutated: boolean } {
  let level = hashes.map(hashBytes);
  let mutated = false;
  while (level.length > 1) {
    const next: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const left = level[i] ?? new Uint8Array();
      const right = level[i + 1];
      if (right !== undefined && equalBytes(left, right)) mutated = true;
      next.push(sha256d(concat(left, right ?? left)));
    }
    level = next;
  }
  return { root: hashText(level[0] ?? new Uint8Array(32)), mutated };
}

/** What a coinbase must commit to: the hash over the witness Merkle root and the reserved value (BIP-141). */
export function witnessCommitment(transactions: readonly RawTransaction[], reserved: Uint8Array): Uint8Array {
  const { root } = merkleRoot(transactions.map((each, i) => (i === 0 ? '0'.repeat(64) : each.wtxid)));
  return sha256d(concat(hashBytes(root), reserved));
}

/** The output script that carries a witness commitment. */
export function commitmentScript(commitment: Uint8Array): Uint8Array {
  return concat(COMMITMENT_PREFIX, commitment);
}

/** The height a coinbase names at the start of its script (BIP-34), or undefined where it names none. */
export function bip34Height(coinbase: RawTransaction): number | undefined {
  const script = coinbase.inputs[0]?.scriptSig ?? new Uint8Array();
  const opcode = script[0];
  if (opcode === undefined) return undefined;
  if (opcode === 0) return 0;
  if (opcode >= 0x51 && opcode <= 0x60) return opcode - 0x50;
  if (opcode > 4 || script.length < 1 + opcode) return undefined;
  const bytes = script.slice(1, 1 + opcode);
  if (((bytes.at(-1) ?? 0) & 0x80) !== 0) return undefined;
  return bytes.reduceRight((height, byte) => height * 256 + byte, 0);
}

/** The push of a height that BIP-34 asks for, as Bitcoin Core writes it: small heights are one opcode. */
export function bip34Push(height: number): Uint8Array {
  if (height === 0) return Uint8Array.of(0);
  if (height <= 16) return Uint8Array.of(0x50 + height);
  const bytes: number[] = [];
  for (let rest = height; rest > 0; rest = Math.floor(rest / 256)) bytes.push(rest % 256);
  if (((bytes.at(-1) ?? 0) & 0x80) !== 0) bytes.push(0);
  return Uint8Array.of(bytes.length, ...bytes);
}

/**
 * Checks a block by itself: its hash is the one asked for, the proof of work is there, the transactions are those of
 * the header, the witnesses those of the coinbase, and the height the one the coinbase names. Scripts and amounts
 * against their inputs are the node's part: that takes every earlier output.
 * @throws {BlockInvalid}
 */
export function verifyBlock(bytes: Uint8Array, expected: { readonly hash: string; readonly height: number }, network: BitcoinNetwork): RawBlock {
  const header = parseHeader(bytes);
  const refuse = (fault: BlockFault, why: string): never => {
    throw new BlockInvalid(fault, `block ${expected.hash} at height ${expected.height}: ${why}`);
  };
  if (header.hash !== expected.hash) refuse('header-hash', `the header's hash is ${header.hash}`);
  if (!hasProofOfWork(header, network)) refuse('proof-of-work', 'the hash does not meet the target');
  const block = parseBlock(bytes);
  const [coinbase, ...others] = block.transactions;
  if (coinbase?.coinbase !== true || others.some((each) => each.coinbase)) return refuse('no-coinbase', 'the first transaction, and only it, must be the coinbase');
  const { root, mutated } = merkleRoot(block.transactions.map((each) => each.txid));
  if (root !== header.merkleRoot) refuse('merkle-root', `the transactions have the Merkle root ${root}`);
  if (mutated) refuse('duplicate-transactions', 'transactions are repeated under the same Merkle root');
  checkWitnesses(block.transactions, coinbase, refuse);
  if (expected.height === 0 && header.hash !== networkParameters(network).genesisHash) refuse('height', `this is not the first block of ${network}`);
  if (expected.height > 0 && expected.height >= networkParameters(network).bip34Height && bip34Height(coinbase) !== expected.height) {
    refuse('height', `the coinbase names the height ${String(bip34Height(coinbase))}`);
  }
  return block;
}

function checkWitnesses(transactions: readonly RawTransaction[], coinbase: RawTransaction, refuse: (fault: BlockFault, why: string) => never): void {
  const commitment = coinbase.outputs
    .filter(({ script }) => script.length >= COMMITMENT_LENGTH_MIN && equalBytes(script.subarray(0, COMMITMENT_PREFIX.length), COMMITMENT_PREFIX))
    .at(-1)
    ?.script.subarray(COMMITMENT_PREFIX.length, COMMITMENT_LENGTH_MIN);
  const reserved = coinbase.inputs[0]?.witness[0];
  if (commitment === undefined) {
    if (transactions.some((each) => each.txid !== each.wtxid)) refuse('witness-commitment', 'there are witnesses and no commitment to them');
    return;
  }
  // Before segwit was active a block could carry a commitment without the reserved value; it then holds no witnesses.
  if (reserved === undefined && transactions.every((each) => each.txid === each.wtxid)) return;
  if (reserved?.length !== 32 || !equalBytes(witnessCommitment(transactions, reserved), commitment)) {
    refuse('witness-commitment', 'the witnesses are not those the coinbase commits to');
  }
}

/** The block as the port shows it. */
export function blockOf(raw: RawBlock, height: number, network: BitcoinNetwork): Block {
  return {
    height,
    hash: raw.header.hash,
    previousHash: raw.header.previousHash,
    time: new Date(raw.header.time * 1000),
    bits: raw.header.bits.toString(16).padStart(8, '0'),
    transactions: raw.transactions.map((each) => transactionOf(each, network)),
  };
}

/** The transaction as the port shows it. */
export function transactionOf(raw: RawTransaction, network: BitcoinNetwork): Transaction {
  return {
    txid: raw.txid,
    coinbase: raw.coinbase,
    inputs: raw.coinbase ? [] : raw.inputs.map(({ txid, vout, scriptSig, witness }) => ({ txid, vout, scriptSig, witness })),
    outputs: raw.outputs.map(({ amount, script }, vout) => {
      const address = addressOfScript(script, network);
      return address === undefined ? { vout, amount, script } : { vout, amount, script, address };
    }),
  };
}
