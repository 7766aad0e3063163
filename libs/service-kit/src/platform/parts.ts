import type { CheckpointStore, Clock, EventStore, IdSource } from '@qazyna/event-store';
import type { MessageBus } from '@qazyna/messaging';
import type { PlatformConfig } from '../config/platform-config.js';
import type { ServiceLogger } from '../logging/logger.js';
import type { ServiceMetrics } from '../metrics/metrics.js';
import type { Tracing } from '../tracing/tracing.js';

/** What a service stands on. Opened once per process, handed to Nest by `PlatformModule`, closed last. */
export interface PlatformParts {
  /** The service's name: consumer groups, relays' checkpoints and log lines carry it. */
  readonly service: string;
  readonly config: PlatformConfig;
  readonly store: EventStore;
  readonly bus: MessageBus;
  readonly checkpoints: CheckpointStore;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: ServiceLogger;
  readonly metrics: ServiceMetrics;
  /** Undefined where nothing is traced. */
  readonly tracing: Tracing | undefined;
  /** Bus, then store, then checkpoints; each is tried even when the one before fails. */
  close(): Promise<void>;
}

/** Parts given from outside, for tests and for composition roots with parts of their own. They are closed with the rest. */
export type PartOverrides = Partial<Pick<PlatformParts, 'store' | 'bus' | 'checkpoints' | 'clock' | 'ids' | 'logger' | 'tracing'>>;
