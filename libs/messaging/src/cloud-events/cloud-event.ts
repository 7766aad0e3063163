import { hash } from 'node:crypto';
import type { CloudEventAttributes } from './attributes.js';
import { decodeUtf8, parseJson } from './json-text.js';
import { MalformedMessage } from './malformed-message.js';

/** A decoded event. Its body is kept as it came beside what was understood of it. */
export interface CloudEvent<Data = unknown> extends CloudEventAttributes {
  readonly data: Data;
  /** The body's bytes as published; in structured mode, those of the `data` member. */
  readonly dataBytes: Uint8Array;
  /** `dataBytes` as text: amounts that came as JSON numbers can be read from here digit by digit. */
  readonly dataText: string;
  /** Of `dataBytes`, lower-case hex. */
  readonly dataSha256: string;
}

export interface NewCloudEvent extends CloudEventAttributes {
  /** JSON; amounts as decimal strings. */
  readonly data: unknown;
}

export interface CloudEventLimits {
  /** Bytes of one event, body and attributes. Default 1 MiB. */
  readonly eventBytesMax: number;
  /** Events of one HTTP batch. Default 1,000. */
  readonly batchEventsMax: number;
  /** Bytes of one HTTP batch. Default 16 MiB. */
  readonly batchBytesMax: number;
}

export const DEFAULT_LIMITS: CloudEventLimits = { eventBytesMax: 1_048_576, batchEventsMax: 1_000, batchBytesMax: 16 * 1_048_576 };

export function checkSize(bytes: Uint8Array, max: number): void {
  if (bytes.byteLength > max) throw new MalformedMessage('too-large', 'data', `the message has ${bytes.byteLength} bytes; at most ${max} are taken`);
}

/** @throws {MalformedMessage} the body is not JSON in UTF-8 */
export function fromBytes(attributes: CloudEventAttributes, dataBytes: Uint8Array): CloudEvent {
  const dataText = decodeUtf8(dataBytes, 'data');
  if (dataText.trim() === '') throw new MalformedMessage('missing-data', 'data', 'the event has no data');
  return withBody(attributes, parseJson(dataText, 'data').value, dataBytes, dataText);
}

export function withBody(attributes: CloudEventAttributes, data: unknown, dataBytes: Uint8Array, dataText: string): CloudEvent {
  return { ...attributes, data, dataBytes, dataText, dataSha256: hash('sha256', dataBytes, 'hex') };
}
