import { base58 } from '@scure/base';
import { HDKey } from '@scure/bip32';
import { concat, equalBytes, fromHex, sha256d, toHex } from './hashing.js';
import { BITCOIN_NETWORKS, networkParameters, type BitcoinNetwork } from './networks.js';

export type DescriptorErrorCode =
  | 'descriptor-checksum-missing'
  | 'descriptor-checksum'
  /** Not the grammar of BIP-380. */
  | 'descriptor-format'
  /** Correct, but no multisig of the kind a vault uses. */
  | 'descriptor-unsupported'
  /** No `*`: one address only. */
  | 'descriptor-not-ranged'
  /** The `<receive;change>` step is missing where a change address is asked for, or not a pair. */
  | 'descriptor-multipath'
  | 'descriptor-key-format'
  | 'descriptor-key-network'
  | 'descriptor-key-hardened'
  | 'descriptor-key-duplicate'
  | 'descriptor-threshold'
  | 'descriptor-keys-count'
  | 'private-key-refused';

/** Why a descriptor is refused. The message never repeats key material. */
export class DescriptorError extends Error {
  override readonly name = 'DescriptorError';

  constructor(
    readonly code: DescriptorErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** One key of a descriptor (BIP-380 key expression, BIP-389 multipath). */
export interface DescriptorKey {
  /** The expression as canonical text: hardened steps with `h`. */
  readonly text: string;
  /** Fingerprint of the master key in hexadecimal and the path from it, where the descriptor names them. */
  readonly origin: { readonly fingerprint: string; readonly path: string } | undefined;
  /** The whole key: public key and, for an extended key, its chain code, in hexadecimal. */
  readonly identity: string;
  /** The number of alternatives in its `<…>` step; 1 without one. */
  readonly branches: number;
  readonly ranged: boolean;
  /** Public key of 33 bytes. */
  publicKey(branch: number, index: number): Uint8Array;
}

const HARDENED_FROM = 0x80000000;
const KEY = /^(?:\[([^\]]*)\])?([^/]+)((?:\/.*)?)$/;
const ORIGIN = /^([0-9a-fA-F]{8})((?:\/\d{1,10}['hH]?)*)$/;

/** @throws {DescriptorError} */
export function parseDescriptorKey(text: string, network: BitcoinNetwork): DescriptorKey {
  const parts = KEY.exec(text);
  if (parts === null) throw new DescriptorError('descriptor-key-format', 'a key expression is [origin]key/path');
  const [, originText, keyText = '', pathText = ''] = parts;
  refusePrivateKey(keyText);
  const origin = originText === undefined ? undefined : parseOrigin(originText);
  const prefix = originText === undefined ? '' : `[${origin?.fingerprint ?? ''}${origin?.path ?? ''}]`;
  if (/^[0-9a-fA-F]+$/.test(keyText) && pathText === '') {
    const key = fixedKey(keyText);
    return { text: prefix + keyText.toLowerCase(), origin, identity: toHex(key), branches: 1, ranged: false, publicKey: () => key };
  }
  const extended = parseExtendedKey(keyText, network);
  const path = parsePath(pathText);
  const parents = path.branches.map((steps) => steps.reduce((key, step) => key.deriveChild(step), extended));
  const publicKey = (branch: number, index: number): Uint8Array => {
    const parent = parents[branch];
    if (parent === undefined) throw new DescriptorError('descriptor-multipath', `the descriptor has no branch ${branch}`);
    const key = (path.ranged ? parent.deriveChild(index) : parent).publicKey;
    if (key === null) throw new DescriptorError('descriptor-key-format', 'the extended key has no public key');
    return key;
  };
  const chainCode = extended.chainCode ?? new Uint8Array();
  const identity = `${toHex(extended.publicKey ?? new Uint8Array())}${toHex(chainCode)}`;
  return { text: `${prefix}${keyText}${pathText}`, origin, identity, branches: path.branches.length, ranged: path.ranged, publicKey };
}

/** Custody never holds a private key, so it must not even be able to read one. */
function refusePrivateKey(keyText: string): void {
  const bytes = decodeBase58Check(keyText);
  const extended = bytes?.length === 78 && BITCOIN_NETWORKS.some((each) => networkParameters(each).extendedPrivateVersion === versionOf(bytes));
  const wif = (bytes?.length === 33 || bytes?.length === 34) && BITCOIN_NETWORKS.some((each) => networkParameters(each).wifVersion === bytes[0]);
  if (extended || wif || /^[a-zA-Z]prv/.test(keyText)) {
    throw new DescriptorError('private-key-refused', 'the descriptor holds a private key; treat that key as disclosed and never use it');
  }
}

function parseOrigin(text: string): { fingerprint: string; path: string } {
  const match = ORIGIN.exec(text);
  if (match === null) throw new DescriptorError('descriptor-key-format', "an origin is [fingerprint/path], the fingerprint in 8 hexadecimal digits");
  const path = match[2] ?? '';
  for (const step of path.split('/').slice(1)) stepNumber(step.replace(/['hH]$/, ''));
  return { fingerprint: (match[1] ?? '').toLowerCase(), path: path.replaceAll(/['H]/g, 'h') };
}

function fixedKey(text: string): Uint8Array {
  if (!/^0[23][0-9a-fA-F]{64}$/.test(text)) throw new DescriptorError('descriptor-key-format', 'a public key in a segwit script has 33 bytes');
  return fromHex(text);
}

function parseExtendedKey(text: string, network: BitcoinNetwork): HDKey {
  const bytes = decodeBase58Check(text);
  if (bytes?.length !== 78) throw new DescriptorError('descriptor-key-format', 'the extended public key is malformed or its checksum does not match');
  const version = versionOf(bytes);
  const expected = networkParameters(network);
  if (version !== expected.extendedPublicVersion) {
    const owners = BITCOIN_NETWORKS.filter((each) => networkParameters(each).extendedPublicVersion === version);
    if (owners.length === 0) throw new DescriptorError('descriptor-key-format', 'descriptors take extended keys with the versions of BIP-32 only (xpub, tpub)');
    throw new DescriptorError('descriptor-key-network', `the key is of ${owners.join(' or ')}; ${network} was expected`);
  }
  try {
    return HDKey.fromExtendedKey(text, { public: expected.extendedPublicVersion, private: expected.extendedPrivateVersion });
  } catch {
    throw new DescriptorError('descriptor-key-format', 'the extended public key is not a point of the curve');
  }
}

function parsePath(text: string): { branches: number[][]; ranged: boolean } {
  const steps = text.split('/').slice(1);
  const ranged = steps.at(-1) === '*';
  let branches: number[][] = [[]];
  let multipath = false;
  for (const step of ranged ? steps.slice(0, -1) : steps) {
    if (/['hH]/.test(step)) throw new DescriptorError('descriptor-key-hardened', 'a public key has no hardened children');
    const alternatives = /^<(.+)>$/.exec(step)?.[1];
    if (alternatives === undefined) {
      const child = stepNumber(step);
      branches = branches.map((branch) => [...branch, child]);
      continue;
    }
    if (multipath) throw new DescriptorError('descriptor-multipath', 'a key has at most one <…> step (BIP-389)');
    multipath = true;
    const children = alternatives.split(';').map(stepNumber);
    if (children.length !== 2 || new Set(children).size !== 2) throw new DescriptorError('descriptor-multipath', 'the <…> step is a pair: receive and change');
    const before = branches[0] ?? [];
    branches = children.map((child) => [...before, child]);
  }
  return { branches, ranged };
}

function stepNumber(text: string): number {
  const step = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (!(step < HARDENED_FROM)) throw new DescriptorError('descriptor-key-format', 'a step of a derivation path is a whole number below 2^31');
  return step;
}

function versionOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}

function decodeBase58Check(text: string): Uint8Array | undefined {
  if (!/^[1-9A-HJ-NP-Za-km-z]{5,120}$/.test(text)) return undefined;
  const bytes = base58.decode(text);
  if (bytes.length < 5) return undefined;
  const payload = concat(bytes.subarray(0, -4));
  return equalBytes(sha256d(payload).subarray(0, 4), bytes.subarray(-4)) ? payload : undefined;
}
