import type { CheckpointStore, EventStore, Position, RecordedEvent, SubscriptionMessage } from '@qazyna/event-store';
import { chainUntil, saveHeads } from '../chain/links.js';
import { encodeRecord } from '../cloud-events/kafka-binding.js';
import { silentLogger, type MessagingLogger } from '../logger.js';
import { DEFAULT_PAUSES, pause, pauseMs, type PauseBounds } from '../pauses.js';
import type { Chain } from '../chain/links.js';
import type { MessageBus, OutgoingRecord } from '../port.js';
import { toCloudEvent } from './to-cloud-event.js';

export interface RelayOptions {
  /** Names the checkpoint: keep it for the life of the installation. */
  readonly name: string;
  readonly store: EventStore;
  readonly bus: MessageBus;
  readonly checkpoints: CheckpointStore;
  readonly topic: string;
  /** Only events of streams whose name starts with one of these. */
  readonly streamPrefixes: readonly string[];
  /** The service whose events they are; the messages' source is `/qazyna/<service>`. */
  readonly service: string;
  /** CloudEvents type of an event. Default `qazyna.<type>.v<schemaVersion>`. */
  readonly messageType?: (event: RecordedEvent) => string;
  /** Default: the stream, so that a stream's events stay in order. */
  readonly partitionKey?: (event: RecordedEvent) => string;
  /** Most records of one publish. Default 500. */
  readonly batchSizeMax?: number;
  readonly pauses?: PauseBounds;
  readonly logger?: MessagingLogger;
  /** Told of each publish, for metrics. */
  readonly onPublished?: (events: number) => void;
}

export interface RelayStatus {
  /** Everything up to here is on the bus. */
  readonly relayed: Position | undefined;
  readonly head: Position | undefined;
  /** Whether the relay has seen all that the store has. */
  readonly caughtUp: boolean;
  /** Why the last try failed; undefined while it runs well. */
  readonly failure: string | undefined;
}

/** Events after which the heads of the chain are kept: a start reads at most about so many again. */
const HEADS_EVERY = 10_000;

/**
 * Publishes the events of the store to the bus, each at least once and in the order of the log. The checkpoint is
 * saved after the publish: a crash in between repeats messages, and loses none.
 */
export class Relay {
  private readonly stopping = new AbortController();
  private readonly logger: MessagingLogger;
  private running: Promise<void> | undefined;
  private relayed: Position | undefined;
  private failure: string | undefined;
  /** Events linked since the heads were kept. */
  private unsaved = 0;

  constructor(private readonly options: RelayOptions) {
    this.logger = options.logger ?? silentLogger;
  }

  /** Starts relaying in the background; failures are retried for ever with bounded pauses. */
  start(): void {
    this.running ??= this.supervise();
  }

  /** Finishes the publish in hand and saves its checkpoint. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** For readiness and metrics. @throws {StoreUnavailable} */
  async status(signal?: AbortSignal): Promise<RelayStatus> {
    const head = await this.options.store.head(signal === undefined ? {} : { signal });
    const caughtUp = head === undefined || (this.relayed !== undefined && this.relayed >= head);
    return { relayed: this.relayed, head, caughtUp, failure: this.failure };
  }

  private async supervise(): Promise<void> {
    const { signal } = this.stopping;
    let attempt = 0;
    while (!signal.aborted) {
      try {
        await this.run(() => {
          attempt = 0;
          this.failure = undefined;
        });
      } catch (error) {
        if (signal.aborted) return;
        attempt += 1;
        this.failure = error instanceof Error ? error.message : String(error);
        this.logger.warn({ err: error, relay: this.options.name, attempt }, 'the relay failed and will try again from its checkpoint');
        await pause(pauseMs(attempt, this.options.pauses ?? DEFAULT_PAUSES), signal);
      }
    }
  }

  private async run(onProgress: () => void): Promise<void> {
    const { store, bus, topic, checkpoints, name, streamPrefixes } = this.options;
    this.relayed = await checkpoints.load(name);
    const partitioner = await bus.partitioner(topic);
    // From what is durable and never from memory: a publish that failed has moved the chain in memory ahead.
    const chain = await chainUntil(this.relayed, { name, store, checkpoints, topic: this.options, partitioner, signal: this.stopping.signal });
    if (this.relayed !== undefined) await saveHeads(this.relayed, chain.snapshot(), this.options);
    this.unsaved = 0;
    const subscription = store.subscribe({
      ...(this.relayed === undefined ? {} : { after: this.relayed }),
      filter: { streamPrefixes },
      signal: this.stopping.signal,
    });
    for await (const message of subscription) {
      await this.take(message, chain);
      onProgress();
      if (this.stopping.signal.aborted) break;
    }
  }

  private async take(message: SubscriptionMessage, chain: Chain): Promise<void> {
    const { checkpoints, name } = this.options;
    const { position } = message;
    if (position === undefined || position === this.relayed) return;
    if (message.kind === 'events') await this.publish(message.events, chain);
    await checkpoints.save(name, position);
    this.relayed = position;
    if (this.unsaved < HEADS_EVERY) return;
    await saveHeads(position, chain.snapshot(), this.options);
    this.unsaved = 0;
  }

  private async publish(events: readonly RecordedEvent[], chain: Chain): Promise<void> {
    const { bus, topic, batchSizeMax = 500 } = this.options;
    for (let from = 0; from < events.length; from += batchSizeMax) {
      const records: OutgoingRecord[] = events.slice(from, from + batchSizeMax).map((event) => encodeRecord(toCloudEvent(event, this.options, chain.link(event))));
      await bus.publish(topic, records);
      this.unsaved += records.length;
      this.options.onPublished?.(records.length);
    }
  }
}
