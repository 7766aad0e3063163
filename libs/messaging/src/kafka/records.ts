import type { IHeaders, KafkaMessage, Message } from 'kafkajs';
import type { OutgoingRecord, ReceivedRecord } from '../port.js';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Marks the name of a header whose values are not one UTF-8 text: they are kept as comma-joined base64. */
const RAW = ';base64';
const RAW_KEY = 'kafka-key;base64';

export function toMessage(record: OutgoingRecord): Message {
  const headers: IHeaders = {};
  let key: string | Buffer | null = record.key;
  for (const [name, value] of Object.entries(record.headers)) {
    if (name === RAW_KEY) key = Buffer.from(value, 'base64');
    else if (name.endsWith(RAW)) headers[name.slice(0, -RAW.length)] = value.split(',').map((part) => Buffer.from(part, 'base64'));
    else headers[name] = value;
  }
  return { key, headers, value: record.value === null ? null : asBuffer(record.value) };
}

export function toRecord(topic: string, partition: number, message: KafkaMessage): ReceivedRecord {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers ?? {})) readHeader(headers, name, value);
  const key = message.key === null ? null : text(message.key);
  // A key that is no text still orders its records: the broker has used its bytes. Its bytes are kept for dead letters.
  if (key === undefined && message.key !== null) headers[RAW_KEY] = message.key.toString('base64');
  return {
    topic,
    partition,
    offset: BigInt(message.offset),
    key: key ?? message.key?.toString('base64') ?? null,
    headers,
    value: message.value,
    timestamp: new Date(Number(message.timestamp)),
  };
}

function readHeader(headers: Record<string, string>, name: string, value: IHeaders[string]): void {
  const values = (Array.isArray(value) ? value : [value]).map((part) => (typeof part === 'string' ? Buffer.from(part, 'utf8') : (part ?? Buffer.alloc(0))));
  const only = values.length === 1 ? text(values[0] as Buffer) : undefined;
  if (only !== undefined) headers[name] = only;
  else headers[name + RAW] = values.map((part) => part.toString('base64')).join(',');
}

function text(bytes: Buffer): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
