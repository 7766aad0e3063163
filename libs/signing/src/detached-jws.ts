import { sign as signBytes, verify as verifyBytes, type KeyObject } from 'node:crypto';
import { encodeBase64Url } from './base64url.js';
import { keyIdOf, type KeyId } from './key-id.js';
import { KeyUnusable } from './keys.js';
import { encodeHeader, parseSignature, type ParsedSignature, type SignedAttributes } from './signature.js';

export interface SignRequest {
  /** The body's bytes as they will be sent: in structured mode those of the `data` member. */
  readonly body: Uint8Array;
  readonly attributes: SignedAttributes;
  readonly keyId: KeyId;
  readonly privateKey: KeyObject;
  readonly issuedAt: Date;
}

/** The detached JWS of a message. @throws {KeyUnusable} @throws {RangeError} an attribute or a name that no signature can carry */
export function sign({ body, attributes, keyId, privateKey, issuedAt }: SignRequest): string {
  if (privateKey.type !== 'private' || privateKey.asymmetricKeyType !== 'ed25519') throw new KeyUnusable('key-type', 'signing takes an Ed25519 private key');
  const kid = keyIdOf(keyId);
  if (kid === undefined) throw new RangeError('publisher and key must be short names in lower-case letters, digits and hyphens');
  const encoded = encodeHeader(kid, issuedAt.getTime(), attributes);
  const signature = signBytes(null, signedBytes(Buffer.from(`${encoded}.`, 'ascii'), body), privateKey);
  const text = `${encoded}..${encodeBase64Url(signature)}`;
  // What we could not read we do not write: attributes too long, a time out of range.
  const reading = parseSignature(text);
  if (!reading.ok) throw new RangeError(reading.message);
  return text;
}

export interface VerifyRequest {
  readonly signature: ParsedSignature;
  readonly body: Uint8Array;
  readonly publicKey: KeyObject;
}

/** Whether the key signed these bytes under this header. That the header names the message at hand is for the caller to compare. */
export function verify({ signature, body, publicKey }: VerifyRequest): boolean {
  if (publicKey.type !== 'public' || publicKey.asymmetricKeyType !== 'ed25519') throw new KeyUnusable('key-type', 'verifying takes an Ed25519 public key');
  return verifyBytes(null, signedBytes(signature.prefix, body), publicKey, signature.bytes);
}

/** RFC 7797, section 3: the encoded header, a point, and the payload as it is. */
function signedBytes(prefix: Uint8Array, body: Uint8Array): Uint8Array {
  return Buffer.concat([prefix, body]);
}
