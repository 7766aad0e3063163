import { randomUUID } from 'node:crypto';
import type { Admin, Kafka as KafkaClient } from 'kafkajs';
import { silentLogger } from '../logger.js';
import { BusUnavailable, type ReceivedRecord } from '../port.js';
import { kafkaGroupOf } from './group-consumer.js';
import { Kafka } from './kafkajs.js';
import { toRecord } from './records.js';
import { clientConfig, RETRY, type KafkaBusOptions } from './settings.js';

export interface TopicBounds {
  readonly partition: number;
  /** Offset of the first record that is left. */
  readonly low: bigint;
  /** Offset after the last one. */
  readonly high: bigint;
}

/** The broker must not take a reader that waits for its caller for dead. */
const SESSION_MS = 300_000;
const IDLE_MS_MAX = 60_000;

/**
 * Reads topics without leaving a trace: no offset is committed, and the group that Kafka demands is taken away again.
 * For audits and lists; services subscribe through the bus.
 */
export class KafkaTopicReader {
  private constructor(
    private readonly kafka: KafkaClient,
    private readonly admin: Admin,
  ) {}

  /** @throws {BusUnavailable} no broker answers */
  static async connect(options: KafkaBusOptions): Promise<KafkaTopicReader> {
    const kafka = new Kafka(clientConfig(options, options.logger ?? silentLogger));
    const admin = kafka.admin();
    try {
      await admin.connect();
      return new KafkaTopicReader(kafka, admin);
    } catch (error) {
      await admin.disconnect().catch(() => undefined);
      throw new BusUnavailable(`no broker answers: ${(error as Error).message}`, { cause: error });
    }
  }

  /** Undefined when there is no such topic. */
  async bounds(topic: string): Promise<readonly TopicBounds[] | undefined> {
    return this.asking(async () => {
      if (!(await this.admin.listTopics()).includes(topic)) return undefined;
      const ends = await this.admin.fetchTopicOffsets(topic);
      return ends.map(({ partition, low, high }) => ({ partition, low: BigInt(low), high: BigInt(high) })).sort((a, b) => a.partition - b.partition);
    });
  }

  /** Offset of the next record the group reads, by partition; undefined where it never committed one. */
  async committed(group: string, topic: string): Promise<ReadonlyMap<number, bigint | undefined>> {
    return this.asking(async () => {
      if (!(await this.admin.listTopics()).includes(topic)) return new Map();
      const found = await this.admin.fetchOffsets({ groupId: kafkaGroupOf(group, topic), topics: [topic] });
      return new Map(found.flatMap(({ partitions }) => partitions.map(({ partition, offset }): [number, bigint | undefined] => [partition, BigInt(offset) < 0n ? undefined : BigInt(offset)])));
    });
  }

  /**
   * Every record within the bounds, each partition in order and once. Pulls: little is fetched while the caller holds a page.
   * @throws {BusUnavailable} nothing comes for a minute
   */
  async *read(topic: string, bounds: readonly TopicBounds[]): AsyncGenerator<readonly ReceivedRecord[]> {
    const open = new Map(bounds.filter(({ low, high }) => low < high).map((bound): [number, { next: bigint; readonly end: bigint }] => [bound.partition, { next: bound.low, end: bound.high }]));
    if (open.size === 0) return;
    const groupId = `reader-${randomUUID()}`;
    const consumer = this.kafka.consumer({ groupId, sessionTimeout: SESSION_MS, rebalanceTimeout: SESSION_MS, allowAutoTopicCreation: false, maxWaitTimeInMs: 100, retry: RETRY });
    const handover = new Handover<readonly ReceivedRecord[]>();
    consumer.on(consumer.events.CRASH, ({ payload: { error } }) => handover.fail(new BusUnavailable(`reading ${topic}: ${error.message}`, { cause: error })));
    try {
      await this.asking(async () => {
        await consumer.connect();
        await consumer.subscribe({ topics: [topic], fromBeginning: true });
      });
      await consumer.run({
        autoCommit: false,
        eachBatch: async ({ batch }) => {
          const place = open.get(batch.partition);
          if (place === undefined) return;
          const records = batch.messages.filter(({ offset }) => BigInt(offset) >= place.next && BigInt(offset) < place.end).map((message) => toRecord(topic, batch.partition, message));
          place.next = BigInt(batch.lastOffset()) + 1n;
          if (place.next >= place.end) open.delete(batch.partition);
          if (records.length > 0) await handover.offer(records);
          if (open.size === 0) handover.end();
        },
      });
      for (let page = await handover.take(IDLE_MS_MAX, topic); page !== undefined; page = await handover.take(IDLE_MS_MAX, topic)) yield page;
    } finally {
      handover.leave();
      await consumer.disconnect().catch(() => undefined);
      // A group without members and offsets ends by itself; this only hurries it.
      await this.admin.deleteGroups([groupId]).catch(() => undefined);
    }
  }

  close(): Promise<void> {
    return this.admin.disconnect();
  }

  private async asking<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (error) {
      throw new BusUnavailable(`Kafka does not answer: ${(error as Error).message}`, { cause: error });
    }
  }
}

/** One page at a time from the one that has it to the one that wants it. */
class Handover<Page> {
  private readonly waiting: { readonly page: Page; readonly taken: () => void }[] = [];
  private wake = Promise.withResolvers<void>();
  private ended = false;
  private failure: Error | undefined;

  /** Resolves when the page is taken, or nobody will. */
  offer(page: Page): Promise<void> {
    if (this.ended) return Promise.resolve();
    return new Promise((taken) => {
      this.waiting.push({ page, taken });
      this.wake.resolve();
    });
  }

  /** Undefined after the last page. */
  async take(idleMsMax: number, what: string): Promise<Page | undefined> {
    while (this.waiting.length === 0) {
      if (this.failure !== undefined) throw this.failure;
      if (this.ended) return undefined;
      this.wake = Promise.withResolvers();
      const timer = setTimeout(() => this.fail(new BusUnavailable(`${what}: nothing came for ${idleMsMax} ms`)), idleMsMax);
      await this.wake.promise;
      clearTimeout(timer);
    }
    const next = this.waiting.shift();
    next?.taken();
    return next?.page;
  }

  end(): void {
    this.ended = true;
    this.wake.resolve();
  }

  fail(error: Error): void {
    this.failure = error;
    this.wake.resolve();
  }

  leave(): void {
    this.ended = true;
    for (const { taken } of this.waiting.splice(0)) taken();
  }
}
