import type { BatchHandler, BusSubscription, GroupLag, MessageBus, OutgoingRecord, Partitioner, SubscriptionRequest, TopicSpec } from '@qazyna/messaging';
import { runTraced } from './active-trace.js';
import type { Tracing } from './tracing.js';

/** OpenTelemetry bounds a span's links at 128 by default. */
const LINKS_MAX = 128;

/** A bus whose publishes and batches are spans, linked to the traces of the messages in them. */
export class TracedBus implements MessageBus {
  constructor(
    private readonly bus: MessageBus,
    private readonly tracing: Tracing,
  ) {}

  async publish(topic: string, records: readonly OutgoingRecord[]): Promise<void> {
    const traces = tracesOf(records);
    if (traces.size === 0) return this.bus.publish(topic, records);
    const span = this.tracing.start(`publish ${topic}`, { kind: 'producer', ...describing(topic, records, traces) });
    try {
      await this.bus.publish(topic, records);
      span.end();
    } catch (error) {
      span.end(error);
      throw error;
    }
  }

  subscribe(request: SubscriptionRequest): Promise<BusSubscription> {
    const handler: BatchHandler = async (records, context) => {
      const byMessage = tracesOf(records);
      const span = this.tracing.start(`process ${context.topic}`, { kind: 'consumer', ...describing(context.topic, records, byMessage, request.group) });
      try {
        await runTraced({ traceparent: span.traceparent, byMessage }, () => request.handler(records, context));
        span.end();
      } catch (error) {
        span.end(error);
        throw error;
      }
    };
    return this.bus.subscribe({ ...request, handler });
  }

  ensureTopics(topics: readonly TopicSpec[]): Promise<void> {
    return this.bus.ensureTopics(topics);
  }

  partitioner(topic: string): Promise<Partitioner> {
    return this.bus.partitioner(topic);
  }

  lag(group: string, topics: readonly string[]): Promise<readonly GroupLag[]> {
    return this.bus.lag(group, topics);
  }

  ping(): Promise<void> {
    return this.bus.ping();
  }

  close(): Promise<void> {
    return this.bus.close();
  }
}

/** The trace of each message that has one, by its id. Binary mode; in structured mode the body would have to be read twice. */
function tracesOf(records: readonly OutgoingRecord[]): ReadonlyMap<string, string> {
  const traces = new Map<string, string>();
  for (const { headers } of records) {
    const { ce_id: id, ce_traceparent: traceparent } = headers;
    if (id !== undefined && traceparent !== undefined) traces.set(id, traceparent);
  }
  return traces;
}

function describing(topic: string, records: readonly OutgoingRecord[], traces: ReadonlyMap<string, string>, group?: string): { parent?: string; links: readonly string[]; attributes: Record<string, string | number> } {
  const distinct = [...new Set(traces.values())];
  const [only] = distinct;
  return {
    // A batch of one trace is a part of it; a batch of many is a trace of its own that points at them.
    ...(distinct.length === 1 && only !== undefined ? { parent: only } : {}),
    links: distinct.slice(0, LINKS_MAX),
    attributes: {
      'messaging.destination.name': topic,
      'messaging.batch.message_count': records.length,
      ...(group === undefined ? {} : { 'messaging.consumer.group.name': group }),
    },
  };
}
