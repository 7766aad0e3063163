import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChainDayFacts, EarningsReported } from '@qazyna/contracts';
import { SqliteEventStore, systemClock } from '@qazyna/event-store';
import { loadJurisdiction } from '@qazyna/jurisdiction';
import { bitcoinAsset } from '@qazyna/ledger';
import { createLogger, ReadinessRegistry, ReadModelHost } from '@qazyna/service-kit';
import { earningsReadModel } from '../earnings/earnings.read-model.js';
import { EarningsService } from '../earnings/earnings.service.js';
import { dateOf, dayNumber } from './chain-day.js';
import { ChainDays } from './chain-days.query.js';
import { ChainDaysService } from './chain-days.service.js';
import { PlausibilityWorker } from './plausibility.worker.js';

const METADATA = { actor: { subject: 'spec', organisation: 'spec' }, correlationId: 'spec' };
const MONDAY = '2026-03-02';
const day = (n: number): string => dateOf(dayNumber(MONDAY) + n);

/** 1 PH/s at this difficulty earns 52,387 satoshi a day (FORMATS' second known answer). */
const facts = (date: string): ChainDayFacts => ({ network: 'mainnet', date, stretches: [{ seconds: 86_400, difficulty: '120000000000000', subsidy: '312500000' }], subsidies: '45000000000', fees: '0', source: 'a node' });
const reported = (date: string, total: string, scheme: EarningsReported['scheme'] = 'fpps', parts: EarningsReported['parts'] = []): EarningsReported => ({
  earningsId: `pool.acc~${date}`, poolAccountId: 'pool.acc', asset: bitcoinAsset('mainnet').id, date, hashRate: '1000000000000000', parts, total, scheme,
});

describe('judging earnings', () => {
  let folder: string;
  let store: SqliteEventStore;
  let model: ReadModelHost;
  let earnings: EarningsService;
  let chain: ChainDaysService;
  let worker: PlausibilityWorker;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'qazyna-plausibility-'));
    store = SqliteEventStore.open({ file: ':memory:' });
    const logger = createLogger({ service: 'spec', level: 'silent', pretty: false });
    model = ReadModelHost.open(earningsReadModel, { dataDir: folder, store, logger, clock: systemClock });
    model.start();
    earnings = new EarningsService(store);
    chain = new ChainDaysService(store);
    worker = new PlausibilityWorker(model, new ChainDays(model), earnings, loadJurisdiction('kz'), logger, new ReadinessRegistry());
  });
  afterEach(async () => {
    await model.close();
    await store.close();
    rmSync(folder, { recursive: true });
  });

  async function look(): Promise<number> {
    await shown();
    return worker.look();
  }
  async function shown(): Promise<void> {
    const head = await store.head();
    if (head !== undefined) await model.caughtUpTo(head, 5_000);
  }
  async function judgements(): Promise<unknown[]> {
    const found: unknown[] = [];
    for await (const page of store.readAll({ filter: { streamPrefixes: ['earnings-'] } })) for (const { type, data } of page) if (type === 'mining.earnings-judged') found.push([data['subject'], data['verdict'], data['expected'], data['deviationPpm']]);
    return found;
  }

  it('waits for the chain\'s figures, and judges once', async () => {
    await earnings.take(reported(MONDAY, '52387'), 'http', METADATA);
    expect(await look()).toBe(0);
    await chain.record([facts(MONDAY)], METADATA);
    expect(await look()).toBe(1);
    expect(await look()).toBe(0);
    expect(await judgements()).toEqual([['pool.acc~2026-03-02', 'within', '52387', expect.any(String)]]);
  });

  it.each([['53500', 'above'], ['51300', 'below'], ['52900', 'within'], ['51900', 'within']])('finds %s satoshi %s', async (total, verdict) => {
    await earnings.take(reported(MONDAY, total), 'http', METADATA);
    await chain.record([facts(MONDAY)], METADATA);
    await look();
    expect(await judgements()).toEqual([['pool.acc~2026-03-02', verdict, '52387', expect.any(String)]]);
  });

  it('adds what the pool kept to what it credited', async () => {
    await earnings.take(reported(MONDAY, '50000', 'fpps', [{ part: 'fpps', amount: '52387' }, { part: 'poolFees', amount: '2387' }]), 'http', METADATA);
    await chain.record([facts(MONDAY)], METADATA);
    await look();
    expect(await judgements()).toEqual([[expect.any(String), 'within', '52387', expect.any(String)]]);
  });

  it('judges a week more strictly than its days', async () => {
    for (let n = 0; n < 7; n++) await earnings.take(reported(day(n), '52900'), 'http', METADATA);
    await chain.record(Array.from({ length: 7 }, (_, n) => facts(day(n))), METADATA);
    expect(await look()).toBe(8);
    expect((await judgements()).at(-1)).toEqual(['pool.acc~2026-03-02+7fpps', 'above', '366708', expect.any(String)]);
    expect(await look()).toBe(0);
  });

  it('judges PPLNS over its long window only, and solo never', async () => {
    await earnings.take(reported(MONDAY, '1', 'pplns'), 'http', METADATA);
    await earnings.take({ ...reported(day(1), '1', 'solo') }, 'http', METADATA);
    await chain.record([facts(MONDAY), facts(day(1))], METADATA);
    expect(await look()).toBe(0);
  });

  it('takes the same day twice as one and raises a conflict for other figures', async () => {
    expect(await earnings.take(reported(MONDAY, '52387'), 'http', METADATA)).toEqual({ status: 'accepted' });
    expect(await earnings.take({ ...reported(MONDAY, '52387'), statementSha256: 'ab'.repeat(32) }, 'statement', METADATA)).toEqual({ status: 'duplicate' });
    expect(await earnings.take(reported(MONDAY, '52388'), 'http', METADATA)).toMatchObject({ status: 'refused', code: 'earnings-conflict', field: 'total' });
    const raised = [];
    for await (const page of store.readAll({ filter: { streamPrefixes: ['mining-conflict-'] } })) raised.push(...page);
    expect(raised).toHaveLength(1);
  });

  it('brings a day of the chain in once', async () => {
    expect(await chain.record([facts(MONDAY), facts(MONDAY)], METADATA)).toMatchObject([{ status: 'accepted' }, { status: 'duplicate' }]);
    expect(await chain.record([{ ...facts(MONDAY), fees: '1' }, { ...facts('2026-02-30') }], METADATA)).toMatchObject([{ status: 'refused', code: 'chain-day-conflict' }, { status: 'refused', code: 'day-unknown' }]);
  });

  it('reckons from the blocks that custody followed, and forgets those a reorganisation took', async () => {
    const start = dayNumber(MONDAY) * 86_400_000;
    const block = (height: number, ms: number): object => ({ network: 'mainnet', height, hash: height.toString(16).padStart(64, '0'), previousHash: '00'.repeat(32), time: new Date(start + ms).toISOString(), deposits: 0, bits: '17035d25', subsidy: '312500000', fees: '0' });
    const blocks = [block(1, -1_000), block(2, 40_000_000), ...Array.from({ length: 6 }, (_, n) => block(3 + n, 86_400_000 + n))];
    const append = (type: string, data: object, revision: number): Promise<unknown> =>
      store.append('chain-mainnet', revision === 0 ? 'no-stream' : BigInt(revision - 1), [{ id: crypto.randomUUID(), type, data: data as never, metadata: { ...METADATA, schemaVersion: 1 } }]);
    for (const [index, each] of blocks.entries()) await append('custody.block-connected', each, index);
    await append('custody.block-disconnected', { network: 'mainnet', height: 8, hash: (8).toString(16).padStart(64, '0') }, blocks.length);
    await earnings.take(reported(MONDAY, '75130'), 'http', METADATA);
    expect(await look()).toBe(0);
    await append('custody.block-connected', block(8, 86_400_099), blocks.length + 1);
    expect(await look()).toBe(1);
    expect(await judgements()).toEqual([['pool.acc~2026-03-02', 'within', '75129', expect.any(String)]]);
  });
});
