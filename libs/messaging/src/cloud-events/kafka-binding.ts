import type { OutgoingRecord } from '../port.js';
import { checkJsonContentType, readAttributes, writeAttributes } from './attributes.js';
import { checkSize, DEFAULT_LIMITS, fromBytes, type CloudEvent, type CloudEventLimits, type NewCloudEvent } from './cloud-event.js';
import { decodeUtf8 } from './json-text.js';
import { MalformedMessage } from './malformed-message.js';
import { decodeStructured, encodeStructured } from './structured.js';

/** CloudEvents over Kafka records, https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md */

const PREFIX = 'ce_';
const STRUCTURED = /^application\/cloudevents\+json\s*(;|$)/i;

/** @throws {MalformedMessage} the record is not a CloudEvent with a JSON body */
export function decodeRecord(record: OutgoingRecord, limits: CloudEventLimits = DEFAULT_LIMITS): CloudEvent {
  const headers = lowerCased(record.headers);
  const contentType = headers.get('content-type');
  if (record.value !== null) checkSize(record.value, limits.eventBytesMax);
  if (contentType !== undefined && STRUCTURED.test(contentType)) {
    if (record.value === null) throw new MalformedMessage('missing-data', 'data', 'the record is a tombstone');
    return decodeStructured(decodeUtf8(record.value, 'body'));
  }
  if (contentType?.toLowerCase().startsWith('application/cloudevents') === true) {
    throw new MalformedMessage('wrong-content-type', 'content-type', `a record holds one CloudEvent in JSON, not ${contentType}`);
  }
  const attributes = new Map<string, string>();
  for (const [name, value] of headers) if (name.startsWith(PREFIX)) attributes.set(name.slice(PREFIX.length), value);
  const known = readAttributes(attributes);
  checkJsonContentType(contentType, 'content-type');
  if (record.value === null) throw new MalformedMessage('missing-data', 'data', 'the record is a tombstone');
  return fromBytes(known, record.value);
}

/** The type of a binary-mode record without decoding it; undefined when it has to be decoded to know. */
export function peekType(record: OutgoingRecord): string | undefined {
  return record.headers['ce_type'];
}

/** Binary content mode. The `partitionkey` extension becomes the record's key. */
export function encodeRecord(event: NewCloudEvent): OutgoingRecord {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  for (const [name, value] of writeAttributes(event)) headers[PREFIX + name] = value;
  return { key: event.extensions['partitionkey'] ?? null, headers, value: Buffer.from(JSON.stringify(event.data), 'utf8') };
}

/** Structured content mode. */
export function encodeStructuredRecord(event: NewCloudEvent): OutgoingRecord {
  return {
    key: event.extensions['partitionkey'] ?? null,
    headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' },
    value: Buffer.from(encodeStructured(event), 'utf8'),
  };
}

function lowerCased(headers: Readonly<Record<string, string>>): Map<string, string> {
  return new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
