import { ByteReader, compactSizeBytes, uint32Bytes, uint64Bytes } from './byte-reader.js';
import { concat, hashBytes, hashText, sha256d } from './hashing.js';

export interface RawInput {
  readonly txid: string;
  readonly vout: number;
  readonly scriptSig: Uint8Array;
  readonly sequence: number;
  /** The witness stack; empty without one. */
  readonly witness: readonly Uint8Array[];
}

export interface RawOutput {
  /** Satoshi. */
  readonly amount: bigint;
  readonly script: Uint8Array;
}

/** What a transaction says, before it has identifiers. */
export interface TransactionBody {
  readonly version: number;
  readonly inputs: readonly RawInput[];
  readonly outputs: readonly RawOutput[];
  readonly lockTime: number;
}

/** A transaction as the network carries it (BIP-144). */
export interface RawTransaction extends TransactionBody {
  /** Hash without witnesses. */
  readonly txid: string;
  /** Hash with witnesses (BIP-141); a coinbase's counts as zero in the commitment. */
  readonly wtxid: string;
  readonly coinbase: boolean;
  /** With witnesses. */
  readonly bytes: Uint8Array;
  /** BIP-141: three times the size without witnesses, plus the whole size. */
  readonly weight: number;
}

const NO_TXID = '0'.repeat(64);
const NO_VOUT = 0xffffffff;
/** 21 million coins. */
const AMOUNT_MAX = 2_100_000_000_000_000n;

/**
 * Reads one transaction; trailing bytes are refused.
 * @throws {RangeError}
 */
export function parseTransaction(bytes: Uint8Array): RawTransaction {
  const reader = new ByteReader(bytes);
  const transaction = readTransaction(reader);
  if (reader.remaining > 0) throw new RangeError('bytes after the transaction');
  return transaction;
}

/** @throws {RangeError} */
export function readTransaction(reader: ByteReader): RawTransaction {
  const start = reader.position;
  const version = reader.int32();
  const segwit = reader.remaining >= 2 && reader.bytes[reader.position] === 0 && reader.bytes[reader.position + 1] === 1;
  if (segwit) reader.uint16();
  const inputsWithoutWitness = reader.list(41, () => ({
    txid: hashText(reader.take(32)),
    vout: reader.uint32(),
    scriptSig: reader.variableBytes(),
    sequence: reader.uint32(),
  }));
  const outputs = reader.list(9, () => ({ amount: requireAmount(reader.uint64()), script: reader.variableBytes() }));
  if (inputsWithoutWitness.length === 0 || outputs.length === 0) throw new RangeError('a transaction without inputs or outputs');
  const inputs = inputsWithoutWitness.map((input) => ({ ...input, witness: segwit ? reader.list(1, () => reader.variableBytes()) : [] }));
  if (segwit && inputs.every((input) => input.witness.length === 0)) throw new RangeError('a witness marker without a witness');
  const lockTime = reader.uint32();
  return identify({ version, inputs, outputs, lockTime }, reader.bytes.slice(start, reader.position));
}

/** Serialises with witnesses where there are any, and computes the identifiers. */
export function makeTransaction(body: TransactionBody): RawTransaction {
  return identify(body, serialize(body, hasWitness(body)));
}

function identify(body: TransactionBody, bytes: Uint8Array): RawTransaction {
  const stripped = hasWitness(body) ? serialize(body, false) : bytes;
  const txid = hashText(sha256d(stripped));
  const wtxid = stripped === bytes ? txid : hashText(sha256d(bytes));
  const first = body.inputs[0];
  const coinbase = body.inputs.length === 1 && first?.txid === NO_TXID && first.vout === NO_VOUT;
  return { ...body, txid, wtxid, coinbase, bytes, weight: stripped.length * 3 + bytes.length };
}

function hasWitness(body: TransactionBody): boolean {
  return body.inputs.some((input) => input.witness.length > 0);
}

function serialize(body: TransactionBody, withWitness: boolean): Uint8Array {
  const parts: Uint8Array[] = [uint32Bytes(body.version >>> 0)];
  if (withWitness) parts.push(Uint8Array.of(0, 1));
  parts.push(compactSizeBytes(body.inputs.length));
  for (const input of body.inputs) {
    parts.push(hashBytes(input.txid), uint32Bytes(input.vout), compactSizeBytes(input.scriptSig.length), input.scriptSig, uint32Bytes(input.sequence));
  }
  parts.push(compactSizeBytes(body.outputs.length));
  for (const output of body.outputs) parts.push(serializeOutput(output));
  if (withWitness) {
    for (const { witness } of body.inputs) {
      parts.push(compactSizeBytes(witness.length));
      for (const item of witness) parts.push(compactSizeBytes(item.length), item);
    }
  }
  parts.push(uint32Bytes(body.lockTime));
  return concat(...parts);
}

export function serializeOutput(output: RawOutput): Uint8Array {
  return concat(uint64Bytes(output.amount), compactSizeBytes(output.script.length), output.script);
}

function requireAmount(amount: bigint): bigint {
  if (amount > AMOUNT_MAX) throw new RangeError('an output above 21 million coins');
  return amount;
}
