import type { ServiceMetrics } from '@qazyna/service-kit';
import { Counter, Gauge } from 'prom-client';

/** Figures of the pollers. */
export class PollMetrics {
  readonly rows: Counter<'poll' | 'result'>;
  readonly pages: Counter<'poll'>;
  readonly errors: Counter<'poll' | 'code'>;
  private readonly succeededAt = new Map<string, number>();

  constructor(metrics: ServiceMetrics, now: () => Date) {
    const registers = [metrics.registry];
    const succeededAt = this.succeededAt;
    this.rows = new Counter({ name: 'qazyna_pool_poll_rows_total', help: 'Rows that polls met, by what became of them.', labelNames: ['poll', 'result'], registers });
    this.pages = new Counter({ name: 'qazyna_pool_poll_pages_total', help: 'Pages that polls read.', labelNames: ['poll'], registers });
    this.errors = new Counter({ name: 'qazyna_pool_poll_errors_total', help: 'Runs that did not come to their end, by reason.', labelNames: ['poll', 'code'], registers });
    new Gauge({
      name: 'qazyna_pool_poll_last_success_age_seconds',
      help: 'Seconds since a poll last came to its end.',
      labelNames: ['poll'],
      registers,
      collect(): void {
        for (const [poll, at] of succeededAt) this.set({ poll }, (now().getTime() - at) / 1000);
      },
    });
  }

  /** The age counts from here; at the start of the process from that. */
  succeeded(poll: string, at: Date): void {
    this.succeededAt.set(poll, at.getTime());
  }
}
