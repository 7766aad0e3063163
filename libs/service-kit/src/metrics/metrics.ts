import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

const HTTP_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const STORE_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 10];
const BATCH_RECORDS = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000];

/** The figures of one running service. Each has its own registry, so that a process can run several. */
export class ServiceMetrics {
  readonly registry = new Registry();
  readonly httpSeconds: Histogram<'method' | 'route' | 'status'>;
  readonly httpInFlight: Gauge;
  readonly messagesProcessed: Counter<'topic' | 'group'>;
  readonly messagesSkipped: Counter<'topic' | 'group'>;
  readonly messagesDeadLettered: Counter<'topic' | 'group' | 'reason'>;
  readonly messagesRedelivered: Counter<'topic' | 'group'>;
  readonly messageBatchRecords: Histogram<'topic' | 'group'>;
  readonly messageBatchSeconds: Histogram<'topic' | 'group'>;
  readonly appendSeconds: Histogram<'outcome'>;
  readonly appendEvents: Histogram;
  readonly relayPublished: Counter<'topic'>;
  readonly readModelBuilds: Counter<'view' | 'outcome'>;
  readonly upstreamSignatures: Counter<'code'>;
  readonly ready: Gauge<'component'>;

  constructor(service: string) {
    const registers = [this.registry];
    this.registry.setDefaultLabels({ service });
    collectDefaultMetrics({ register: this.registry });
    this.httpSeconds = new Histogram({ name: 'qazyna_http_request_duration_seconds', help: 'Time to answer, by route.', labelNames: ['method', 'route', 'status'], buckets: HTTP_SECONDS, registers });
    this.httpInFlight = new Gauge({ name: 'qazyna_http_requests_in_flight', help: 'Requests being answered now.', registers });
    this.messagesProcessed = new Counter({ name: 'qazyna_messages_processed_total', help: 'Messages whose effect is durable.', labelNames: ['topic', 'group'], registers });
    this.messagesSkipped = new Counter({ name: 'qazyna_messages_skipped_total', help: 'Messages of types a handler did not ask for.', labelNames: ['topic', 'group'], registers });
    this.messagesDeadLettered = new Counter({ name: 'qazyna_messages_dead_lettered_total', help: 'Messages put aside, by reason.', labelNames: ['topic', 'group', 'reason'], registers });
    this.messagesRedelivered = new Counter({ name: 'qazyna_messages_redelivered_total', help: 'Deliveries that failed and are repeated.', labelNames: ['topic', 'group'], registers });
    this.messageBatchRecords = new Histogram({ name: 'qazyna_message_batch_records', help: 'Records handed over at once.', labelNames: ['topic', 'group'], buckets: BATCH_RECORDS, registers });
    this.messageBatchSeconds = new Histogram({ name: 'qazyna_message_batch_duration_seconds', help: 'Time until every effect of a batch is durable.', labelNames: ['topic', 'group'], buckets: STORE_SECONDS, registers });
    this.appendSeconds = new Histogram({ name: 'qazyna_store_append_duration_seconds', help: 'Time until an append is durable.', labelNames: ['outcome'], buckets: STORE_SECONDS, registers });
    this.appendEvents = new Histogram({ name: 'qazyna_store_append_events', help: 'Events per append.', buckets: BATCH_RECORDS, registers });
    this.relayPublished = new Counter({ name: 'qazyna_relay_published_total', help: 'Events published by a relay.', labelNames: ['topic'], registers });
    this.readModelBuilds = new Counter({ name: 'qazyna_read_model_builds_total', help: 'Views built anew beside themselves: same, different (damage was found), not-compared, failed.', labelNames: ['view', 'outcome'], registers });
    this.upstreamSignatures = new Counter({ name: 'qazyna_upstream_signatures_total', help: 'Messages of upstreams by what their signature was found to be: verified, known (accepted before), unsigned-accepted, or the code of the refusal.', labelNames: ['code'], registers });
    this.ready = new Gauge({ name: 'qazyna_ready', help: '1 when a component is ready, else 0.', labelNames: ['component'], registers });
  }

  /** The Prometheus text format. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  /** Stops what the default metrics watch. */
  close(): void {
    this.registry.clear();
  }
}
