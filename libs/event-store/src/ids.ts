import { hash, randomFillSync } from 'node:crypto';

/** Time as a port: services take it, domain code never sees it. */
export interface Clock {
  now(): Date;
}

/** A source of unique ids (UUID text). */
export interface IdSource {
  next(): string;
}

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Lower-case text of 16 bytes, in the 8-4-4-4-12 form of RFC 9562. */
export function formatUuid(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += '-';
    text += HEX[bytes[i] ?? 0];
  }
  return text;
}

const UUID_TEXT = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(text: string): boolean {
  return UUID_TEXT.test(text);
}

/** The 16 bytes of a UUID's text. @throws {TypeError} the text is no UUID */
export function parseUuid(text: string): Uint8Array {
  if (!isUuid(text)) throw new TypeError(`not a UUID: ${text}`);
  return Buffer.from(text.replaceAll('-', ''), 'hex');
}

function stamp(bytes: Uint8Array, version: number): string {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | (version << 4);
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return formatUuid(bytes);
}

/** UUID version 7 (RFC 9562, 5.7): 48 bits of Unix milliseconds, then `random` (10 bytes). Sorts by time. */
export function uuidV7(now: Date, random: Uint8Array): string {
  if (random.length < 10) throw new RangeError(`a version 7 UUID needs 10 random bytes, got ${random.length}`);
  const bytes = Buffer.allocUnsafe(16);
  bytes.writeUIntBE(now.getTime(), 0, 6);
  bytes.set(random.subarray(0, 10), 6);
  return stamp(bytes, 7);
}

/** Namespaces are constants of the program: their bytes are read once. */
const namespaces = new Map<string, Uint8Array>();
const NAMESPACES_MAX = 100;

function namespaceBytes(namespace: string): Uint8Array {
  const known = namespaces.get(namespace);
  if (known !== undefined) return known;
  const bytes = parseUuid(namespace);
  if (namespaces.size < NAMESPACES_MAX) namespaces.set(namespace, bytes);
  return bytes;
}

/** UUID version 5 (RFC 9562, 5.5): the same namespace and name give the same id, always and everywhere. */
export function uuidV5(namespace: string, name: string): string {
  const input = Buffer.allocUnsafe(16 + Buffer.byteLength(name, 'utf8'));
  input.set(namespaceBytes(namespace), 0);
  input.write(name, 16, 'utf8');
  const hex = hash('sha1', input, 'hex');
  const variant = HEX[(Number.parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80] ?? '';
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(18, 20)}-${hex.slice(20, 32)}`;
}

export const systemClock: Clock = { now: () => new Date() };

export const systemIds: IdSource = {
  next: () => uuidV7(new Date(), randomFillSync(Buffer.allocUnsafe(10))),
};
