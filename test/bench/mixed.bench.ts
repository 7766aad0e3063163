import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { MINING_PAYOUT_TYPE, TOPICS } from '@qazyna/contracts';
import { SqliteEventStore } from '@qazyna/event-store';
import { encodeRecord, KafkaBus, type OutgoingRecord } from '@qazyna/messaging';
import { startKafka } from '@qazyna/testing';
import { productionNodeOptions } from '../system/production-start.js';
import { BENCH_POOL, benchPayout } from './bench-payout.js';
import type { Bench, BenchOutcome, BenchSession, Figure } from './bench.js';
import { registerAccounts, tokenOf } from './door.js';
import type { LoadOrder, LoadReport } from './http/load-process.js';
import { id } from './journal-entries.js';
import type { Used } from './http/service-process.js';
import { LineProcess } from './line-process.js';
import { spread, whole } from './measuring.js';
import { RawSqlite, type RawRow } from './raw-sqlite.js';

const PAYOUTS = Number(process.env['QAZYNA_BENCH_PAYOUTS'] ?? 1_000_000);
const PAYOUTS_QUICK = 20_000;
const ACCOUNTS = 200;
const STRETCHES = 10;
const BULK = 1_000;
const CONNECTIONS = 4;
const PUBLISHED_AT_ONCE = 5_000;
/** Of so many Kafka payouts one was sent over HTTP before: it must count once. */
const DUPLICATE_EVERY = 100;
const MIB = 2 ** 20;
const POLL_MS = 100;
const PATIENCE_MS = 600_000;

/** Both doors of mining-ingest at once, a million payouts of 200 accounts: does it stay as fast and as small as it began? */
export const mixedBench: Bench = {
  name: 'mixed',
  title: 'payouts of 200 accounts, half over Kafka and half over HTTP, at the same time',
  run: measure,
};

async function measure(session: BenchSession): Promise<BenchOutcome> {
  const kafka = await startKafka();
  if (kafka === undefined) return { kind: 'skipped', reason: 'no Kafka' };
  const bus = await KafkaBus.connect({ brokers: kafka.brokers, clientId: 'bench' });
  const folder = join(session.folder, 'mining');
  mkdirSync(folder);
  const service = new LineProcess('http/service-process.ts', [folder, kafka.brokers.join(',')], productionNodeOptions().split(' '));
  const load = new LineProcess('http/load-process.ts', []);
  try {
    const { url } = await service.read<{ url: string }>();
    await registerAccounts(url, ACCOUNTS);
    const half = (session.quick ? PAYOUTS_QUICK : PAYOUTS) / 2 / STRETCHES;
    const token = await tokenOf(url, 'pool-operator');
    const stretches: Stretch[] = [];
    const before = await service.ask<Used>({});
    let used = before.user + before.system;
    for (let number = 0; number < STRETCHES; number++) {
      const began = performance.now();
      const [overKafka, overHttp] = await Promise.all([kafkaHalf(bus, url, number, half), httpHalf(load, url, token, number, half)]);
      const seconds = (performance.now() - began) / 1000;
      const { rss, user, system } = await service.ask<Used>({});
      stretches.push({ overKafka, overHttp, together: (2 * half) / seconds, rssMiB: rss / MIB, processorUs: user + system - used });
      used = user + system;
      session.progress(`${whole((number + 1) * 2 * half)} payouts: ${whole((2 * half) / seconds)}/s, ${whole(rss / MIB)} MiB`);
    }
    await service.stop();
    const raw = await assertOnce(session, folder, 2 * half * STRETCHES);
    return { kind: 'measured', contests: [], figures: figuresOf(stretches, raw, 2 * half) };
  } finally {
    await Promise.all([service.stop(), load.stop(), bus.close()]);
    await kafka.stop();
  }
}

/** Payouts a second, by each way while it had something to do. */
interface Stretch {
  readonly overKafka: number;
  readonly overHttp: number;
  readonly together: number;
  readonly rssMiB: number;
  /** Processor time that mining-ingest used. */
  readonly processorUs: number;
}

/** Payment ids from ten millions on came over HTTP, from twenty millions on over Kafka. */
const httpFrom = (stretch: number, half: number): number => 10_000_000 + stretch * half;
const kafkaFrom = (stretch: number, half: number): number => 20_000_000 + stretch * half;

async function httpHalf(load: LineProcess, url: string, token: string, stretch: number, half: number): Promise<number> {
  const order: LoadOrder = { url, token, connections: CONNECTIONS, bulk: BULK, requests: half / BULK, from: httpFrom(stretch, half), accounts: ACCOUNTS };
  const { accepted, seconds } = await load.ask<LoadReport>(order);
  if (accepted !== half) throw new Error(`${accepted} payouts over HTTP were accepted instead of ${half}`);
  return half / seconds;
}

async function kafkaHalf(bus: KafkaBus, url: string, stretch: number, half: number): Promise<number> {
  const before = await processed(url);
  const began = performance.now();
  let sent = 0;
  while (sent < half) {
    const records: OutgoingRecord[] = [];
    for (; records.length < PUBLISHED_AT_ONCE && sent < half; sent++) records.push(record(kafkaFrom(stretch, half) + sent), ...repeated(stretch, half, sent));
    await bus.publish(TOPICS.miningPayouts, records);
  }
  const due = before + half + (stretch === 0 ? 0 : half / DUPLICATE_EVERY);
  for (const deadline = began + PATIENCE_MS; (await processed(url)) < due; await new Promise((resolve) => setTimeout(resolve, POLL_MS))) {
    if (performance.now() > deadline) throw new Error(`${await processed(url)} messages were handled and not ${due}`);
  }
  return half / ((performance.now() - began) / 1000);
}

/** What went over HTTP one stretch earlier comes over Kafka as well. */
function repeated(stretch: number, half: number, sent: number): OutgoingRecord[] {
  return stretch > 0 && sent % DUPLICATE_EVERY === 0 ? [record(httpFrom(stretch - 1, half) + sent)] : [];
}

function record(n: number): OutgoingRecord {
  const data = benchPayout(n, ACCOUNTS);
  return encodeRecord({ id: id('message', n), source: `/pools/${BENCH_POOL}`, type: MINING_PAYOUT_TYPE, extensions: { partitionkey: data.paymentId }, data });
}

async function processed(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return [...text.matchAll(/^qazyna_messages_processed_total\{(.*)\} (\d+)$/gm)].reduce((sum, [, labels = '', count]) => (labels.includes(`topic="${TOPICS.miningPayouts}"`) ? sum + Number(count) : sum), 0);
}

/** Each payout was received once and accepted once. @returns seconds that raw `node:sqlite` takes for the same rows */
async function assertOnce(session: BenchSession, folder: string, payouts: number): Promise<number> {
  const store = SqliteEventStore.open({ file: join(folder, 'events.sqlite') });
  const raw = RawSqlite.create(join(session.folder, 'raw.db'));
  const counts = new Map<string, number>();
  let ms = 0;
  for await (const page of store.readAll({ filter: { streamPrefixes: ['payout-'] } })) {
    const rows = page.map(({ stream, revision, id: eventId, type, data, metadata }): RawRow => ({ stream, revision: Number(revision), id: eventId, type, data: JSON.stringify(data), metadata: JSON.stringify(metadata) }));
    for (const { type } of rows) counts.set(type, (counts.get(type) ?? 0) + 1);
    const began = performance.now();
    raw.append(rows, rows.length);
    for (const { type, data } of rows) if (type === 'mining.payout-received') JSON.parse(data);
    ms += performance.now() - began;
  }
  raw.close();
  await store.close();
  const expected = { 'mining.payout-received': payouts, 'mining.payout-accepted': payouts };
  if (JSON.stringify(Object.fromEntries([...counts].sort().reverse())) !== JSON.stringify(expected)) throw new Error(`of ${payouts} payouts there are ${JSON.stringify([...counts])}`);
  return ms / 1000;
}

function figuresOf(stretches: readonly Stretch[], rawSeconds: number, payoutsOfStretch: number): Figure[] {
  const payouts = payoutsOfStretch * stretches.length;
  const seconds = stretches.reduce((sum, { together }) => sum + payoutsOfStretch / together, 0);
  const figures: Figure[] = [
    { name: `${whole(payouts)} payouts, both ways together`, value: payouts / seconds, unit: 'payouts/s' },
    { name: 'of the rate of raw node:sqlite and JSON.parse, the same rows', value: (100 * rawSeconds) / seconds, unit: '%' },
  ];
  const add = (name: string, unit: string, of: (stretch: Stretch) => number): void => {
    const { min, median, max } = spread(stretches.map(of));
    for (const [which, value] of Object.entries({ min, median, max })) figures.push({ name: `${name}, ${which} of ${stretches.length} stretches`, value, unit });
  };
  add('over Kafka', 'payouts/s', ({ overKafka }) => overKafka);
  add('over HTTP', 'payouts/s', ({ overHttp }) => overHttp);
  add('processor time of mining-ingest for a payout', 'us', ({ processorUs }) => processorUs / payoutsOfStretch);
  add('resident memory of mining-ingest', 'MiB', ({ rssMiB }) => rssMiB);
  figures.push({ name: 'rate of the last stretch against the first', value: (100 * (stretches.at(-1)?.together ?? 0)) / (stretches[0]?.together ?? 1), unit: '%' });
  return figures;
}
