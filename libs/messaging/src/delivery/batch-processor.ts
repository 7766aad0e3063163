import { decodeRecord, peekType } from '../cloud-events/kafka-binding.js';
import { MalformedMessage } from '../cloud-events/malformed-message.js';
import type { CloudEventLimits } from '../cloud-events/cloud-event.js';
import { silentLogger, type MessagingLogger } from '../logger.js';
import type { BatchContext, MessageBus, OutgoingRecord, ReceivedRecord } from '../port.js';
import type { BatchConsumer, DecodedMessage, Outcome } from './batch.js';
import { toDeadLetter, type Reason } from './dead-letters.js';
import { isInfrastructureFault } from './infrastructure-faults.js';
import { noMetrics, type MessagingMetrics } from './metrics.js';
import type { MessageValidator } from './validation.js';

export interface BatchProcessorOptions {
  readonly bus: MessageBus;
  readonly validator: MessageValidator;
  readonly group: string;
  readonly deadLetterTopic: string;
  /** Only these types are handed over; others are skipped. Default: all. */
  readonly types?: readonly string[];
  /** Deliveries of a failing batch before it is tried record by record. Default 5. */
  readonly attemptsMax?: number;
  readonly limits?: CloudEventLimits;
  readonly clock?: { now(): Date };
  readonly logger?: MessagingLogger;
  readonly metrics?: MessagingMetrics;
}

interface Refused {
  readonly record: ReceivedRecord;
  readonly reason: Reason;
}

/**
 * Stands between the bus and a service's handler: decodes, validates, and puts what can never succeed aside, so that
 * the healthy flow on. Resolves when every record is dealt with durably; rejects when the batch must come again.
 */
export class BatchProcessor {
  /** Failed deliveries by partition, of the batch that starts at `offset`. */
  private readonly failures = new Map<string, { offset: bigint; attempts: number }>();
  private readonly logger: MessagingLogger;
  private readonly metrics: MessagingMetrics;
  private readonly attemptsMax: number;

  constructor(
    private readonly consumer: BatchConsumer,
    private readonly options: BatchProcessorOptions,
  ) {
    this.logger = options.logger ?? silentLogger;
    this.metrics = options.metrics ?? noMetrics;
    this.attemptsMax = options.attemptsMax ?? 5;
  }

  async process(records: readonly ReceivedRecord[], context: BatchContext): Promise<void> {
    const started = performance.now();
    const place = `${context.topic}/${context.partition}`;
    const offset = records[0]?.offset ?? 0n;
    const attempt = this.attemptOf(place, offset);
    const refused: Refused[] = [];
    const { batch, skipped } = this.decode(records, refused);
    if (batch.length > 0) {
      try {
        refused.push(...(await this.consume(batch)));
      } catch (error) {
        if (isInfrastructureFault(error) || context.signal.aborted) throw error;
        this.failures.set(place, { offset, attempts: attempt });
        if (attempt < this.attemptsMax) throw error;
        this.logger.warn({ err: error, topic: context.topic, partition: context.partition, offset, group: this.options.group, attempt }, 'a batch keeps failing: trying it record by record');
        refused.push(...(await this.isolate(batch, context)));
      }
    }
    await this.putAside(refused, attempt);
    this.failures.delete(place);
    if (skipped > 0) this.metrics.skipped(context.topic, this.options.group, skipped);
    this.metrics.processed(context.topic, this.options.group, records.length - refused.length - skipped);
    this.metrics.batch(context.topic, this.options.group, records.length, performance.now() - started);
  }

  private attemptOf(place: string, offset: bigint): number {
    const failed = this.failures.get(place);
    return failed?.offset === offset ? failed.attempts + 1 : 1;
  }

  private decode(records: readonly ReceivedRecord[], refused: Refused[]): { batch: DecodedMessage[]; skipped: number } {
    const batch: DecodedMessage[] = [];
    let skipped = 0;
    for (const record of records) {
      try {
        const message = this.decodeOne(record);
        if (message === 'skip') skipped += 1;
        else if ('reason' in message) refused.push(message);
        else batch.push(message);
      } catch (error) {
        if (!(error instanceof MalformedMessage)) throw error;
        refused.push({ record, reason: { code: error.code, field: error.field, message: error.message } });
      }
    }
    return { batch, skipped };
  }

  private decodeOne(record: ReceivedRecord): DecodedMessage | Refused | 'skip' {
    const { types, validator, limits } = this.options;
    const peeked = peekType(record);
    if (types !== undefined && peeked !== undefined && !types.includes(peeked)) return 'skip';
    const event = decodeRecord(record, limits);
    if (types !== undefined && !types.includes(event.type)) return 'skip';
    const verdict = validator.validate(event.type, event.data);
    if (!verdict.ok) return { record, reason: { code: verdict.code, field: verdict.field, message: verdict.message } };
    return { event: { ...event, data: verdict.value }, record };
  }

  /** @returns what the handler refused */
  private async consume(batch: readonly DecodedMessage[]): Promise<Refused[]> {
    const outcomes: readonly Outcome[] | undefined = await this.consumer(batch);
    if (outcomes === undefined) return [];
    if (!Array.isArray(outcomes) || outcomes.length !== batch.length) {
      throw new TypeError(`the handler of ${this.options.group} must return one outcome per message (${batch.length}) or nothing`);
    }
    return batch.flatMap(({ record }, index) => {
      const outcome = outcomes[index] as Outcome;
      return outcome.kind === 'dead-letter' ? [{ record, reason: outcome }] : [];
    });
  }

  /** One by one, so that the record at fault is found and the others take effect. */
  private async isolate(batch: readonly DecodedMessage[], context: BatchContext): Promise<Refused[]> {
    const refused: Refused[] = [];
    for (const message of batch) {
      context.signal.throwIfAborted();
      try {
        refused.push(...(await this.consume([message])));
      } catch (error) {
        if (isInfrastructureFault(error)) throw error;
        refused.push({ record: message.record, reason: reasonOf(error) });
      }
      await context.heartbeat();
    }
    return refused;
  }

  /** Resolves after the dead-letter topic's acknowledgement. */
  private async putAside(refused: readonly Refused[], attempts: number): Promise<void> {
    if (refused.length === 0) return;
    const { bus, deadLetterTopic, group } = this.options;
    const time = this.options.clock?.now() ?? new Date();
    // In the order of the log, whoever refused them.
    const letters: OutgoingRecord[] = [...refused]
      .sort((a, b) => (a.record.offset < b.record.offset ? -1 : 1))
      .map(({ record, reason }) => toDeadLetter(record, reason, { group, attempts, time }));
    await bus.publish(deadLetterTopic, letters);
    for (const { record, reason } of refused) {
      this.metrics.deadLettered(record.topic, group, reason.code);
      this.logger.warn({ topic: record.topic, partition: record.partition, offset: record.offset, group, code: reason.code, field: reason.field }, 'message put aside as a dead letter');
    }
  }
}

function reasonOf(error: unknown): Reason {
  const code = (error as { code?: unknown } | null)?.code;
  return { code: typeof code === 'string' ? code : 'handler-failed', message: error instanceof Error ? error.message : String(error) };
}
