import type { INestApplication } from '@nestjs/common';
import { catalogueValidator, RELAYED_TOPICS, TOPICS } from '@qazyna/contracts';
import { connectMessaging, DEAD_LETTER_TOPIC, Relay } from '@qazyna/messaging';
import type { BusSubscription, QazynaTransport, RelayedTopic, TopicSpec } from '@qazyna/messaging';
import { consumeReplays } from '../dead-letters/replays.consumer.js';
import { ReadinessRegistry } from '../health/readiness-registry.js';
import { messagingMetrics, pipelineMetrics, watchConsumers, watchGaps, watchRelays } from '../metrics/messaging-metrics.js';
import type { PlatformParts } from '../platform/parts.js';
import { PipelineAlarms } from './pipeline-alarms.js';
import type { ServiceDefinition } from './service-definition.js';

/** A replay that nobody took for so long is sent again when the register starts. */
const REPLAYS_KEPT_MS = 30 * 24 * 3_600_000;

/** The topics of the definition, and those for dead letters and their way back, without which nothing could be put aside. */
export function topicsOf(definition: ServiceDefinition): readonly TopicSpec[] {
  const needed: readonly TopicSpec[] = [
    { name: DEAD_LETTER_TOPIC, partitions: 1 },
    { name: TOPICS.replays, partitions: 1, retentionMs: REPLAYS_KEPT_MS },
  ];
  return [...definition.topics, ...needed.filter(({ name }) => !definition.topics.some((topic) => topic.name === name))];
}

/** Hands dead letters that an operator sends back to the handlers that refused them. A service without handlers reads none. */
export async function connectReplays(parts: PlatformParts, definition: ServiceDefinition, transport: QazynaTransport): Promise<BusSubscription | undefined> {
  const targets = transport.consumers();
  if (targets.length === 0) return undefined;
  const { store, bus, logger } = parts;
  return consumeReplays({ service: definition.name, store, bus, logger, targets, validator: definition.validator ?? catalogueValidator });
}

/**
 * Connects the module's `@EventPattern` handlers to the bus; they receive nothing before `app.startAllMicroservices()`.
 * Those of relayed topics handle nothing that does not follow what they handled before.
 */
export function connectConsumers(app: INestApplication, parts: PlatformParts, definition: ServiceDefinition): QazynaTransport {
  const { bus, store, clock, logger, metrics } = parts;
  const alarms = new PipelineAlarms({ service: definition.name, store, clock, logger, metrics: pipelineMetrics(metrics) });
  const transport = connectMessaging(app, {
    bus,
    validator: definition.validator ?? catalogueValidator,
    clock,
    logger,
    metrics: messagingMetrics(metrics),
    chain: { store, topics: relayedTopics(definition), observer: alarms },
  });
  watchConsumers(parts, transport);
  watchGaps(metrics, () => alarms.waiting());
  app.get(ReadinessRegistry).register('pipeline', () => Promise.resolve(alarms.health()));
  return transport;
}

/** What every service relays, and what this one does. */
function relayedTopics({ name, relays }: ServiceDefinition): ReadonlyMap<string, RelayedTopic> {
  const own = relays.map(({ topic, streamPrefixes, service = name }) => [topic, { service, streamPrefixes }] as const);
  return new Map<string, RelayedTopic>([...RELAYED_TOPICS, ...own]);
}

/** The relays of the definition, not started yet, each with a readiness indicator and its figures. */
export function createRelays(app: INestApplication, parts: PlatformParts, definition: ServiceDefinition): readonly Relay[] {
  const readiness = app.get(ReadinessRegistry);
  const relays = definition.relays.map((spec) => {
    const relay = new Relay({
      name: `relay:${spec.topic}`,
      store: parts.store,
      bus: parts.bus,
      checkpoints: parts.checkpoints,
      topic: spec.topic,
      streamPrefixes: spec.streamPrefixes,
      service: spec.service ?? definition.name,
      logger: parts.logger,
      onPublished: (events) => parts.metrics.relayPublished.inc({ topic: spec.topic }, events),
    });
    readiness.register(`relay ${spec.topic}`, async (signal) => {
      const { caughtUp, failure } = await relay.status(signal);
      // The failure's own text may name hosts; the log has it.
      if (failure !== undefined) return { ok: false, detail: 'the last try failed and is repeated' };
      return { ok: true, detail: caughtUp ? 'caught up' : 'catching up' };
    });
    return { topic: spec.topic, relay };
  });
  watchRelays(parts, relays);
  return relays.map(({ relay }) => relay);
}
