import { decodeRecord, MalformedMessage, readDeadLetter, type CloudEvent, type ReceivedRecord } from '@qazyna/messaging';
import { DigestTable } from './digest-table.js';
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

/** Which records were put aside, and by whom. */
export class DeadLetters {
  private readonly places = new DigestTable(0);
  private readonly counts = new Map<string, number>();

  has(record: Pick<ReceivedRecord, 'topic' | 'partition' | 'offset'>, group: string): boolean {
    return this.places.find(`${placeOf(record)} ${group}`) !== -1;
  }

  /** Different records of a topic that a group put aside. */
  count(topic: string, group: string): number {
    return this.counts.get(`${topic} ${group}`) ?? 0;
  }

  get size(): number {
    return this.places.size;
  }

  add(record: Pick<ReceivedRecord, 'topic' | 'partition' | 'offset'>, group: string): void {
    const key = `${placeOf(record)} ${group}`;
    if (this.places.find(key) !== -1) return;
    this.places.insert(key);
    this.counts.set(`${record.topic} ${group}`, this.count(record.topic, group) + 1);
  }
}

/** Reads the topic of dead letters. A letter that was written twice counts once. */
export async function collectDeadLetters(snapshot: TopicSnapshot, findings: Findings): Promise<DeadLetters> {
  const letters = new DeadLetters();
  for await (const records of snapshot.records()) {
    for (const record of records) {
      const letter = readDeadLetter(record);
      if (letter === undefined) findings.add('wrong', 'no-dead-letter', snapshot.topic, `${placeOf(record)} is no dead letter`);
      else letters.add(letter, letter.group);
    }
  }
  return letters;
}
