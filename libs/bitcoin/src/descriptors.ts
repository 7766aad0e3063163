import { addressOfScript, witnessScriptOf } from './addresses.js';
import { descriptorChecksum } from './descriptor-checksum.js';
import { DescriptorError, parseDescriptorKey, type DescriptorKey } from './descriptor-keys.js';
import { concat, sha256 } from './hashing.js';
import type { BitcoinNetwork } from './networks.js';

/** A watch-only multisig wallet: who signs, how many must, and the addresses it has. Holds public keys only. */
export interface Descriptor {
  /** The descriptor with its checksum, as registered. */
  readonly text: string;
  readonly network: BitcoinNetwork;
  /** `sortedmulti` sorts the keys of each address (BIP-67); `multi` keeps the order written. */
  readonly kind: 'wsh-sortedmulti' | 'wsh-multi';
  /** Signatures needed. */
  readonly threshold: number;
  readonly keys: readonly DescriptorKey[];
  /** 2 with a `<receive;change>` step, else 1. */
  readonly branches: number;
}

export interface DerivationStep {
  /** 0: receiving, 1: change. */
  readonly change: 0 | 1;
  /** From 0 to 2^31 − 1. */
  readonly index: number;
}

export interface DerivedAddress {
  readonly address: string;
  /** The output script. */
  readonly script: Uint8Array;
  /** What the P2WSH output commits to; needed to spend it. */
  readonly witnessScript: Uint8Array;
}

export interface ParseDescriptorOptions {
  /** Accept keys without `*`, which give one address; a vault needs many. Default false. */
  readonly fixed?: boolean;
}

/** Checking keys against the curve is most of the work of a new address: what was read once is known. A bound keeps a flood of bad callers out of memory. */
const known = new Map<string, Descriptor>();
const KNOWN_MAX = 256;

/** Most keys of a multisig in P2WSH (BIP-383). */
const KEYS_MAX = 20;
const DESCRIPTOR_LENGTH_MAX = 10_000;

/**
 * Reads an output descriptor (BIP-380, 383, 389). The checksum is required: a descriptor is copied between
 * organisations, and a wrong character in it would send coins to nobody.
 * @throws {DescriptorError}
 */
export function parseDescriptor(text: string, network: BitcoinNetwork, options: ParseDescriptorOptions = {}): Descriptor {
  const trimmed = text.trim();
  const name = `${network} ${options.fixed === true ? 'fixed' : 'ranged'} ${trimmed}`;
  const read = known.get(name) ?? readDescriptor(trimmed, network, options);
  if (known.size >= KNOWN_MAX) known.clear();
  known.set(name, read);
  return read;
}

function readDescriptor(trimmed: string, network: BitcoinNetwork, options: ParseDescriptorOptions): Descriptor {
  if (trimmed.length > DESCRIPTOR_LENGTH_MAX) throw new DescriptorError('descriptor-format', `a descriptor has at most ${DESCRIPTOR_LENGTH_MAX} characters`);
  // Before anything else, so that a private key is named as such even where the rest is wrong too.
  if (/[a-zA-Z]prv[1-9A-HJ-NP-Za-km-z]{20,}/.test(trimmed)) {
    throw new DescriptorError('private-key-refused', 'the descriptor holds a private key; treat that key as disclosed and never use it');
  }
  const body = requireChecksum(trimmed);
  const match = /^wsh\((sortedmulti|multi)\((.*)\)\)$/.exec(body);
  if (match === null) {
    throw new DescriptorError(/^[a-z]+\(.*\)$/.test(body) ? 'descriptor-unsupported' : 'descriptor-format', 'a vault is described by wsh(sortedmulti(…)) or wsh(multi(…))');
  }
  const [thresholdText = '', ...keyTexts] = (match[2] ?? '').split(',');
  const keys = keyTexts.map((each) => parseDescriptorKey(each, network));
  const threshold = requireThreshold(thresholdText, keys.length);
  if (new Set(keys.map((key) => key.identity)).size !== keys.length) {
    throw new DescriptorError('descriptor-key-duplicate', 'the same key appears twice: one holder would count as two');
  }
  const branches = Math.max(...keys.map((key) => key.branches));
  if (keys.some((key) => key.branches !== branches)) throw new DescriptorError('descriptor-multipath', 'every key needs its <receive;change> step, or none (BIP-389)');
  if (keys.some((key) => !key.ranged) && options.fixed !== true) throw new DescriptorError('descriptor-not-ranged', 'every key of a vault ends with /*');
  return { text: trimmed, network, kind: match[1] === 'sortedmulti' ? 'wsh-sortedmulti' : 'wsh-multi', threshold, keys, branches };
}

/**
 * The address at a place of the descriptor.
 * @throws {RangeError} the index is no whole number below 2^31
 * @throws {DescriptorError} `descriptor-multipath`: change asked of a descriptor that has none
 */
export function deriveAddress(descriptor: Descriptor, at: DerivationStep): DerivedAddress {
  if (!Number.isInteger(at.index) || at.index < 0 || at.index >= 0x80000000) throw new RangeError(`not an address index: ${at.index}`);
  if (at.change >= descriptor.branches) throw new DescriptorError('descriptor-multipath', 'the descriptor has no change addresses');
  const publicKeys = descriptor.keys.map((key) => key.publicKey(at.change, at.index));
  if (descriptor.kind === 'wsh-sortedmulti') publicKeys.sort((a, b) => Buffer.compare(a, b));
  const witnessScript = multisigScript(descriptor.threshold, publicKeys);
  const script = witnessScriptOf(0, sha256(witnessScript));
  const address = addressOfScript(script, descriptor.network);
  if (address === undefined) throw new Error('a P2WSH output always has an address');
  return { address, script, witnessScript };
}

/** `k <keys> n OP_CHECKMULTISIG` with the keys in the order given; BIP-67 order is the caller's to make. */
export function multisigScript(threshold: number, publicKeys: readonly Uint8Array[]): Uint8Array {
  return concat(smallNumber(threshold), ...publicKeys.flatMap((key) => [Uint8Array.of(key.length), key]), smallNumber(publicKeys.length), Uint8Array.of(0xae));
}

function smallNumber(count: number): Uint8Array {
  return count <= 16 ? Uint8Array.of(0x50 + count) : Uint8Array.of(1, count);
}

function requireChecksum(text: string): string {
  const at = text.lastIndexOf('#');
  if (at < 0) throw new DescriptorError('descriptor-checksum-missing', 'the descriptor has no checksum: it ends with # and eight characters');
  const body = text.slice(0, at);
  let expected: string;
  try {
    expected = descriptorChecksum(body);
  } catch {
    throw new DescriptorError('descriptor-format', 'the descriptor has a character that descriptors cannot have');
  }
  if (text.slice(at + 1) !== expected) throw new DescriptorError('descriptor-checksum', 'the checksum of the descriptor does not match: a character was changed or lost');
  return body;
}

function requireThreshold(text: string, keys: number): number {
  if (keys < 1 || keys > KEYS_MAX) throw new DescriptorError('descriptor-keys-count', `a multisig has 1 to ${KEYS_MAX} keys`);
  if (!/^[1-9]\d?$/.test(text) || Number(text) > keys) throw new DescriptorError('descriptor-threshold', `the threshold is a whole number from 1 to the number of keys (${keys})`);
  return Number(text);
}
