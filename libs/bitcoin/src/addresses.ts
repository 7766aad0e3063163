import { base58, bech32, bech32m } from '@scure/base';
import { concat, equalBytes, sha256d } from './hashing.js';
import { BITCOIN_NETWORKS, networkParameters, type BitcoinNetwork } from './networks.js';

export type AddressKind = 'p2pkh' | 'p2sh' | 'p2wpkh' | 'p2wsh' | 'p2tr' | 'witness-unknown';

export interface BitcoinAddress {
  readonly kind: AddressKind;
  /** The output script that pays this address. */
  readonly script: Uint8Array;
  /** Canonical text: segwit addresses in lower case. */
  readonly address: string;
}

export type AddressErrorCode =
  /** Not the shape of any Bitcoin address: length, alphabet, mixed case. */
  | 'address-format'
  /** The checksum does not match: a typing error, or bech32 where bech32m is due (BIP-350). */
  | 'address-checksum'
  /** A correct address of another network or currency. */
  | 'address-network'
  /** A witness program of a version or length that cannot be paid (BIP-141, BIP-173). */
  | 'address-program';

/** Why a text is no address of the network asked for. `code` is stable. */
export class AddressError extends Error {
  override readonly name = 'AddressError';

  constructor(
    readonly code: AddressErrorCode,
    message: string,
    /** With `address-network`: the Bitcoin networks the address does belong to; empty for another currency. */
    readonly networks: readonly BitcoinNetwork[] = [],
  ) {
    super(message);
  }
}

const BECH32_TEXT = /^([a-z]{1,83})1([02-9ac-hj-np-z]{6,})$/;
const BASE58_TEXT = /^[1-9A-HJ-NP-Za-km-z]+$/;
/** Longest text of BIP-173. */
const ADDRESS_LENGTH_MAX = 90;

/**
 * Reads an address by its checksum, never by its look alone (base58check, BIP-173, BIP-350).
 * @throws {AddressError}
 */
export function parseAddress(text: string, network: BitcoinNetwork): BitcoinAddress {
  if (text.length === 0) throw new AddressError('address-format', 'the address is empty');
  if (text.length > ADDRESS_LENGTH_MAX) throw new AddressError('address-format', `an address has at most ${ADDRESS_LENGTH_MAX} characters`);
  const lower = text.toLowerCase();
  const segwit = BECH32_TEXT.exec(lower);
  const hrp = segwit?.[1];
  const known = hrp !== undefined && BITCOIN_NETWORKS.some((each) => networkParameters(each).bech32Hrp === hrp);
  if (hrp !== undefined && (known || !BASE58_TEXT.test(text))) {
    if (text !== lower && text !== text.toUpperCase()) throw new AddressError('address-format', 'a segwit address mixes upper and lower case');
    return parseSegwit(lower, hrp, network);
  }
  if (BITCOIN_NETWORKS.some((each) => lower.startsWith(`${networkParameters(each).bech32Hrp}1`)) && !BASE58_TEXT.test(text)) {
    throw new AddressError('address-format', 'a segwit address has a character outside its alphabet, or is too short');
  }
  return parseBase58(text, network);
}

/** True when `parseAddress` accepts the text. */
export function isAddress(text: string, network: BitcoinNetwork): boolean {
  try {
    parseAddress(text, network);
    return true;
  } catch (error) {
    if (error instanceof AddressError) return false;
    throw error;
  }
}

/** The address that an output script pays, or undefined where the script has none (bare keys, multisig, data). */
export function addressOfScript(script: Uint8Array, network: BitcoinNetwork): string | undefined {
  const parameters = networkParameters(network);
  const program = witnessProgram(script);
  if (program !== undefined) {
    const codec = program.version === 0 ? bech32 : bech32m;
    if (program.version === 0 && program.bytes.length !== 20 && program.bytes.length !== 32) return undefined;
    return codec.encode(parameters.bech32Hrp, [program.version, ...codec.toWords(program.bytes)]);
  }
  if (script.length === 25 && script[0] === 0x76 && script[1] === 0xa9 && script[2] === 0x14 && script[23] === 0x88 && script[24] === 0xac) {
    return base58check(parameters.pubKeyHashVersion, script.subarray(3, 23));
  }
  if (script.length === 23 && script[0] === 0xa9 && script[1] === 0x14 && script[22] === 0x87) {
    return base58check(parameters.scriptHashVersion, script.subarray(2, 22));
  }
  return undefined;
}

/** The version and program of a segwit output (BIP-141), or undefined. */
export function witnessProgram(script: Uint8Array): { version: number; bytes: Uint8Array } | undefined {
  const opcode = script[0];
  if (script.length < 4 || script.length > 42 || opcode === undefined || script[1] !== script.length - 2) return undefined;
  if (opcode === 0) return { version: 0, bytes: script.slice(2) };
  return opcode >= 0x51 && opcode <= 0x60 ? { version: opcode - 0x50, bytes: script.slice(2) } : undefined;
}

/** The script of a segwit output. */
export function witnessScriptOf(version: number, program: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(version === 0 ? 0 : 0x50 + version, program.length), program);
}

function parseSegwit(text: string, hrp: string, network: BitcoinNetwork): BitcoinAddress {
  const plain = bech32.decodeUnsafe(text, ADDRESS_LENGTH_MAX);
  const modified = bech32m.decodeUnsafe(text, ADDRESS_LENGTH_MAX);
  const decoded = plain ?? modified;
  if (decoded === undefined) throw new AddressError('address-checksum', 'the checksum of the segwit address does not match');
  requireNetwork(BITCOIN_NETWORKS.filter((each) => networkParameters(each).bech32Hrp === hrp), network, `the prefix ${hrp}`);
  const [version, ...words] = decoded.words;
  if (version === undefined || version > 16) throw new AddressError('address-program', 'the witness version is above 16 or missing');
  if ((version === 0) !== (plain !== undefined)) {
    throw new AddressError('address-checksum', `witness version ${version} needs ${version === 0 ? 'bech32' : 'bech32m'} (BIP-350)`);
  }
  const program = bech32.fromWordsUnsafe(words);
  if (!(program instanceof Uint8Array)) throw new AddressError('address-program', 'the witness program is badly padded');
  if (program.length < 2 || program.length > 40) throw new AddressError('address-program', 'a witness program has 2 to 40 bytes');
  if (version === 0 && program.length !== 20 && program.length !== 32) {
    throw new AddressError('address-program', 'a program of witness version 0 has 20 or 32 bytes');
  }
  return { kind: segwitKind(version, program.length), script: witnessScriptOf(version, program), address: text };
}

function segwitKind(version: number, programLength: number): AddressKind {
  if (version === 0) return programLength === 20 ? 'p2wpkh' : 'p2wsh';
  return version === 1 && programLength === 32 ? 'p2tr' : 'witness-unknown';
}

function parseBase58(text: string, network: BitcoinNetwork): BitcoinAddress {
  if (!BASE58_TEXT.test(text)) throw new AddressError('address-format', 'the text has characters that no Bitcoin address has');
  const bytes = base58.decode(text);
  if (bytes.length !== 25) throw new AddressError('address-format', 'the text has not the length of a Bitcoin address');
  if (!equalBytes(sha256d(bytes.subarray(0, 21)).subarray(0, 4), bytes.subarray(21))) {
    throw new AddressError('address-checksum', 'the checksum of the address does not match');
  }
  const version = bytes[0];
  const hash = bytes.slice(1, 21);
  const owners = BITCOIN_NETWORKS.filter((each) => {
    const { pubKeyHashVersion, scriptHashVersion } = networkParameters(each);
    return version === pubKeyHashVersion || version === scriptHashVersion;
  });
  requireNetwork(owners, network, `the version byte ${String(version)}`);
  return version === networkParameters(network).pubKeyHashVersion
    ? { kind: 'p2pkh', script: concat(Uint8Array.of(0x76, 0xa9, 0x14), hash, Uint8Array.of(0x88, 0xac)), address: text }
    : { kind: 'p2sh', script: concat(Uint8Array.of(0xa9, 0x14), hash, Uint8Array.of(0x87)), address: text };
}

function requireNetwork(owners: readonly BitcoinNetwork[], network: BitcoinNetwork, what: string): void {
  if (owners.includes(network)) return;
  const message =
    owners.length === 0
      ? `${what} belongs to no Bitcoin network`
      : `the address is valid, but of ${owners.join(' or ')}; ${network} was expected`;
  throw new AddressError('address-network', message, owners);
}

function base58check(version: number, hash: Uint8Array): string {
  const payload = concat(Uint8Array.of(version), hash);
  return base58.encode(concat(payload, sha256d(payload).subarray(0, 4)));
}
