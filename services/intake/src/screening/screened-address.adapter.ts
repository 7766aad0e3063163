import { keccak_256 } from '@noble/hashes/sha3.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { createBase58check } from '@scure/base';
import { AddressError, parseAddress } from '@qazyna/bitcoin';
import type { ScreeningChain } from '@qazyna/contracts';

/** An address in the one form its chain gives it, so that two writings of it are one text. */
export interface AddressForm {
  readonly chain: ScreeningChain;
  readonly address: string;
  /** Whether a checksum spoke for it; a form without one, or of a chain not known here, is compared all the same. */
  readonly sound: boolean;
}

export const ADDRESS_LENGTH_MAX = 128;

const EVM = /^0x[0-9a-fA-F]{40}$/i;
const TRON = /^T[1-9A-HJ-NP-Za-km-z]{33}$/;
const TRON_VERSION = 0x41;
const base58check = createBase58check(sha256);

/**
 * Reads an address by itself. What a list calls it plays no part: "USDT" is on Ethereum, Bitcoin and Tron.
 * Idempotent: the form of a form is itself.
 */
export function addressForm(written: string): AddressForm {
  const text = written.trim();
  if (EVM.test(text)) return { chain: 'evm', address: text.toLowerCase(), sound: isEvmSound(text.slice(2)) };
  if (TRON.test(text) && isTron(text)) return { chain: 'tron', address: text, sound: true };
  const bitcoin = bitcoinForm(text);
  return bitcoin === undefined ? { chain: 'other', address: text, sound: false } : { chain: 'bitcoin', address: bitcoin, sound: true };
}

/** What is looked up: the chain family and the form. */
export function addressKey({ chain, address }: Pick<AddressForm, 'chain' | 'address'>): string {
  return `${chain} ${address}`;
}

/** EIP-55: the case of each letter is a bit of the hash of the lower-case text. One case throughout carries no checksum. */
function isEvmSound(digits: string): boolean {
  const lower = digits.toLowerCase();
  if (digits === lower || digits === digits.toUpperCase()) return true;
  const hash = keccak_256(new TextEncoder().encode(lower));
  return [...digits].every((digit, index) => {
    const nibble = ((hash[index >> 1] ?? 0) >> (index % 2 === 0 ? 4 : 0)) & 0xf;
    return /\d/.test(digit) || (digit === digit.toUpperCase()) === (nibble >= 8);
  });
}

function isTron(text: string): boolean {
  try {
    const bytes = base58check.decode(text);
    return bytes.length === 21 && bytes[0] === TRON_VERSION;
  } catch {
    return false;
  }
}

function bitcoinForm(text: string): string | undefined {
  try {
    return parseAddress(text, 'mainnet').address;
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    const [network] = error.networks;
    if (network === undefined) return undefined;
    try {
      return parseAddress(text, network).address;
    } catch (again) {
      if (again instanceof AddressError) return undefined;
      throw again;
    }
  }
}
