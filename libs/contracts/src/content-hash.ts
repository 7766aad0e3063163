import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** SHA-256 (hex) of a body's canonical JSON (RFC 8785): equal for the same content however it was spelled. */
export function contentHash(body: object): string {
  const canonical = canonicalize(body);
  if (canonical === undefined) throw new TypeError('a message body must be a JSON object');
  return createHash('sha256').update(canonical, 'utf8').digest('hex');
}
