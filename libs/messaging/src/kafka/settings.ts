import { logLevel, type ConsumerConfig, type KafkaConfig, type ProducerConfig, type RetryOptions } from 'kafkajs';
import type { MessagingLogger } from '../logger.js';

export interface KafkaBusOptions {
  /** `host:port` of some brokers; the others are found through them. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly logger?: MessagingLogger;
  readonly ssl?: NonNullable<KafkaConfig['ssl']>;
  readonly sasl?: NonNullable<KafkaConfig['sasl']>;
  /** Of topics this process creates. Default: the broker's. */
  readonly replicationFactor?: number;
  /** Records accepted and not yet acknowledged; above it, publishers wait. Default 20,000. */
  readonly queueRecordsMax?: number;
  /** Pauses between deliveries of a batch that fails, and between restarts of a consumer. */
  readonly pauses?: { readonly firstMs: number; readonly maxMs: number };
  /** After this long without an answer the broker expels a member. Default 30,000 ms. */
  readonly sessionTimeoutMs?: number;
  /** A handler that holds a batch longer is no longer kept in its group. Default 300,000 ms. */
  readonly handlerTimeMaxMs?: number;
}

/** Given in full: kafkajs takes other defaults when NODE_ENV is "test". About 12 s in all. */
export const RETRY: RetryOptions = { initialRetryTime: 100, factor: 0.2, multiplier: 2, maxRetryTime: 3_000, retries: 8 };

export function clientConfig(options: KafkaBusOptions, logger: MessagingLogger): KafkaConfig {
  return {
    brokers: [...options.brokers],
    clientId: options.clientId,
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    enforceRequestTimeout: true,
    retry: RETRY,
    ...(options.ssl === undefined ? {} : { ssl: options.ssl }),
    ...(options.sasl === undefined ? {} : { sasl: options.sasl }),
    logLevel: logLevel.WARN,
    // What kafkajs calls an error is retried by it or by us: only what we report ourselves needs a person.
    logCreator: () => (entry) => logger.debug({ kafka: { ...entry.log, level: entry.level, namespace: entry.namespace } }, `kafkajs: ${entry.log.message}`),
  };
}

export const PRODUCER: ProducerConfig = {
  idempotent: true,
  maxInFlightRequests: 1,
  allowAutoTopicCreation: false,
  retry: RETRY,
};

export function consumerConfig(groupId: string, options: KafkaBusOptions): ConsumerConfig {
  const sessionTimeout = options.sessionTimeoutMs ?? 30_000;
  return {
    groupId,
    sessionTimeout,
    rebalanceTimeout: Math.max(60_000, sessionTimeout),
    heartbeatInterval: Math.floor(sessionTimeout / 10),
    allowAutoTopicCreation: false,
    maxWaitTimeInMs: 500,
    maxBytesPerPartition: 1_048_576,
    maxBytes: 8 * 1_048_576,
    // A crashed consumer is restarted by us, in one way whatever the reason.
    retry: { ...RETRY, restartOnFailure: () => Promise.resolve(false) },
  };
}
