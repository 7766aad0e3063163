import { DelegatingEventStore, type AppendResult, type CallOptions, type EventStore, type ExpectedRevision, type NewEvent, type SubscribeOptions, type SubscriptionMessage } from '@qazyna/event-store';
import { activeTrace } from './active-trace.js';
import { TraceMemory } from './trace-memory.js';
import type { StartedSpan, Tracing } from './tracing.js';

/**
 * An event store whose appends are spans of the trace that caused them, and whose events carry it on
 * (`metadata.traceparent`). Where nothing is known to have caused an append, none is made up.
 */
export class TracedEventStore extends DelegatingEventStore {
  constructor(
    store: EventStore,
    private readonly tracing: Tracing,
    private readonly memory = new TraceMemory(),
  ) {
    super(store);
  }

  override async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[], options?: CallOptions): Promise<AppendResult> {
    // One append of the journal serves many traces: each gets its own span.
    const spans = new Map<string, StartedSpan>();
    const traced = events.map((event) => {
      const parent = this.parentOf(event);
      if (parent === undefined) return event;
      let span = spans.get(parent);
      if (span === undefined) {
        span = this.tracing.start(`append ${event.type}`, { kind: 'internal', parent, attributes: { 'qazyna.stream': stream, 'qazyna.append.events': events.length } });
        spans.set(parent, span);
      }
      return { ...event, metadata: { ...event.metadata, traceparent: span.traceparent } };
    });
    try {
      const result = await this.store.append(stream, expected, traced, options);
      for (const event of traced) this.memory.remember(stream, event);
      for (const span of spans.values()) span.end();
      return result;
    } catch (error) {
      for (const span of spans.values()) span.end(error);
      throw error;
    }
  }

  override async *subscribe(options?: SubscribeOptions): AsyncGenerator<SubscriptionMessage> {
    for await (const message of this.store.subscribe(options)) {
      if (message.kind === 'events') this.memory.rememberAll(message.events);
      yield message;
    }
  }

  private parentOf({ metadata: { causationId, correlationId } }: NewEvent): string | undefined {
    const active = activeTrace();
    const messages = active?.byMessage;
    return (
      (causationId === undefined ? undefined : messages?.get(causationId)) ??
      messages?.get(correlationId) ??
      this.memory.of(causationId) ??
      active?.traceparent ??
      this.memory.of(correlationId)
    );
  }
}
