import { SqliteEventStore, type RecordedEvent } from '@qazyna/event-store';
import { catalogueValidator, messageTypeOf } from '@qazyna/contracts';
import type { ChainBreak } from '@qazyna/messaging';
import { pino } from 'pino';
import { pipelineMetrics } from '../metrics/messaging-metrics.js';
import { ServiceMetrics } from '../metrics/metrics.js';
import { PipelineAlarms } from './pipeline-alarms.js';

const GAP: ChainBreak = { kind: 'gap', topic: 'events', partition: 2, group: 'custody', place: 'none', found: '0007', foundPrevious: '0005' };

describe('alarms of the pipeline', () => {
  let store: SqliteEventStore;
  let metrics: ServiceMetrics;
  let nowMs: number;
  let alarms: PipelineAlarms;

  beforeEach(() => {
    store = SqliteEventStore.open({ file: ':memory:' });
    metrics = new ServiceMetrics('custody');
    nowMs = Date.UTC(2026, 0, 1);
    alarms = new PipelineAlarms({ service: 'custody', store, clock: { now: () => new Date(nowMs) }, logger: pino({ enabled: false }), metrics: pipelineMetrics(metrics) });
  });
  afterEach(async () => {
    metrics.close();
    await store.close();
  });

  async function events(): Promise<RecordedEvent[]> {
    const all: RecordedEvent[] = [];
    for await (const page of store.readAll()) all.push(...page);
    return all;
  }

  it('record and count a gap once, however often it is met, and its repair', async () => {
    for (let tries = 0; tries < 3; tries++) await alarms.found(GAP);
    expect(alarms.health()).toEqual({ ok: false, detail: 'gap in events/2 for custody' });
    for (let tries = 0; tries < 2; tries++) await alarms.repaired(GAP, 41);
    expect(alarms.health().ok).toBe(true);
    const recorded = await events();
    expect(recorded.map(({ type }) => type)).toEqual(['pipeline.gap-found', 'pipeline.gap-repaired']);
    expect(recorded[0]?.data).toMatchObject({ kind: 'gap', topic: 'events', partition: 2, group: 'custody', expected: 'none', foundPrevious: '0005', found: '0007' });
    expect(recorded[1]?.data).toMatchObject({ events: 41 });
    for (const { type, data } of recorded) expect(catalogueValidator.validate(messageTypeOf(type, 1), data)).toMatchObject({ ok: true });
    const text = await metrics.text();
    expect(text).toMatch(/qazyna_pipeline_gaps_total\{[^}]*kind="gap"[^}]*\} 1/);
    expect(text).toMatch(/qazyna_pipeline_repairs_total\{[^}]*\} 1/);
    expect(text).toMatch(/qazyna_pipeline_repaired_events_total\{[^}]*\} 41/);
  });

  it('stay while the partition is tried, and go when it is another member\'s', async () => {
    await alarms.found(GAP);
    alarms.stopped(GAP);
    nowMs += 290_000;
    expect(alarms.waiting()).toEqual([GAP]);
    nowMs += 20_000;
    expect(alarms.waiting()).toEqual([]);
  });
});
