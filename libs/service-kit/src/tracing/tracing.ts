/**
 * What the parts need of a tracer. The rest of the system passes texts in the form of W3C Trace Context
 * (https://www.w3.org/TR/trace-context/#traceparent-header) and does not know OpenTelemetry.
 */

export type SpanKind = 'server' | 'producer' | 'consumer' | 'internal';

export interface SpanOptions {
  readonly kind: SpanKind;
  /** `traceparent` of what led here; without one a new trace begins. */
  readonly parent?: string | undefined;
  /** `traceparent`s of other traces that this span works for. */
  readonly links?: readonly string[];
  readonly attributes?: Readonly<Record<string, string | number>>;
}

export interface StartedSpan {
  readonly traceparent: string;
  /** Renames it, once its real name is known. */
  rename(name: string): void;
  set(name: string, value: string | number): void;
  /** With an error the span says that it failed. */
  end(error?: unknown): void;
}

export interface Tracing {
  start(name: string, options: SpanOptions): StartedSpan;
  /** Sends what waits to be sent, within a bound. */
  close(): Promise<void>;
}
