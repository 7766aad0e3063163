import { join } from 'node:path';
import { bitcoinAsset } from '@qazyna/ledger';
import { SqliteEventStore, type NewEvent } from '@qazyna/event-store';
import { INTAKE_SERVICE } from '@qazyna/intake';
import { runService } from '@qazyna/service-kit';
import { ask } from '../system/caller.js';
import { attributes, binaryHeaders, fact } from '../system/messages.js';
import type { Bench, BenchOutcome, BenchSession, Figure } from './bench.js';
import { whole } from './measuring.js';
import { RawSqlite, rawRows } from './raw-sqlite.js';

const SIZES = [1, 10, 100, 1_000, 10_000];
const SIZES_QUICK = [1, 10, 100, 1_000];
/** What one report may name. */
const ASSETS_OF_REPORT = 1_000;
const ACTS = ['arrest', 'confiscation-order', 'finality', 'state-property-decision'] as const;
const MIB = 1024 * 1024;

export const casesBench: Bench = {
  name: 'cases',
  title: 'acts over cases of one to ten thousand assets, over HTTP to the last durable event',
  run: measure,
};

async function measure(session: BenchSession): Promise<BenchOutcome> {
  const store = SqliteEventStore.open({ file: join(session.folder, 'events.sqlite') });
  const service = await runService({ ...INTAKE_SERVICE, standalone: true, signals: false, env: { PORT: '0', QAZYNA_DATA_DIR: session.folder, LOG_LEVEL: 'silent' }, parts: { store } });
  const figures: Figure[] = [];
  try {
    for (const assets of session.quick ? SIZES_QUICK : SIZES) figures.push(...(await ofSize(session, service.url, store, assets)));
  } finally {
    await service.close();
  }
  return { kind: 'measured', contests: [], figures };
}

async function ofSize(session: BenchSession, url: string, store: SqliteEventStore, assets: number): Promise<Figure[]> {
  const caseNumber = `bench/${assets}`;
  const tookMs = new Map<string, number>();
  let day = 0;
  const publish = async (act: string, more: object = {}): Promise<void> => {
    const told = { ...fact(caseNumber, { act, effectiveAt: new Date(Date.UTC(2026, 0, ++day)).toISOString() }), assets: undefined, ...more };
    const began = performance.now();
    const { status } = await ask<{ status: string }>(url, '/v1/seizure-facts', { role: 'law-enforcement', headers: binaryHeaders('ce-', attributes('fact', `${caseNumber}-${day}`)), body: JSON.stringify(told) });
    if (status !== 'accepted') throw new Error(`${act} of ${assets} assets was ${status}`);
    tookMs.set(act, (tookMs.get(act) ?? 0) + performance.now() - began);
  };
  for (let from = 0; from < assets; from += ASSETS_OF_REPORT) {
    await publish('reported', { assets: Array.from({ length: Math.min(ASSETS_OF_REPORT, assets - from) }, (_, n) => ({ assetId: `a${from + n}`, asset: bitcoinAsset('regtest').id, amount: '100000001', location: { kind: 'device', reference: `evidence-${from + n}` } })) });
  }
  for (const act of ACTS) await publish(act);
  await publish('reversal', { assetIds: ['a0'] });
  const total = [...tookMs.values()].reduce((sum, ms) => sum + ms, 0);
  const events = await eventsOf(store, `case-afm.${caseNumber.replace('/', '_')}`);
  const raw = rawMs(session, assets, events);
  session.progress(`${whole(assets)} assets: ${whole(events.length)} events in ${total.toFixed(0)} ms, raw ${raw.toFixed(0)} ms`);
  const acts = [...tookMs].map(([act, ms]): Figure => ({ name: `${whole(assets)} assets, ${act}${act === 'reversal' ? ' of one of them' : ''}`, value: ms, unit: 'ms' }));
  return [
    ...acts,
    { name: `${whole(assets)} assets, all acts, for each of ${whole(events.length)} events`, value: (total * 1_000) / events.length, unit: 'us' },
    { name: `${whole(assets)} assets, of the rate of raw node:sqlite, the same events, transactions of 500`, value: (100 * raw) / total, unit: '%' },
    { name: `${whole(assets)} assets, resident memory afterwards`, value: process.memoryUsage().rss / MIB, unit: 'MiB' },
  ];
}

async function eventsOf(store: SqliteEventStore, stream: string): Promise<NewEvent[]> {
  const events: NewEvent[] = [];
  for await (const page of store.readStream(stream)) for (const { id, type, data, metadata } of page) events.push({ id, type, data, metadata });
  return events;
}

function rawMs(session: BenchSession, assets: number, events: readonly NewEvent[]): number {
  const rows = rawRows('case', events);
  const db = RawSqlite.create(join(session.folder, `raw-${assets}.db`));
  const began = performance.now();
  db.append(rows, 500);
  const ms = performance.now() - began;
  db.close();
  return ms;
}
