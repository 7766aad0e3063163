import { isUuid } from './ids.js';
import { InvalidAppend, type EventFilter, type ExpectedRevision, type NewEvent } from './port.js';

/** Bound on one append: the sum of its events' data and metadata as UTF-8. EventStoreDB's own limit up to 24.10. */
export const APPEND_BYTES_MAX = 1024 * 1024;

/** What an append of one event costs beside its data and metadata: id, type, framing. Counted into the bound. */
const EVENT_OVERHEAD_BYTES = 128;
const STREAM_NAME_LENGTH_MAX = 500;
const TYPE_LENGTH_MAX = 200;
const NESTING_MAX = 64;

export interface EncodedEvent {
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
}

/**
 * Checks an append against the port's rules and turns its events into JSON text. Both adapters start with this,
 * so that what one store takes the other takes too.
 * @throws {InvalidAppend} naming the rule and the field
 */
export function encodeAppend(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): EncodedEvent[] {
  checkStreamName(stream);
  if (expected !== 'no-stream' && (typeof expected !== 'bigint' || expected < 0n)) {
    throw new InvalidAppend(`expected revision must be 'no-stream' or a bigint from 0, not ${String(expected)}`);
  }
  if (events.length === 0) throw new InvalidAppend(`an append to ${stream} holds no event`);
  let bytes = 0;
  const encoded = events.map((event, index) => {
    const at = `events.${index}`;
    if (!isUuid(event.id)) throw new InvalidAppend(`${at}.id is no UUID: ${String(event.id)}`);
    if (event.type === '' || event.type.length > TYPE_LENGTH_MAX || event.type.startsWith('$') || !event.type.isWellFormed()) {
      throw new InvalidAppend(`${at}.type must be 1 to ${TYPE_LENGTH_MAX} characters and not start with $: ${event.type}`);
    }
    const result = {
      id: event.id.toLowerCase(),
      type: event.type,
      data: encodeObject(event.data, `${at}.data`),
      metadata: encodeObject(event.metadata, `${at}.metadata`),
    };
    bytes += Buffer.byteLength(result.data) + Buffer.byteLength(result.metadata) + EVENT_OVERHEAD_BYTES;
    return result;
  });
  if (bytes > APPEND_BYTES_MAX) {
    throw new InvalidAppend(`an append to ${stream} takes ${bytes} bytes; at most ${APPEND_BYTES_MAX} are allowed`);
  }
  const ids = new Set(encoded.map((event) => event.id));
  if (ids.size !== encoded.length) throw new InvalidAppend(`an append to ${stream} uses an event id twice`);
  return encoded;
}

/** @throws {InvalidAppend} */
export function checkStreamName(stream: string): void {
  // Names that start with $ belong to EventStoreDB's own streams, which this port never shows.
   
  if (stream === '' || stream.length > STREAM_NAME_LENGTH_MAX || /^\$|[\u0000-\u001f\u007f]/.test(stream) || !stream.isWellFormed()) {
    throw new InvalidAppend(
      `a stream's name must be 1 to ${STREAM_NAME_LENGTH_MAX} characters, without control characters, not starting with $: ${JSON.stringify(stream)}`,
    );
  }
}

function encodeObject(value: unknown, path: string): string {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw new InvalidAppend(`${path} must be a JSON object`);
  checkJson(value, path, 0);
  return JSON.stringify(value);
}

/** JSON.stringify would turn NaN into null and drop functions without a word, and a bigint hangs some clients. */
function checkJson(value: unknown, path: string, depth: number): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return;
    case 'number':
      if (Number.isSafeInteger(value)) return;
      throw new InvalidAppend(`${path} is ${value}: only whole numbers up to 2^53 - 1 are stored as numbers, amounts as decimal strings`);
    case 'object':
      if (value === null) return;
      if (depth >= NESTING_MAX) throw new InvalidAppend(`${path} is nested deeper than ${NESTING_MAX} levels`);
      if (Array.isArray(value)) {
        for (let i = 0; i < value.length; i++) checkJson(value[i], `${path}.${i}`, depth + 1);
        return;
      }
      if (typeof (value as { toJSON?: unknown }).toJSON === 'function' || value instanceof Map || value instanceof Set) {
        throw new InvalidAppend(`${path} is a ${value.constructor.name}: only plain JSON values are stored`);
      }
      for (const key in value) {
        const member = (value as Record<string, unknown>)[key];
        // An optional property set to undefined is simply absent, as in JSON.
        if (member !== undefined) checkJson(member, key, depth + 1);
      }
      return;
    default:
      throw new InvalidAppend(`${path} is a ${typeof value}: only JSON values are stored, amounts as decimal strings`);
  }
}

/** Whether an event of `stream` passes; no filter passes all. */
export function passesFilter(stream: string, filter: EventFilter | undefined): boolean {
  if (filter === undefined) return true;
  for (const prefix of filter.streamPrefixes) if (stream.startsWith(prefix)) return true;
  return false;
}

/** @throws {RangeError} the filter could never pass anything, which is always a mistake of the caller */
export function checkFilter(filter: EventFilter | undefined): void {
  if (filter !== undefined && (filter.streamPrefixes.length === 0 || filter.streamPrefixes.includes(''))) {
    throw new RangeError('a filter needs at least one stream prefix, and none of them empty');
  }
}
