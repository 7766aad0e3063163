import type { Consumer, EachBatchPayload, Kafka as KafkaClient, KafkaMessage } from 'kafkajs';
import type { MessagingLogger } from '../logger.js';
import { DEFAULT_PAUSES, pause, pauseMs, type PauseBounds } from '../pauses.js';
import type { SubscriptionRequest } from '../port.js';
import { toRecord } from './records.js';
import { consumerConfig, type KafkaBusOptions } from './settings.js';

const BATCH_SIZE_DEFAULT = 500;
const PARTITIONS_AT_ONCE = 8;

/**
 * Kafka's name of a group's readers of one topic. A group of its own for each topic: kafkajs gives the partitions of
 * the topics its leader reads to every member, also to those that do not read them, and nobody else gets them. It also
 * keeps a topic that is handled slowly from holding back the others when its members change.
 */
export function kafkaGroupOf(group: string, topic: string): string {
  return `${group}.${topic}`;
}

/** One member of one group, for one topic. A consumer that kafkajs gives up is replaced by a new one until `stop`. */
export class GroupConsumer {
  private readonly stopping = new AbortController();
  /** By partition, while this member reads it: what was committed last. */
  private readonly notes = new Map<number, string | undefined>();
  /**
   * What was committed before this member joined. Where the records at the committed offset are gone, kafkajs commits
   * another offset without the note. An older note is as safe as a new one: it says that less was handled.
   */
  private readonly olderNotes = new Map<number, string>();
  private readonly attempts = new Map<string, number>();
  private readonly resumptions = new Set<NodeJS.Timeout>();
  private readonly pauses: PauseBounds;
  private consumer: Consumer | undefined;
  private restarting: Promise<void> | undefined;

  constructor(
    private readonly kafka: KafkaClient,
    private readonly topic: string,
    private readonly request: SubscriptionRequest,
    private readonly options: KafkaBusOptions,
    private readonly logger: MessagingLogger,
    private readonly committedNotes: () => Promise<ReadonlyMap<number, string>>,
  ) {
    this.pauses = options.pauses ?? DEFAULT_PAUSES;
  }

  /** Joins the group. Rejects when no broker answers. */
  async start(): Promise<void> {
    const { topic } = this;
    this.rememberNotes(await this.committedNotes());
    const consumer = this.kafka.consumer(consumerConfig(kafkaGroupOf(this.request.group, topic), this.options));
    this.consumer = consumer;
    consumer.on(consumer.events.CRASH, ({ payload: { error } }) => {
      if (this.consumer === consumer && !this.stopping.signal.aborted) this.restarting ??= this.restart(error);
    });
    // Another member may have read on meanwhile.
    consumer.on(consumer.events.GROUP_JOIN, () => {
      this.rememberNotes(this.notes);
      this.notes.clear();
    });
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
      eachBatch: (payload) => this.take(payload),
    });
  }

  /** Finishes the batches in hand, commits them and leaves the group. */
  async stop(): Promise<void> {
    this.stopping.abort();
    for (const timer of this.resumptions) clearTimeout(timer);
    await this.restarting;
    await this.consumer?.disconnect();
  }

  private async restart(reason: Error): Promise<void> {
    const { signal } = this.stopping;
    const { group } = this.request;
    let error: unknown = reason;
    for (let attempt = 1; !signal.aborted; attempt++) {
      this.logger.warn({ err: error, group, attempt }, 'the consumer ended and will be started again');
      await pause(pauseMs(attempt, this.pauses), signal);
      if (signal.aborted) break;
      try {
        await this.consumer?.disconnect().catch(() => undefined);
        await this.start();
        break;
      } catch (failure) {
        error = failure;
      }
    }
    this.restarting = undefined;
  }

  /** One fetch of one partition, handed over in bounded batches. */
  private async take(payload: EachBatchPayload): Promise<void> {
    const { topic, partition, messages } = payload.batch;
    const size = this.request.batchSizeMax ?? BATCH_SIZE_DEFAULT;
    for (let from = 0; from < messages.length; from += size) {
      if (!payload.isRunning() || payload.isStale() || this.stopping.signal.aborted) return;
      if (!(await this.deliver(payload, messages.slice(from, from + size)))) {
        this.holdBack(payload, topic, partition);
        return;
      }
    }
  }

  /** @returns whether the handler resolved. Rejects when the group has changed or the commit failed: kafkajs joins again. */
  private async deliver(payload: EachBatchPayload, messages: readonly KafkaMessage[]): Promise<boolean> {
    const { topic, partition } = payload.batch;
    const membership = new Membership(payload, this.stopping.signal, this.options);
    let kept: string | undefined;
    try {
      await this.request.handler(
        messages.map((message) => toRecord(topic, partition, message)),
        { topic, partition, signal: membership.signal, heartbeat: () => membership.heartbeat(), note: () => this.noteOf(partition), keep: (note) => (kept = note) },
      );
    } catch (error) {
      if (membership.lost !== undefined) throw membership.lost;
      this.report(error, topic, partition);
      return false;
    } finally {
      membership.end();
    }
    const last = messages.at(-1) as KafkaMessage;
    const next = String(BigInt(last.offset) + 1n);
    // A commit without a note would wipe the one that is there.
    const metadata = kept ?? this.notes.get(partition);
    const place = { partition, offset: next, ...(metadata === undefined ? {} : { metadata }) };
    await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [place] }] });
    this.notes.set(partition, metadata);
    payload.resolveOffset(last.offset);
    this.attempts.delete(`${topic}/${partition}`);
    await payload.heartbeat();
    return true;
  }

  private async noteOf(partition: number): Promise<string | undefined> {
    if (!this.notes.has(partition)) this.notes.set(partition, (await this.committedNotes()).get(partition) ?? this.olderNotes.get(partition));
    return this.notes.get(partition);
  }

  private rememberNotes(notes: ReadonlyMap<number, string | undefined>): void {
    for (const [partition, note] of notes) if (note !== undefined) this.olderNotes.set(partition, note);
  }

  /** Nothing was resolved, so that the same records are fetched again when the partition is resumed. */
  private holdBack(payload: EachBatchPayload, topic: string, partition: number): void {
    const resume = payload.pause();
    const attempt = this.attempts.get(`${topic}/${partition}`) ?? 1;
    const timer = setTimeout(() => {
      this.resumptions.delete(timer);
      resume();
    }, pauseMs(attempt, this.pauses));
    this.resumptions.add(timer);
  }

  private report(error: unknown, topic: string, partition: number): void {
    const attempt = (this.attempts.get(`${topic}/${partition}`) ?? 0) + 1;
    this.attempts.set(`${topic}/${partition}`, attempt);
    try {
      this.request.onError?.(error, { topic, partition, attempt });
    } catch (failure) {
      this.logger.warn({ err: failure, topic, partition }, 'an error observer failed');
    }
  }
}

/** Keeps this member in the group while a handler works, and notices when it is no longer in it. */
class Membership {
  lost: Error | undefined;
  readonly signal: AbortSignal;
  private readonly leaving = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private readonly onStop = (): void => this.leaving.abort();

  constructor(
    private readonly payload: EachBatchPayload,
    private readonly stopping: AbortSignal,
    options: KafkaBusOptions,
  ) {
    this.signal = this.leaving.signal;
    stopping.addEventListener('abort', this.onStop, { once: true });
    const until = Date.now() + (options.handlerTimeMaxMs ?? 300_000);
    this.timer = setInterval(
      () => {
        // A handler that hangs must lose its partitions in the end: beyond its time nobody vouches for it.
        if (Date.now() < until) this.heartbeat().catch(() => undefined);
      },
      Math.floor((options.sessionTimeoutMs ?? 30_000) / 10),
    );
  }

  async heartbeat(): Promise<void> {
    try {
      await this.payload.heartbeat();
    } catch (error) {
      this.lost = error as Error;
      this.leaving.abort(error);
      throw error;
    }
  }

  end(): void {
    clearInterval(this.timer);
    this.stopping.removeEventListener('abort', this.onStop);
  }
}
