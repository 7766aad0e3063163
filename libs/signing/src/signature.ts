import { decodeBase64Url, encodeBase64Url } from './base64url.js';
import { parseKeyId, type KeyId } from './key-id.js';

/**
 * A detached JWS with an unencoded payload (RFC 7515 appendix F, RFC 7797) whose protected header also names the message:
 * taken off its message, a signature is worth nothing on another.
 */

/** The CloudEvents attributes that a signature covers beside the body. */
export interface SignedAttributes {
  readonly source: string;
  readonly id: string;
  readonly type: string;
}

export interface ParsedSignature {
  readonly keyId: KeyId;
  /** When it was made, by the publisher's clock; whole seconds. */
  readonly issuedAtMs: number;
  readonly attributes: SignedAttributes;
  /** The encoded header and its point: what stands before the body in the bytes that were signed. */
  readonly prefix: Uint8Array;
  readonly bytes: Uint8Array;
}

export const SIGNATURE_LENGTH_MAX = 8_192;
const SIGNATURE_BYTES = 64;
const ATTRIBUTE_LENGTH_MAX = 1_024;
const LAST_SECOND = 253_402_300_799;
const MEMBERS = ['alg', 'b64', 'ce_id', 'ce_source', 'ce_type', 'crit', 'iat', 'kid'] as const;
/** What a verifier must understand or refuse the signature: RFC 7797 asks it of `b64`, we of what binds the message. */
const CRITICAL = ['b64', 'iat', 'ce_source', 'ce_id', 'ce_type'] as const;
/** RFC 8037's name and RFC 9864's: one algorithm, since the key can be nothing but Ed25519. */
const ALGORITHMS: ReadonlySet<unknown> = new Set(['EdDSA', 'Ed25519']);

export type SignatureReading = { readonly ok: true; readonly signature: ParsedSignature } | { readonly ok: false; readonly message: string };

/** Reads a signature without believing it. Strict: one spelling of base64url, only the known members, each once. */
export function parseSignature(text: string): SignatureReading {
  if (text.length > SIGNATURE_LENGTH_MAX) return bad(`it is longer than ${SIGNATURE_LENGTH_MAX} characters`);
  const [encoded = '', payload, signature = '', ...more] = text.split('.');
  if (payload !== '' || more.length > 0) return bad('it must be a detached JWS: header, two points, signature');
  const bytes = decodeBase64Url(signature);
  if (bytes?.length !== SIGNATURE_BYTES) return bad('the signature must be 64 bytes in base64url without padding');
  const header = decodeBase64Url(encoded);
  if (header === undefined || encoded === '') return bad('the header is not base64url without padding');
  const read = readHeader(header);
  return typeof read === 'string' ? bad(read) : { ok: true, signature: { ...read, prefix: Buffer.from(`${encoded}.`, 'ascii'), bytes } };
}

/** The encoded protected header of a new signature. */
export function encodeHeader(kid: string, issuedAtMs: number, { source, id, type }: SignedAttributes): string {
  const header = { alg: 'EdDSA', kid, b64: false, iat: Math.floor(issuedAtMs / 1000), ce_source: source, ce_id: id, ce_type: type, crit: CRITICAL };
  return encodeBase64Url(Buffer.from(JSON.stringify(header), 'utf8'));
}

function readHeader(bytes: Uint8Array): Pick<ParsedSignature, 'keyId' | 'issuedAtMs' | 'attributes'> | string {
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    header = JSON.parse(text);
  } catch {
    return 'the header is not JSON in UTF-8';
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) return 'the header must be a JSON object';
  const members = header as Record<string, unknown>;
  const unknown = Object.keys(members).find((name) => !(MEMBERS as readonly string[]).includes(name));
  if (unknown !== undefined) return `the header has the unknown member ${JSON.stringify(unknown.slice(0, 40))}`;
  if (namesIn(text) !== Object.keys(members).length) return 'the header has a member twice';
  const { alg, b64, crit, kid, iat, ce_source: source, ce_id: id, ce_type: type } = members;
  if (!ALGORITHMS.has(alg)) return 'alg must be EdDSA';
  if (b64 !== false) return 'b64 must be false: the body is signed as it is';
  if (!isCritical(crit)) return `crit must list ${CRITICAL.join(', ')} and nothing else`;
  const keyId = typeof kid === 'string' ? parseKeyId(kid) : undefined;
  if (keyId === undefined) return 'kid must be the publisher and its key, such as afm/2026-1';
  if (typeof iat !== 'number' || !Number.isInteger(iat) || iat < 0 || iat > LAST_SECOND) return 'iat must be whole seconds since 1970';
  if (!isAttribute(source) || !isAttribute(id) || !isAttribute(type)) return `ce_source, ce_id and ce_type must be text of 1 to ${ATTRIBUTE_LENGTH_MAX} characters`;
  return { keyId, issuedAtMs: iat * 1000, attributes: { source, id, type } };
}

function isCritical(crit: unknown): boolean {
  return Array.isArray(crit) && crit.length === CRITICAL.length && CRITICAL.every((name) => crit.includes(name));
}

function isAttribute(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= ATTRIBUTE_LENGTH_MAX && value.isWellFormed();
}

/** Names of members in text that is known to be JSON; a name twice counts twice, which `JSON.parse` would hide. */
function namesIn(text: string): number {
  // Every string is consumed, so that quotation marks inside one are never taken for the start of another.
  return [...text.matchAll(/"(?:[^"\\]|\\.)*"\s*(:?)/g)].filter(([, colon]) => colon === ':').length;
}

function bad(message: string): SignatureReading {
  return { ok: false, message: `the signature cannot be read: ${message}` };
}
