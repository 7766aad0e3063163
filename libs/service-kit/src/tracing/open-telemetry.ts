import { ROOT_CONTEXT, SpanKind as OtelKind, SpanStatusCode, trace, type Context, type Span, type SpanContext, type Tracer } from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import { within } from '../lifecycle/within.js';
import type { SpanKind, SpanOptions, StartedSpan, Tracing } from './tracing.js';

const CLOSE_MS_MAX = 3_000;
const KINDS: Readonly<Record<SpanKind, OtelKind>> = {
  server: OtelKind.SERVER,
  producer: OtelKind.PRODUCER,
  consumer: OtelKind.CONSUMER,
  internal: OtelKind.INTERNAL,
};

export interface OpenTelemetryOptions {
  readonly service: string;
  /** Base URL of an OTLP/HTTP collector; `/v1/traces` is added (OTEL_EXPORTER_OTLP_ENDPOINT's rule). */
  readonly endpoint: string;
  /** Share of new traces that are kept, in percent; a trace that was begun elsewhere keeps its own mark. */
  readonly sampledPercent: number;
}

/** Traces sent to an OpenTelemetry collector in the background; a collector that is away costs spans, never work. */
export class OpenTelemetry implements Tracing {
  private readonly provider: TracerProvider;
  private readonly tracer: Tracer;

  constructor({ service, endpoint, sampledPercent }: OpenTelemetryOptions) {
    this.provider = new TracerProvider({
      resource: resourceFromAttributes({ 'service.name': service, 'service.namespace': 'qazyna' }),
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sampledPercent / 100) }),
      spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` }) })],
    });
    this.tracer = this.provider.getTracer('qazyna');
  }

  start(name: string, { kind, parent, links = [], attributes = {} }: SpanOptions): StartedSpan {
    const span = this.tracer.startSpan(name, { kind: KINDS[kind], attributes, links: links.flatMap(linkTo) }, contextOf(parent));
    return new OpenSpan(span);
  }

  async close(): Promise<void> {
    // What could not be sent by now is given up: a collector that is away must not hold up the end of the process.
    await within(CLOSE_MS_MAX, 'sending the last spans', this.provider.shutdown()).catch(() => undefined);
  }
}

class OpenSpan implements StartedSpan {
  readonly traceparent: string;

  constructor(private readonly span: Span) {
    const { traceId, spanId, traceFlags } = span.spanContext();
    this.traceparent = `00-${traceId}-${spanId}-${(traceFlags & 1).toString(16).padStart(2, '0')}`;
  }

  rename(name: string): void {
    this.span.updateName(name);
  }

  set(name: string, value: string | number): void {
    this.span.setAttribute(name, value);
  }

  end(error?: unknown): void {
    if (error !== undefined) this.span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'error' });
    this.span.end();
  }
}

/** A `traceparent` that is none begins a new trace. */
function contextOf(traceparent: string | undefined): Context {
  const parsed = contextIn(traceparent);
  return parsed === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parsed);
}

function contextIn(traceparent: string | undefined): SpanContext | undefined {
  const parsed = traceparent === undefined ? null : parseTraceParent(traceparent);
  return parsed === null ? undefined : { ...parsed, isRemote: true };
}

function linkTo(traceparent: string): { context: SpanContext }[] {
  const context = contextIn(traceparent);
  return context === undefined ? [] : [{ context }];
}
