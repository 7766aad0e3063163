import { checkJsonContentType, readAttributes, writeAttributes } from './attributes.js';
import { fromBytes, withBody, type CloudEvent, type NewCloudEvent } from './cloud-event.js';
import { parseJson, type JsonText } from './json-text.js';
import { MalformedMessage } from './malformed-message.js';

/**
 * One event in CloudEvents' JSON format. The body's source text is cut out of it, byte for byte.
 * @throws {MalformedMessage}
 */
export function decodeStructured(text: string): CloudEvent {
  return fromJson(text, parseJson(text, 'body'));
}

function fromJson(text: string, { value, members }: JsonText): CloudEvent {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MalformedMessage('invalid-json', 'body', 'a structured CloudEvent must be a JSON object');
  }
  const object = value as Record<string, unknown>;
  const attributes = new Map<string, string>();
  for (const [name, member] of Object.entries(object)) {
    // A null member is an absent attribute (JSON format, 2.2).
    if (name === 'data' || name === 'data_base64' || member === null) continue;
    attributes.set(name, attributeText(name, member));
  }
  checkJsonContentType(attributes.get('datacontenttype') ?? 'application/json', 'datacontenttype');
  const known = readAttributes(attributes);
  const span = members.get('data');
  if (span !== undefined && members.has('data_base64')) {
    throw new MalformedMessage('invalid-attribute', 'data_base64', 'data and data_base64 exclude each other');
  }
  if (span !== undefined && object['data'] !== null) {
    const dataText = text.slice(span.start, span.end);
    return withBody(known, object['data'], Buffer.from(dataText, 'utf8'), dataText);
  }
  if (typeof object['data_base64'] === 'string') return fromBytes(known, base64(object['data_base64']));
  throw new MalformedMessage('missing-data', 'data', 'the event has no data');
}

/** The items of a batch in CloudEvents' JSON batch format, each in its own source text. @throws {MalformedMessage} */
export function splitBatch(text: string, eventsMax: number): string[] {
  const { value, members } = parseJson(text, 'body');
  if (!Array.isArray(value)) throw new MalformedMessage('invalid-json', 'body', 'a batch of CloudEvents must be a JSON array');
  if (value.length > eventsMax) throw new MalformedMessage('batch-too-large', 'body', `the batch has ${value.length} events; at most ${eventsMax} are taken`);
  return [...members.values()].map(({ start, end }) => text.slice(start, end));
}

export function encodeStructured(event: NewCloudEvent): string {
  return JSON.stringify({ ...Object.fromEntries(writeAttributes(event)), datacontenttype: 'application/json', data: event.data });
}

function attributeText(name: string, member: unknown): string {
  if (typeof member === 'string') return member;
  // CloudEvents' type system also has Boolean and Integer (32 bits).
  if (typeof member === 'boolean' || (Number.isInteger(member) && Math.abs(member as number) <= 2 ** 31)) return String(member);
  throw new MalformedMessage('invalid-attribute', name, `the attribute ${name} must be a string, a boolean or an integer`);
}

function base64(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw new MalformedMessage('invalid-attribute', 'data_base64', 'data_base64 is not base64');
  return bytes;
}
