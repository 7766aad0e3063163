import { checkJsonContentType, readAttributes, writeAttributes } from './attributes.js';
import { checkSize, DEFAULT_LIMITS, fromBytes, type CloudEvent, type CloudEventLimits, type NewCloudEvent } from './cloud-event.js';
import { decodeUtf8 } from './json-text.js';
import { MalformedMessage } from './malformed-message.js';
import { decodeStructured, encodeStructured, splitBatch } from './structured.js';

/** CloudEvents over HTTP, https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md */

export type HttpHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** One event of a request: understood, or refused with the reason. */
export type DecodedEvent = { readonly ok: true; readonly event: CloudEvent } | { readonly ok: false; readonly error: MalformedMessage };

export interface DecodedRequest {
  /** Whether the sender sent a batch, and so expects a list of results. */
  readonly batch: boolean;
  readonly events: readonly DecodedEvent[];
}

/**
 * Reads a request's event or batch: binary, structured or `application/cloudevents-batch+json`.
 * A malformed item of a batch is reported in its place and does not spoil the others.
 * @throws {MalformedMessage} nothing of the request can be read
 */
export function decodeHttp(headers: HttpHeaders, body: Uint8Array, limits: CloudEventLimits = DEFAULT_LIMITS): DecodedRequest {
  const all = flattened(headers);
  const contentType = all.get('content-type');
  const mediaType = (contentType ?? '').split(';')[0]?.trim().toLowerCase();
  if (mediaType === 'application/cloudevents-batch+json') {
    checkSize(body, limits.batchBytesMax);
    const items = splitBatch(decodeUtf8(body, 'body'), limits.batchEventsMax);
    return { batch: true, events: items.map((item) => decodeItem(item, limits)) };
  }
  checkSize(body, limits.eventBytesMax);
  if (mediaType === 'application/cloudevents+json') return one(decodeStructured(decodeUtf8(body, 'body')));
  if (mediaType?.startsWith('application/cloudevents') === true) {
    throw new MalformedMessage('wrong-content-type', 'content-type', `CloudEvents are read in JSON, not as ${contentType}`);
  }
  checkJsonContentType(contentType, 'content-type');
  const attributes = new Map<string, string>();
  for (const [name, value] of all) if (name.startsWith('ce-')) attributes.set(name.slice(3), percentDecoded(name, value));
  return one(fromBytes(readAttributes(attributes), body));
}

/** Structured content mode. */
export function encodeHttp(event: NewCloudEvent): { headers: Record<string, string>; body: Uint8Array } {
  return { headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' }, body: Buffer.from(encodeStructured(event), 'utf8') };
}

/** Binary content mode; attribute values are percent-encoded as the binding asks. */
export function encodeHttpBinary(event: NewCloudEvent): { headers: Record<string, string>; body: Uint8Array } {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  for (const [name, value] of writeAttributes(event)) {
    headers[`ce-${name}`] = value.replace(/[^\u0021\u0023\u0024\u0026-\u007e]/gu, (character) => encodeURIComponent(character));
  }
  return { headers, body: Buffer.from(JSON.stringify(event.data), 'utf8') };
}

export function encodeHttpBatch(events: readonly NewCloudEvent[]): { headers: Record<string, string>; body: Uint8Array } {
  return {
    headers: { 'content-type': 'application/cloudevents-batch+json; charset=utf-8' },
    body: Buffer.from(`[${events.map(encodeStructured).join(',')}]`, 'utf8'),
  };
}

function one(event: CloudEvent): DecodedRequest {
  return { batch: false, events: [{ ok: true, event }] };
}

function decodeItem(text: string, limits: CloudEventLimits): DecodedEvent {
  try {
    checkSize(Buffer.from(text, 'utf8'), limits.eventBytesMax);
    return { ok: true, event: decodeStructured(text) };
  } catch (error) {
    if (error instanceof MalformedMessage) return { ok: false, error };
    throw error;
  }
}

function flattened(headers: HttpHeaders): Map<string, string> {
  const all = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) all.set(name.toLowerCase(), typeof value === 'string' ? value : value.join(', '));
  }
  return all;
}

function percentDecoded(name: string, value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw new MalformedMessage('invalid-attribute', name.slice(3), `${name} is not percent-encoded UTF-8`);
  }
}
