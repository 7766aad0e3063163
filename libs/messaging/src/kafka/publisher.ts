import type { Kafka as KafkaClient, Message, Producer, TopicMessages } from 'kafkajs';
import { BusUnavailable, type OutgoingRecord } from '../port.js';
import { Partitioners } from './kafkajs.js';
import { toMessage } from './records.js';
import { PRODUCER } from './settings.js';

interface Waiting {
  readonly topic: string;
  readonly records: readonly OutgoingRecord[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const SEND_RECORDS_MAX = 5_000;
const SEND_BYTES_MAX = 768 * 1024;

/**
 * Sends what concurrent publishers hand in, one request at a time, with acknowledgement by all in-sync replicas.
 *
 * A producer whose send failed is never used again: kafkajs gives the next batch the same sequence numbers, and a
 * broker that did write the lost one would take the next for its repetition and drop it, with an acknowledgement.
 */
export class Publisher {
  private producer: Promise<Producer> | undefined;
  private waiting: Waiting[] = [];
  private records = 0;
  private sending: Promise<void> | undefined;
  private readonly blocked: (() => void)[] = [];
  private closed = false;

  constructor(
    private readonly kafka: KafkaClient,
    private readonly recordsMax: number,
  ) {}

  /** Resolves when all are acknowledged. @throws {BusUnavailable} some may not be written: publish all again */
  async publish(topic: string, records: readonly OutgoingRecord[]): Promise<void> {
    while (!this.closed && this.records > 0 && this.records + records.length > this.recordsMax) {
      await new Promise<void>((resolve) => this.blocked.push(resolve));
    }
    if (this.closed) throw new BusUnavailable('the message bus is closed');
    await new Promise<void>((resolve, reject) => {
      this.waiting.push({ topic, records, resolve, reject });
      this.records += records.length;
      this.sending ??= this.sendAll();
    });
  }

  /** Sends what was accepted, then refuses everything else. */
  async close(): Promise<void> {
    this.closed = true;
    await this.sending;
    for (const resolve of this.blocked.splice(0)) resolve();
    await this.discard();
  }

  private async sendAll(): Promise<void> {
    // One turn later, so that publishers of the same turn share a request.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const group = this.takeGroup();
      try {
        await this.send(group);
        for (const entry of group) entry.resolve();
      } catch (error) {
        await this.discard();
        const failure = new BusUnavailable(`not acknowledged by the broker: ${(error as Error).message}`, { cause: error });
        for (const entry of group) entry.reject(failure);
      }
      for (const resolve of this.blocked.splice(0)) resolve();
    }
    this.sending = undefined;
  }

  private async send(group: readonly Waiting[]): Promise<void> {
    const byTopic = new Map<string, Message[]>();
    for (const { topic, records } of group) {
      const messages = byTopic.get(topic) ?? [];
      byTopic.set(topic, messages);
      for (const record of records) messages.push(toMessage(record));
    }
    this.producer ??= this.connect();
    const producer = await this.producer;
    // The broker bounds a partition's request (1 MiB by default): a large publish goes out in pieces, in order.
    for (const topicMessages of pieces(byTopic)) await producer.sendBatch({ acks: -1, topicMessages });
  }

  private takeGroup(): Waiting[] {
    let records = 0;
    let taken = 0;
    for (const entry of this.waiting) {
      if (taken > 0 && records + entry.records.length > SEND_RECORDS_MAX) break;
      records += entry.records.length;
      taken += 1;
    }
    this.records -= records;
    return this.waiting.splice(0, taken);
  }

  private async connect(): Promise<Producer> {
    const producer = this.kafka.producer({ ...PRODUCER, createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    return producer;
  }

  private async discard(): Promise<void> {
    const producer = this.producer;
    this.producer = undefined;
    // A producer that did not connect, or lost its broker, has nothing left to close properly.
    await producer?.then((open) => open.disconnect()).catch(() => undefined);
  }
}

function* pieces(byTopic: ReadonlyMap<string, readonly Message[]>): Generator<TopicMessages[]> {
  let piece = new Map<string, Message[]>();
  let bytes = 0;
  for (const [topic, messages] of byTopic) {
    for (const message of messages) {
      const size = sizeOf(message);
      if (bytes > 0 && bytes + size > SEND_BYTES_MAX) {
        yield toTopicMessages(piece);
        piece = new Map();
        bytes = 0;
      }
      bytes += size;
      const own = piece.get(topic) ?? [];
      piece.set(topic, own);
      own.push(message);
    }
  }
  if (bytes > 0) yield toTopicMessages(piece);
}

function toTopicMessages(piece: ReadonlyMap<string, Message[]>): TopicMessages[] {
  return [...piece].map(([topic, messages]) => ({ topic, messages }));
}

function sizeOf(message: Message): number {
  let bytes = 64 + (message.value?.length ?? 0) + (message.key?.length ?? 0);
  for (const [name, value] of Object.entries(message.headers ?? {})) bytes += name.length + (value?.length ?? 0) + 8;
  return bytes;
}
