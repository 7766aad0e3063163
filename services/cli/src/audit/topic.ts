import { decodeRecord, MalformedMessage, type CloudEvent, type ReceivedRecord } from '@qazyna/messaging';
import type { Findings } from './findings.js';

/** A topic as it was found: what the audit walks, and how far it reaches. */
export interface TopicSnapshot {
  readonly topic: string;
  /** False when the broker has no such topic. */
  readonly exists: boolean;
  readonly partitions: readonly PartitionBounds[];
  /** Every record from the first that is left to the end found at the start, each partition in order. */
  records(): AsyncIterable<readonly ReceivedRecord[]>;
}

export interface PartitionBounds {
  readonly partition: number;
  /** Offset of the first record that is left. */
  readonly low: bigint;
  /** Offset after the last one. */
  readonly high: bigint;
}

/** Offset of the next record a group reads, by partition; undefined where it never committed one. */
export type Committed = ReadonlyMap<number, bigint | undefined>;

export function isBefore(committed: Committed, partition: number, offset: bigint): boolean {
  const next = committed.get(partition);
  return next !== undefined && offset < next;
}

/** A record as a CloudEvent; undefined when it is none. */
export function decoded(record: ReceivedRecord): CloudEvent | undefined {
  try {
    return decodeRecord(record);
  } catch (error) {
    if (error instanceof MalformedMessage) return undefined;
    throw error;
  }
}

/** The type a record names, though it may be no CloudEvent. */
export function peekedType(record: ReceivedRecord): string | undefined {
  return record.headers['ce_type'];
}

export function placeOf({ topic, partition, offset }: Pick<ReceivedRecord, 'topic' | 'partition' | 'offset'>): string {
  return `${topic}/${partition}@${offset}`;
}

/** A topic without an end to its retention begins at offset 0: what is gone was taken away. @returns how many records are */
export function auditBounds({ topic, partitions }: TopicSnapshot, findings: Findings): number {
  let gone = 0;
  for (const { partition, low: firstOffset } of partitions) {
    const deleted = Number(firstOffset);
    gone += deleted;
    findings.addMany('missing', 'records-deleted', topic, deleted, `${topic}/${partition} begins at offset ${firstOffset}: the ${deleted} records before it were deleted, though the topic is kept for ever`);
  }
  return gone;
}

/** A group cannot have read what the topic never had. */
export function auditCommitted({ topic, partitions }: TopicSnapshot, group: string, committed: Committed, findings: Findings): void {
  for (const { partition, high } of partitions) {
    const next = committed.get(partition);
    if (next === undefined || next <= high) continue;
    findings.add('wrong', 'offset-beyond-end', topic, `group ${group} has read ${topic}/${partition} up to offset ${next}, and it ends at ${high}: the topic was made anew or cut off`);
  }
}
