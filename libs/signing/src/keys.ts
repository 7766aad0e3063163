import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { decodeBase64Url } from './base64url.js';

/** A key that must not be used, with a stable reason. */
export class KeyUnusable extends Error {
  override readonly name = 'KeyUnusable';

  constructor(
    readonly code: 'key-format' | 'key-type' | 'key-weak',
    message: string,
  ) {
    super(message);
  }
}

export interface KeyPair {
  /** PKCS#8 PEM. */
  readonly privateKey: string;
  /** SPKI PEM. */
  readonly publicKey: string;
  /** The raw public key in base64url, as it is registered. */
  readonly publicKeyText: string;
}

const KEY_BYTES = 32;

/** y-coordinates of the points of small order: a signature under such a key proves nothing, for anyone can make one. */
const SMALL_ORDER: ReadonlySet<string> = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

/** A fresh key pair from the operating system's random source. */
export function generateKeyPair(): KeyPair {
  const pair = generateKeyPairSync('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { ...pair, publicKeyText: publicKeyTextOfPem(pair.publicKey) };
}

/** @throws {KeyUnusable} not an Ed25519 key in PKCS#8 PEM */
export function privateKeyOf(pem: string): KeyObject {
  const key = read(() => createPrivateKey(pem), 'a private key in PKCS#8 PEM, without a passphrase');
  return ofEd25519(key);
}

/**
 * A public key as it is registered: its 32 bytes in base64url.
 * @throws {KeyUnusable} not 32 bytes, or a point of small order
 */
export function publicKeyOf(text: string): KeyObject {
  const bytes = decodeBase64Url(text);
  if (bytes?.length !== KEY_BYTES) throw new KeyUnusable('key-format', 'a public key is 32 bytes in base64url without padding: 43 characters');
  const y = Buffer.from(bytes);
  y.writeUInt8(y.readUInt8(KEY_BYTES - 1) & 0x7f, KEY_BYTES - 1);
  if (SMALL_ORDER.has(y.toString('hex'))) throw new KeyUnusable('key-weak', 'the public key is a point of small order: anybody could sign for it');
  return ofEd25519(read(() => createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: text }, format: 'jwk' }), 'an Ed25519 public key'));
}

/** @throws {KeyUnusable} */
export function publicKeyText(key: KeyObject): string {
  const { x } = ofEd25519(key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' });
  if (x === undefined) throw new KeyUnusable('key-format', 'the key has no public part');
  publicKeyOf(x);
  return x;
}

/** From SPKI PEM, or from a private key's PKCS#8 PEM. @throws {KeyUnusable} */
export function publicKeyTextOfPem(pem: string): string {
  return publicKeyText(read(() => createPublicKey(pem), 'a key in PEM'));
}

function ofEd25519(key: KeyObject): KeyObject {
  if (key.asymmetricKeyType !== 'ed25519') throw new KeyUnusable('key-type', `the key must be Ed25519, not ${key.asymmetricKeyType ?? key.type}`);
  return key;
}

function read(make: () => KeyObject, wanted: string): KeyObject {
  try {
    return make();
  } catch {
    throw new KeyUnusable('key-format', `this is not ${wanted}`);
  }
}
