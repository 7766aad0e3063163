import { DEFAULT_PAUSES, type PauseBounds } from '../pauses.js';
import {
  BusUnavailable,
  type BusSubscription,
  type GroupLag,
  type MessageBus,
  type OutgoingRecord,
  type Partitioner,
  type SubscriptionRequest,
  type TopicSpec,
} from '../port.js';
import { Arrivals } from './arrivals.js';
import { Log, type Topic } from './log.js';
import { readPartition } from './partition-reader.js';
import { WriteQueue } from './write-queue.js';

export interface EmbeddedBusOptions {
  /** Path of the log's file, or ':memory:' for one that ends with the process. */
  readonly file: string;
  /** Records accepted and not yet durable; above it, publishers wait. Default 20,000. */
  readonly queueRecordsMax?: number;
  /** Pauses between deliveries of a batch that fails. */
  readonly pauses?: PauseBounds;
  readonly clock?: { now(): Date };
}

const BATCH_SIZE_DEFAULT = 500;

/** A durable message bus for one process: a log in one SQLite file, with the semantics of Kafka's topics and groups. */
export class EmbeddedBus implements MessageBus {
  private readonly writes: WriteQueue;
  private readonly arrivals = new Arrivals();
  private readonly subscriptions = new Set<BusSubscription>();
  private readonly turns = new Map<string, Promise<unknown>>();
  private closed = false;

  private constructor(
    private readonly log: Log,
    private readonly options: EmbeddedBusOptions,
  ) {
    this.writes = new WriteQueue((work) => log.transaction(work), options.queueRecordsMax ?? 20_000);
  }

  /** @throws {BusUnavailable} the file is in use, damaged, or not a bus */
  static open(options: EmbeddedBusOptions): EmbeddedBus {
    return new EmbeddedBus(Log.open(options.file), options);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- part of the port, where it rejects
  async ensureTopics(topics: readonly TopicSpec[]): Promise<void> {
    this.assertOpen();
    this.log.ensureTopics(topics);
  }

  async publish(topicName: string, records: readonly OutgoingRecord[]): Promise<void> {
    this.assertOpen();
    const topic = this.log.topic(topicName);
    if (records.length === 0) return;
    await this.writes.add(records.length, () => this.log.append(topic, records, this.options.clock?.now() ?? new Date()));
    this.arrivals.announce(topicName);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- part of the port, where it rejects
  async subscribe(request: SubscriptionRequest): Promise<BusSubscription> {
    this.assertOpen();
    const topics = request.topics.map((name) => this.log.topic(name));
    for (const topic of topics) this.log.join(request.group, topic);
    const stopping = new AbortController();
    const readers = topics.flatMap((topic) => Array.from({ length: topic.partitions }, (_, partition) => this.read(topic, partition, request, stopping.signal)));
    const done = Promise.all(readers);
    const subscription: BusSubscription = {
      stop: async () => {
        stopping.abort();
        await done;
        this.subscriptions.delete(subscription);
      },
    };
    this.subscriptions.add(subscription);
    return subscription;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- part of the port, where it rejects
  async partitioner(topicName: string): Promise<Partitioner> {
    this.assertOpen();
    const topic = this.log.topic(topicName);
    return { partitions: topic.partitions, partitionOf: (key) => this.log.partitionOf(topic, key) };
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- part of the port, where it rejects
  async lag(group: string, topics: readonly string[]): Promise<readonly GroupLag[]> {
    this.assertOpen();
    return topics.flatMap((name) => this.log.lag(group, this.log.topic(name)));
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- part of the port, where it rejects
  async ping(): Promise<void> {
    this.assertOpen();
    this.log.ping();
  }

  async close(): Promise<void> {
    if (this.closed) return;
    await Promise.all([...this.subscriptions].map((subscription) => subscription.stop()));
    this.closed = true;
    this.writes.close();
    this.log.close();
  }

  private read(topic: Topic, partition: number, request: SubscriptionRequest, signal: AbortSignal): Promise<void> {
    const { group } = request;
    return readPartition({
      log: this.log,
      topic,
      partition,
      request,
      batchSizeMax: request.batchSizeMax ?? BATCH_SIZE_DEFAULT,
      pauses: this.options.pauses ?? DEFAULT_PAUSES,
      signal,
      published: () => this.arrivals.count(topic.name),
      arrivalAfter: (seen) => this.arrivals.after(topic.name, seen, signal),
      commit: (next, note) => this.writes.add(1, () => this.log.commitOffset(group, topic, partition, next, note)),
      exclusively: (work) => this.inTurn(`${topic.id}/${partition}/${group}`, work),
    });
  }

  private async inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.turns.get(name) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.turns.set(name, mine.catch(() => undefined));
    return mine;
  }

  private assertOpen(): void {
    if (this.closed) throw new BusUnavailable('the message bus is closed');
  }
}
