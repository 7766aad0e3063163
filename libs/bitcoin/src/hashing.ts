import { hash } from 'node:crypto';
import { ripemd160 } from '@noble/hashes/legacy.js';

export function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(hash('sha256', bytes, 'buffer'));
}

/** SHA-256 of SHA-256: Bitcoin's hash of transactions and blocks. */
export function sha256d(bytes: Uint8Array): Uint8Array {
  return sha256(sha256(bytes));
}

/** RIPEMD-160 of SHA-256: Bitcoin's hash of public keys and scripts. */
export function hash160(bytes: Uint8Array): Uint8Array {
  return ripemd160(sha256(bytes));
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/** @throws {RangeError} the text is not an even number of hexadecimal digits */
export function fromHex(text: string): Uint8Array {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) throw new RangeError('not hexadecimal');
  return new Uint8Array(Buffer.from(text, 'hex'));
}

/** A hash as people write it: the bytes reversed, in hexadecimal. */
export function hashText(bytes: Uint8Array): string {
  return toHex(Uint8Array.from(bytes).reverse());
}

/** @throws {RangeError} the text is not 64 hexadecimal digits */
export function hashBytes(text: string): Uint8Array {
  if (text.length !== 64) throw new RangeError('a hash has 64 hexadecimal digits');
  return fromHex(text).reverse();
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
