import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { ChainGuard, type ChainOptions } from '../chain/chain-guard.js';
import { BatchProcessor, type BatchProcessorOptions } from '../delivery/batch-processor.js';
import type { BatchConsumer, MessageBatch, Outcome } from '../delivery/batch.js';
import { noMetrics } from '../delivery/metrics.js';
import { silentLogger } from '../logger.js';
import type { BatchHandler, BusSubscription, MessageBus } from '../port.js';

export interface QazynaTransportOptions extends Omit<BatchProcessorOptions, 'group' | 'types' | 'deadLetterTopic'> {
  readonly bus: MessageBus;
  /** Default `qazyna.dead-letters.v1`. */
  readonly deadLetterTopic?: string;
  /** Most records handed to a handler at once. Default: the bus's. */
  readonly batchSizeMax?: number;
  /** Checks that no message of a relayed topic is missing. Default: nothing is checked. */
  readonly chain?: ChainOptions;
}

/** What `@EventPattern(topic, extras)` may say beside the topic. */
export interface HandlerExtras {
  /** Consumer group: each group gets every record once. */
  readonly group: string;
  /** Only these CloudEvents types are handed over; others are skipped. Default: all. */
  readonly types?: readonly string[];
  readonly batchSizeMax?: number;
}

interface Registration {
  readonly topic: string;
  readonly extras: HandlerExtras;
  readonly handler: MessageHandler<MessageBatch, unknown, readonly Outcome[] | undefined>;
}

export const DEAD_LETTER_TOPIC = 'qazyna.dead-letters.v1';

/**
 * Nest's transport over the message bus: `@EventPattern<string>(topic, { group })` methods receive a `MessageBatch`
 * and return outcomes. Nest chains handlers of one pattern behind each other, so that one's failure repeats the
 * others; here each is a subscription of its own, with its own group and offsets.
 */
export class QazynaTransport extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol('qazyna');
  /** The bus reports failures and delivers again; Nest must not swallow them. */
  override readonly propagatesEventHandlerErrors = true;
  private readonly registrations: Registration[] = [];
  private subscriptions: BusSubscription[] = [];

  constructor(private readonly options: QazynaTransportOptions) {
    super();
  }

  override addHandler(pattern: unknown, handler: MessageHandler, isEventHandler = false, extras: Record<string, unknown> = {}): void {
    if (!isEventHandler) throw new TypeError(`${String(pattern)}: messages have no replies; use @EventPattern`);
    if (typeof pattern !== 'string') throw new TypeError('a pattern is the name of a topic');
    if (typeof extras['group'] !== 'string' || extras['group'] === '') throw new TypeError(`the handler of ${pattern} must name its group: @EventPattern('${pattern}', { group: '…' })`);
    const registration = { topic: pattern, extras: extras as unknown as HandlerExtras, handler };
    if (this.registrations.some(({ topic, extras: { group } }) => topic === pattern && group === registration.extras.group)) {
      throw new TypeError(`two handlers read ${pattern} as group ${registration.extras.group}: each would see only a part; give them different groups`);
    }
    this.registrations.push(registration);
    // Kept here too for what Nest and its tools list, under a name that cannot collide.
    this.messageHandlers.set(`${pattern}#${registration.extras.group}`, handler);
  }

  /** What is subscribed, each with its handler: a replayed message goes to one of them, and to no other group. */
  consumers(): readonly { readonly topic: string; readonly group: string; readonly types: readonly string[] | undefined; readonly consume: BatchConsumer }[] {
    return this.registrations.map(({ topic, extras: { group, types }, handler }) => ({ topic, group, types, consume: async (batch) => settled(await handler(batch, { topic, group })) }));
  }

  /** Calls back when every handler is subscribed, or with the error. */
  listen(callback: (error?: unknown) => void): void {
    this.start().then(
      () => callback(),
      (error: unknown) => callback(error),
    );
  }

  /** Finishes the batches in hand, commits them and leaves the groups. The bus itself stays open. */
  async close(): Promise<void> {
    await Promise.all(this.subscriptions.splice(0).map((subscription) => subscription.stop()));
  }

  on(): never {
    throw new Error('the message bus has no events to listen to: use its metrics');
  }

  unwrap<T>(): T {
    return this.options.bus as T;
  }

  private async start(): Promise<void> {
    try {
      for (const registration of this.registrations) this.subscriptions.push(await this.subscribe(registration));
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  private subscribe({ topic, extras, handler }: Registration): Promise<BusSubscription> {
    const { bus, logger = silentLogger, metrics = noMetrics } = this.options;
    const { group, types } = extras;
    const processor = new BatchProcessor(async (batch) => settled(await handler(batch, { topic, group })), {
      ...this.options,
      deadLetterTopic: this.options.deadLetterTopic ?? DEAD_LETTER_TOPIC,
      group,
      ...(types === undefined ? {} : { types }),
    });
    const handle: BatchHandler = (records, context) => processor.process(records, context);
    const { chain } = this.options;
    const relayed = chain?.topics.get(topic);
    const guard = chain && relayed && new ChainGuard(relayed, group, bus, chain, handle);
    const batchSizeMax = extras.batchSizeMax ?? this.options.batchSizeMax;
    return bus.subscribe({
      topics: [topic],
      group,
      handler: guard === undefined ? handle : (records, context) => guard.process(records, context),
      ...(batchSizeMax === undefined ? {} : { batchSizeMax }),
      onError: (error, context) => {
        metrics.redelivered(context.topic, group);
        logger.warn({ err: error, ...context, group }, 'a delivery failed and will be repeated');
      },
    });
  }
}

/** A handler behind an interceptor answers with an observable. */
async function settled(result: unknown): Promise<readonly Outcome[] | undefined> {
  const value: unknown = isObservable(result) ? await lastValueFrom(result, { defaultValue: undefined }) : result;
  return value as readonly Outcome[] | undefined;
}
