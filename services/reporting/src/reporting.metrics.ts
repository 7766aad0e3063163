import type { ReadModelHost, ServiceMetrics } from '@qazyna/service-kit';
import { Gauge } from 'prom-client';
import type { HoldingsQuery } from './holdings/holdings.query.js';

/** Read when they are asked for, so that a contradiction raises its alarm also while nobody looks at the figures. */
export function watchReporting({ registry }: ServiceMetrics, model: ReadModelHost, holdings: HoldingsQuery): void {
  const registers = [registry];
  new Gauge({ name: 'qazyna_figures_withheld', help: '1 while the public figures break an invariant and are withheld.', registers, collect() { this.set(holdings.contradiction() === undefined ? 0 : 1); } });
  new Gauge({ name: 'qazyna_reporting_delay_seconds', help: 'How long after it was recorded the latest event reached the figures.', registers, collect() { this.set((model.delayMs() ?? 0) / 1000); } });
}
