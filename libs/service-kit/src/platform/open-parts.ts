import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { EventStoreDbStore, SqliteCheckpoints, SqliteEventStore, systemClock, systemIds } from '@qazyna/event-store';
import type { CheckpointStore, Clock, EventStore } from '@qazyna/event-store';
import { EmbeddedBus, KafkaBus } from '@qazyna/messaging';
import type { MessageBus } from '@qazyna/messaging';
import type { PlatformConfig } from '../config/platform-config.js';
import { createLogger } from '../logging/logger.js';
import type { ServiceLogger } from '../logging/logger.js';
import { MeasuredEventStore } from '../metrics/measured-store.js';
import { ServiceMetrics } from '../metrics/metrics.js';
import { openTracing } from '../tracing/open-tracing.js';
import { TracedBus } from '../tracing/traced-bus.js';
import { TracedEventStore } from '../tracing/traced-store.js';
import { ClosingStack } from './closing-stack.js';
import type { PartOverrides, PlatformParts } from './parts.js';

/**
 * Opens the adapters that the configuration chooses. When one cannot be opened, those opened before are closed again.
 * @throws {StoreUnavailable | StoreUnusable | BusUnavailable} the store or the bus cannot be used
 */
export async function openParts(config: PlatformConfig, service: string, overrides: PartOverrides = {}): Promise<PlatformParts> {
  const logger = overrides.logger ?? createLogger({ service, level: config.logLevel, pretty: config.logPretty });
  const metrics = new ServiceMetrics(service);
  const clock = overrides.clock ?? systemClock;
  const closing = new ClosingStack();
  closing.add('metrics', () => metrics.close());
  try {
    const tracing = overrides.tracing ?? (await openTracing(config, service));
    if (tracing !== undefined) closing.add('traces', () => tracing.close());
    mkdirSync(config.dataDir, { recursive: true });
    const checkpoints = overrides.checkpoints ?? openCheckpoints(config, service, closing);
    const store = overrides.store ?? (await openStore(config, clock, logger));
    closing.add('event store', () => store.close());
    const bus = overrides.bus ?? (await openBus(config, service, clock, logger));
    closing.add('message bus', () => bus.close());
    return {
      service,
      config,
      store: traced(new MeasuredEventStore(store, metrics), tracing),
      bus: tracing === undefined ? bus : new TracedBus(bus, tracing),
      checkpoints,
      clock,
      ids: overrides.ids ?? systemIds,
      logger,
      metrics,
      tracing,
      close: () => closing.close(),
    };
  } catch (error) {
    await closing.close().catch((closingError: unknown) => logger.warn({ err: closingError }, 'closing after a failed start'));
    throw error;
  }
}

function traced(store: EventStore, tracing: PlatformParts['tracing']): EventStore {
  return tracing === undefined ? store : new TracedEventStore(store, tracing);
}

function openCheckpoints(config: PlatformConfig, service: string, closing: ClosingStack): CheckpointStore {
  const checkpoints = SqliteCheckpoints.open({ file: join(config.dataDir, `${service}-checkpoints.sqlite`) });
  closing.add('checkpoints', () => checkpoints.close());
  return checkpoints;
}

async function openStore(config: PlatformConfig, clock: Clock, logger: ServiceLogger): Promise<EventStore> {
  if (config.eventStoreUrl === undefined) {
    return SqliteEventStore.open({ file: join(config.dataDir, 'events.sqlite'), clock, timeoutMs: config.storeTimeoutMs });
  }
  return EventStoreDbStore.connect({
    url: config.eventStoreUrl,
    timeoutMs: config.storeTimeoutMs,
    onDisconnect: (error) => logger.warn({ err: error }, 'a subscription lost the event store and comes back'),
  });
}

async function openBus(config: PlatformConfig, service: string, clock: Clock, logger: ServiceLogger): Promise<MessageBus> {
  if (config.kafkaBrokers === undefined) return EmbeddedBus.open({ file: join(config.dataDir, 'bus.sqlite'), clock });
  const { kafkaUsername: username, kafkaPassword: password } = config;
  return KafkaBus.connect({
    brokers: [...config.kafkaBrokers],
    clientId: service,
    logger,
    sessionTimeoutMs: config.kafkaSessionMs,
    ...(config.kafkaTls ? { ssl: true } : {}),
    ...(username === undefined || password === undefined ? {} : { sasl: { mechanism: 'scram-sha-512', username, password } }),
  });
}
