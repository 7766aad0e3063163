const ALPHABET = /^[A-Za-z0-9_-]*$/;

/** RFC 7515, section 2: without padding. */
export function encodeBase64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');
}

/** Undefined for anything but the one spelling that `encodeBase64Url` gives: no padding, no line ends, no stray bits at the end. */
export function decodeBase64Url(text: string): Uint8Array | undefined {
  if (!ALPHABET.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}
