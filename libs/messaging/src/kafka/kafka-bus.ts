import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Kafka as KafkaClient } from 'kafkajs';
import { silentLogger, type MessagingLogger } from '../logger.js';
import {
  BusUnavailable,
  UnknownTopic,
  type BusSubscription,
  type GroupLag,
  type MessageBus,
  type OutgoingRecord,
  type Partitioner,
  type SubscriptionRequest,
  type TopicSpec,
} from '../port.js';
import { GroupConsumer, kafkaGroupOf } from './group-consumer.js';
import { Kafka, Partitioners } from './kafkajs.js';
import { Publisher } from './publisher.js';
import { clientConfig, type KafkaBusOptions } from './settings.js';

const PING_TIMEOUT_MS = 5_000;
const ENSURE_ATTEMPTS_MAX = 40;
const ENSURE_PAUSE_MS = 250;
/** A topic that another client has just created: it is in the list, and its leader is not known everywhere yet. */
const TOPIC_COMING: ReadonlySet<unknown> = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE']);
/** A broker that has just started, or has just been given the group. */
const COORDINATOR_COMING: ReadonlySet<unknown> = new Set(['GROUP_LOAD_IN_PROGRESS', 'GROUP_COORDINATOR_NOT_AVAILABLE', 'NOT_COORDINATOR_FOR_GROUP']);

/** The message bus on Apache Kafka, by kafkajs. */
export class KafkaBus implements MessageBus {
  private readonly publisher: Publisher;
  private readonly subscriptions = new Set<BusSubscription>();
  private readonly knownTopics = new Set<string>();
  private admin: Promise<Admin> | undefined;
  private closed = false;

  private constructor(
    private readonly kafka: KafkaClient,
    private readonly options: KafkaBusOptions,
    private readonly logger: MessagingLogger,
  ) {
    this.publisher = new Publisher(kafka, options.queueRecordsMax ?? 20_000);
  }

  /** @throws {BusUnavailable} no broker answers */
  static async connect(options: KafkaBusOptions): Promise<KafkaBus> {
    const logger = options.logger ?? silentLogger;
    const bus = new KafkaBus(new Kafka(clientConfig(options, logger)), options, logger);
    await bus.asking('connecting', (admin) => admin.describeCluster());
    return bus;
  }

  /** Several services create the same topics when they start together: each waits until all are there. */
  async ensureTopics(topics: readonly TopicSpec[]): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.createMissing(topics);
        return;
      } catch (error) {
        if (attempt === ENSURE_ATTEMPTS_MAX || !isOneOf(error, TOPIC_COMING)) throw error;
        await sleep(ENSURE_PAUSE_MS);
      }
    }
  }

  private async createMissing(topics: readonly TopicSpec[]): Promise<void> {
    await this.asking('creating topics', async (admin) => {
      const existing = new Set(await admin.listTopics());
      const missing = topics.filter(({ name }) => !existing.has(name));
      if (missing.length > 0) {
        await admin.createTopics({
          waitForLeaders: true,
          topics: missing.map(({ name, partitions, retentionMs }) => ({
            topic: name,
            numPartitions: partitions,
            replicationFactor: this.options.replicationFactor ?? -1,
            configEntries: [{ name: 'retention.ms', value: String(retentionMs ?? -1) }],
          })),
        });
      }
      for (const { name } of topics) this.knownTopics.add(name);
    });
  }

  async publish(topic: string, records: readonly OutgoingRecord[]): Promise<void> {
    this.assertOpen();
    await this.mustExist([topic]);
    if (records.length > 0) await this.publisher.publish(topic, records);
  }

  async subscribe(request: SubscriptionRequest): Promise<BusSubscription> {
    this.assertOpen();
    await this.mustExist(request.topics);
    const consumers = request.topics.map((topic) => new GroupConsumer(this.kafka, topic, request, this.options, this.logger, () => this.notes(request.group, topic)));
    const stop = async (): Promise<void> => void (await Promise.all(consumers.map((consumer) => consumer.stop())));
    try {
      await Promise.all(consumers.map((consumer) => consumer.start()));
    } catch (error) {
      await stop().catch(() => undefined);
      throw unavailable('subscribing', error);
    }
    const subscription: BusSubscription = {
      stop: async () => {
        await stop();
        this.subscriptions.delete(subscription);
      },
    };
    this.subscriptions.add(subscription);
    return subscription;
  }

  async partitioner(topic: string): Promise<Partitioner> {
    await this.mustExist([topic]);
    const { topics } = await this.asking('asking for partitions', (admin) => admin.fetchTopicMetadata({ topics: [topic] }));
    const partitionMetadata = topics[0]?.partitions ?? [];
    const choose = Partitioners.DefaultPartitioner();
    return { partitions: partitionMetadata.length, partitionOf: (key) => choose({ topic, partitionMetadata, message: { key, value: null } }) };
  }

  /** What the group committed beside its offset, by partition. Waits while the group's broker loads what it knows. */
  private async notes(group: string, topic: string): Promise<ReadonlyMap<number, string>> {
    for (let attempt = 1; ; attempt++) {
      try {
        const committed = await this.asking('reading notes', (admin) => admin.fetchOffsets({ groupId: kafkaGroupOf(group, topic), topics: [topic] }));
        // Without an offset, or with nothing kept, Kafka answers with an empty text.
        return new Map(committed.flatMap(({ partitions }) => partitions.flatMap(({ partition, metadata }) => (metadata ? [[partition, metadata] as const] : []))));
      } catch (error) {
        if (attempt === ENSURE_ATTEMPTS_MAX || !isOneOf(error, COORDINATOR_COMING)) throw error;
        await sleep(ENSURE_PAUSE_MS);
      }
    }
  }

  async lag(group: string, topics: readonly string[]): Promise<readonly GroupLag[]> {
    await this.mustExist(topics);
    return this.asking('reading offsets', async (admin) => {
      const lags = await Promise.all(
        topics.map(async (topic) => {
          const committed = await admin.fetchOffsets({ groupId: kafkaGroupOf(group, topic), topics: [topic] });
          const partitions = committed.flatMap((each) => each.partitions);
          const ends = await admin.fetchTopicOffsets(topic);
          return ends.map(({ partition, low, high }): GroupLag => {
            const own = partitions.find((candidate) => candidate.partition === partition)?.offset ?? '-1';
            // A group that has committed nothing will start at what is left of the log.
            return { topic, partition, committed: BigInt(own) < 0n ? BigInt(low) : BigInt(own), end: BigInt(high) };
          });
        }),
      );
      return lags.flat();
    });
  }

  async ping(): Promise<void> {
    this.assertOpen();
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new BusUnavailable(`no broker answered within ${PING_TIMEOUT_MS} ms`)), PING_TIMEOUT_MS);
    });
    try {
      await Promise.race([this.asking('asking for the cluster', (admin) => admin.describeCluster()), timeout]);
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    if (this.closed) return;
    await Promise.all([...this.subscriptions].map((subscription) => subscription.stop()));
    this.closed = true;
    await this.publisher.close();
    await this.forgetAdmin();
  }

  /** A typing mistake must not wait for retries: the broker's list is asked once for each name. */
  private async mustExist(topics: readonly string[]): Promise<void> {
    if (topics.every((topic) => this.knownTopics.has(topic))) return;
    for (const topic of await this.asking('listing topics', (admin) => admin.listTopics())) this.knownTopics.add(topic);
    const missing = topics.find((topic) => !this.knownTopics.has(topic));
    if (missing !== undefined) throw new UnknownTopic(missing);
  }

  private async asking<T>(what: string, question: (admin: Admin) => Promise<T>): Promise<T> {
    this.assertOpen();
    try {
      this.admin ??= this.connectAdmin();
      return await question(await this.admin);
    } catch (error) {
      await this.forgetAdmin();
      throw unavailable(what, error);
    }
  }

  private async connectAdmin(): Promise<Admin> {
    const admin = this.kafka.admin();
    await admin.connect();
    return admin;
  }

  private async forgetAdmin(): Promise<void> {
    const admin = this.admin;
    this.admin = undefined;
    await admin?.then((open) => open.disconnect()).catch(() => undefined);
  }

  private assertOpen(): void {
    if (this.closed) throw new BusUnavailable('the message bus is closed');
  }
}

function isOneOf(error: unknown, types: ReadonlySet<unknown>): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (types.has((cause as { readonly type?: unknown }).type)) return true;
  }
  return false;
}

function unavailable(what: string, error: unknown): BusUnavailable {
  return error instanceof BusUnavailable ? error : new BusUnavailable(`${what}: ${(error as Error).message}`, { cause: error });
}
