import type { ChainBreak, MessagingMetrics, Relay } from '@qazyna/messaging';
import { Counter, Gauge } from 'prom-client';
import type { PlatformParts } from '../platform/parts.js';
import type { ServiceMetrics } from './metrics.js';

/** Longest wait for a lag while the figures are read: a scrape must not hang on a broker that is away. */
const LAG_TIMEOUT_MS = 2000;

/** The transport's figures as Prometheus series. */
export function messagingMetrics(metrics: ServiceMetrics): MessagingMetrics {
  return {
    processed: (topic, group, messages) => metrics.messagesProcessed.inc({ topic, group }, messages),
    skipped: (topic, group, messages) => metrics.messagesSkipped.inc({ topic, group }, messages),
    deadLettered: (topic, group, reason) => metrics.messagesDeadLettered.inc({ topic, group, reason }),
    redelivered: (topic, group) => metrics.messagesRedelivered.inc({ topic, group }),
    batch: (topic, group, records, durationMs) => {
      metrics.messageBatchRecords.observe({ topic, group }, records);
      metrics.messageBatchSeconds.observe({ topic, group }, durationMs / 1000);
    },
  };
}

export interface PipelineMetrics {
  readonly gaps: Counter<'topic' | 'group' | 'kind'>;
  readonly repairs: Counter<'topic' | 'group'>;
  readonly repairedEvents: Counter<'topic' | 'group'>;
}

/** What was found missing between the log and the consumers of this process. */
export function pipelineMetrics(metrics: ServiceMetrics): PipelineMetrics {
  const registers = [metrics.registry];
  return {
    gaps: new Counter({ name: 'qazyna_pipeline_gaps_total', help: 'Messages that did not follow the one before, by kind: gap, step-back, fork.', labelNames: ['topic', 'group', 'kind'], registers }),
    repairs: new Counter({ name: 'qazyna_pipeline_repairs_total', help: 'Gaps made good from the event store.', labelNames: ['topic', 'group'], registers }),
    repairedEvents: new Counter({ name: 'qazyna_pipeline_repaired_events_total', help: 'Events handled from the event store in place of lost messages.', labelNames: ['topic', 'group'], registers }),
  };
}

/** How many partitions stand still because of a gap that is not repaired. */
export function watchGaps(metrics: ServiceMetrics, waiting: () => readonly ChainBreak[]): void {
  new Gauge({
    name: 'qazyna_pipeline_stopped_partitions',
    help: 'Partitions whose messages are not handled until what is missing is found.',
    registers: [metrics.registry],
    collect(): void {
      this.set(waiting().length);
    },
  });
}

/** How far each consumer group is behind, asked for when the figures are read. */
export function watchConsumers(parts: PlatformParts, transport: { getHandlers(): ReadonlyMap<string, unknown> }): void {
  new Gauge({
    name: 'qazyna_consumer_lag_messages',
    help: 'Messages a consumer group has not read yet; absent while the bus does not answer.',
    labelNames: ['topic', 'group'],
    registers: [parts.metrics.registry],
    async collect(): Promise<void> {
      this.reset();
      for (const key of transport.getHandlers().keys()) {
        const [topic = '', group = ''] = key.split('#');
        const lags = await answered(parts.bus.lag(group, [topic]));
        if (lags === undefined) continue;
        const backlogSize = lags.reduce((sum, lag) => sum + (lag.end - lag.committed), 0n);
        this.set({ topic, group }, Number(backlogSize));
      }
    },
  });
}

/** Whether each relay has caught up, asked for when the figures are read. */
export function watchRelays(parts: PlatformParts, relays: readonly { readonly topic: string; readonly relay: Relay }[]): void {
  new Gauge({
    name: 'qazyna_relay_behind',
    help: '1 while a relay has not published everything the event store has, or cannot tell; else 0.',
    labelNames: ['topic'],
    registers: [parts.metrics.registry],
    async collect(): Promise<void> {
      for (const { topic, relay } of relays) {
        const status = await answered(relay.status(AbortSignal.timeout(LAG_TIMEOUT_MS)));
        this.set({ topic }, status?.caughtUp === true ? 0 : 1);
      }
    },
  });
}

/** The answer, or undefined when it fails or takes too long. */
async function answered<T>(asked: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), LAG_TIMEOUT_MS);
  });
  try {
    return await Promise.race([asked, limit]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
