import { uuidV5 } from '@qazyna/event-store';
import { REPAIRED_HEADER } from '../chain/chain-guard.js';
import type { OutgoingRecord, ReceivedRecord } from '../port.js';

/** Version 5 namespace of dead letters: the same record refused by the same group has the same id, however often. */
const NAMESPACE = 'b0a6f5a2-4a1d-5c0e-9d5b-6f7e0c1d2a3b';
const PREFIX = 'dead-letter-';
/** Reasons may quote the message: kept short, so that a dead letter always fits where the original did. */
const REASON_LENGTH_MAX = 1_000;

export interface Reason {
  readonly code: string;
  readonly message: string;
  readonly field?: string;
}

export interface DeadLetter extends Reason {
  readonly id: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** When the bus took the original. */
  readonly timestamp: Date;
  readonly group: string;
  readonly attempts: number;
  /** When it was put aside. */
  readonly time: Date;
  /** The original's key, bytes and headers, exactly. */
  readonly original: OutgoingRecord;
}

/** The original record, bytes and headers as they came, with headers that say where it was and why it is here. */
export function toDeadLetter(record: ReceivedRecord, reason: Reason, about: { group: string; attempts: number; time: Date }): OutgoingRecord {
  // What was read from the store in place of a lost message has no offset of its own.
  const place = `${record.topic}/${record.partition}/${record.headers[REPAIRED_HEADER] === undefined ? record.offset : record.headers['ce_id']}/${about.group}`;
  const headers: Record<string, string> = {
    ...record.headers,
    [`${PREFIX}id`]: uuidV5(NAMESPACE, place),
    [`${PREFIX}topic`]: record.topic,
    [`${PREFIX}partition`]: String(record.partition),
    [`${PREFIX}offset`]: String(record.offset),
    [`${PREFIX}timestamp`]: record.timestamp.toISOString(),
    [`${PREFIX}group`]: about.group,
    [`${PREFIX}code`]: reason.code,
    [`${PREFIX}message`]: reason.message.slice(0, REASON_LENGTH_MAX),
    [`${PREFIX}attempts`]: String(about.attempts),
    [`${PREFIX}time`]: about.time.toISOString(),
  };
  if (reason.field !== undefined && reason.field !== '') headers[`${PREFIX}field`] = reason.field.slice(0, REASON_LENGTH_MAX);
  return { key: record.key, headers, value: record.value };
}

/** Reads a dead letter back, for the operator's list and for replay. Undefined when the record is none. */
export function readDeadLetter(record: OutgoingRecord): DeadLetter | undefined {
  const own: Record<string, string> = {};
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(record.headers)) {
    if (name.startsWith(PREFIX)) own[name.slice(PREFIX.length)] = value;
    else headers[name] = value;
  }
  const { id, topic, partition, offset, timestamp, group, code, message, attempts, time, field } = own;
  if (!id || !topic || !partition || !offset || !timestamp || !group || !code || message === undefined || !attempts || !time) return undefined;
  return {
    id,
    topic,
    partition: Number(partition),
    offset: BigInt(offset),
    timestamp: new Date(timestamp),
    group,
    code,
    message,
    ...(field === undefined ? {} : { field }),
    attempts: Number(attempts),
    time: new Date(time),
    original: { key: record.key, headers, value: record.value },
  };
}
