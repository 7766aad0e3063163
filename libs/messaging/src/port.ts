/**
 * The message bus port: topics of keyed records, consumer groups, at-least-once delivery in order per partition.
 * Two adapters implement it (Kafka, and an embedded durable log for one process) and one contract suite says
 * what both must do. CloudEvents, validation and dead letters are built on top and never inside an adapter.
 */

export type Headers = Readonly<Record<string, string>>;

export interface OutgoingRecord {
  /** Records with the same key stay in order. Null: any partition. */
  readonly key: string | null;
  readonly headers: Headers;
  /** Null is a tombstone. */
  readonly value: Uint8Array | null;
}

export interface ReceivedRecord extends OutgoingRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** When the bus took it. */
  readonly timestamp: Date;
}

export interface BatchContext {
  readonly topic: string;
  readonly partition: number;
  /** Aborted when the group is leaving the partition or the bus is closing: stop between records. */
  readonly signal: AbortSignal;
  /** Call between chunks of long work so that the group does not expel this member. */
  heartbeat(): Promise<void>;
  /** What this group's last reader of the partition kept here, whichever member it was; undefined when nothing was. */
  note(): Promise<string | undefined>;
  /** Keeps a note (up to 1,000 characters) with the offset of this batch, in the same write; lost with it when the handler rejects. */
  keep(note: string): void;
}

/**
 * Handles records of one partition in order. When it resolves, every effect of the batch is durable and the bus
 * commits the offset after the last record. When it rejects, nothing is committed and the batch is delivered
 * again after a pause that grows up to a bound; other partitions and topics flow on.
 */
export type BatchHandler = (records: readonly ReceivedRecord[], context: BatchContext) => Promise<void>;

export interface SubscriptionRequest {
  readonly topics: readonly string[];
  readonly group: string;
  readonly handler: BatchHandler;
  /** Most records handed over at once. Default 500. */
  readonly batchSizeMax?: number;
  /** Told of each failed delivery, for logs and metrics. */
  readonly onError?: (error: unknown, context: { topic: string; partition: number; attempt: number }) => void;
}

export interface BusSubscription {
  /** Finishes the batch in hand, commits it, leaves the group. */
  stop(): Promise<void>;
}

export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  /** Kept for ever when undefined. */
  readonly retentionMs?: number;
}

export interface GroupLag {
  readonly topic: string;
  readonly partition: number;
  /** Offset of the next record the group will read. */
  readonly committed: bigint;
  /** Offset after the last record. */
  readonly end: bigint;
}

export interface Partitioner {
  readonly partitions: number;
  partitionOf(key: string): number;
}

export interface MessageBus {
  /** Creates the topics that are missing. */
  ensureTopics(topics: readonly TopicSpec[]): Promise<void>;
  /** Resolves when all records are durable; rejects when any may not be (then publish all of them again). */
  publish(topic: string, records: readonly OutgoingRecord[]): Promise<void>;
  subscribe(request: SubscriptionRequest): Promise<BusSubscription>;
  /** Where the bus puts a record, by its key, for as long as nobody changes the topic's number of partitions. */
  partitioner(topic: string): Promise<Partitioner>;
  lag(group: string, topics: readonly string[]): Promise<readonly GroupLag[]>;
  /** Resolves when the bus answers. @throws {BusUnavailable} */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export class BusUnavailable extends Error {
  readonly code = 'bus-unavailable';
  override readonly name = 'BusUnavailable';
}

/** The topic does not exist: topics are created by `ensureTopics`, never by a typing mistake. */
export class UnknownTopic extends Error {
  readonly code = 'unknown-topic';
  override readonly name = 'UnknownTopic';
  constructor(readonly topic: string) {
    super(`there is no topic called ${topic}`);
  }
}
