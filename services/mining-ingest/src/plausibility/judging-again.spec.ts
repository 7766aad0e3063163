import { contentHash, type ChainDayFacts, type EarningsJudged, type EarningsReported, type PoolAccountTerms } from '@qazyna/contracts';
import { systemClock } from '@qazyna/event-store';
import { loadJurisdiction } from '@qazyna/jurisdiction';
import { bitcoinAsset } from '@qazyna/ledger';
import { createLogger, loadPlatformConfig, ReadinessRegistry, ReadModelHost } from '@qazyna/service-kit';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { earningsReadModel } from '../earnings/earnings.read-model.js';
import { EarningsService } from '../earnings/earnings.service.js';
import { PoolAccountsService } from '../pools/pool-accounts.service.js';
import { MiningDesk, SPEC_METADATA } from '../spec-support/mining-desk.js';
import { dateOf, dayNumber } from './chain-day.js';
import { ChainDays } from './chain-days.query.js';
import { ChainDaysService } from './chain-days.service.js';
import { follows } from './judgement.js';
import { PlausibilityWorker } from './plausibility.worker.js';

const MONDAY = '2026-03-02';
const ACCOUNT = 'btcpool-kz.reserve-01';
const DOCUMENT = { reference: 'D-1', authority: 'custodian', sha256: 'ab'.repeat(32) };
const day = (n: number): string => dateOf(dayNumber(MONDAY) + n);
/** 1 PH/s at this difficulty earns 52,387 satoshi a day. */
const facts = (date: string, more: Partial<ChainDayFacts> = {}): ChainDayFacts => ({ network: 'mainnet', date, stretches: [{ seconds: 86_400, difficulty: '120000000000000', subsidy: '312500000' }], subsidies: '45000000000', fees: '0', source: 'a node', ...more });
const reported = (total: string, more: Partial<EarningsReported> = {}): EarningsReported => ({
  earningsId: `${ACCOUNT}~${more.date ?? MONDAY}`, poolAccountId: ACCOUNT, asset: bitcoinAsset('mainnet').id, date: MONDAY, hashRate: '1000000000000000', parts: [], total, scheme: 'fpps', ...more,
});

describe('judging again', () => {
  let desk: MiningDesk;
  let folder: string;
  let model: ReadModelHost;
  let earnings: EarningsService;
  let chain: ChainDaysService;
  let worker: PlausibilityWorker;

  beforeEach(async () => {
    desk = await MiningDesk.open('btcpool-kz');
    folder = mkdtempSync(join(tmpdir(), 'qazyna-again-'));
    earnings = new EarningsService(desk.store);
    chain = new ChainDaysService(desk.store);
    open();
  });
  afterEach(async () => {
    await model.close();
    await desk.end();
    rmSync(folder, { recursive: true });
  });

  function open(): void {
    const logger = createLogger({ service: 'spec', level: 'silent', pretty: false });
    model = ReadModelHost.open(earningsReadModel, { dataDir: folder, store: desk.store, logger, clock: systemClock });
    model.start();
    worker = new PlausibilityWorker(model, new ChainDays(model), earnings, loadJurisdiction('kz'), logger, new ReadinessRegistry());
  }
  async function restart(): Promise<void> {
    await model.close();
    open();
  }
  async function look(): Promise<number> {
    const head = await desk.store.head();
    if (head !== undefined) await model.caughtUpTo(head, 5_000);
    return worker.look();
  }
  const setTerms = (terms: Omit<PoolAccountTerms, 'document'>): Promise<unknown> =>
    new PoolAccountsService(desk.store, systemClock, loadPlatformConfig({}, { standalone: true, usesChain: false }).config).setTerms(ACCOUNT, { ...terms, document: DOCUMENT }, SPEC_METADATA);
  const judgements = async (): Promise<EarningsJudged[]> => (await desk.events('earnings-')).filter(({ type }) => type === 'mining.earnings-judged').map(({ data }) => data as unknown as EarningsJudged);
  const verdicts = async (): Promise<unknown[]> => (await judgements()).map(({ verdict, revision, supersedes }) => [verdict, revision, supersedes]);

  it('follows a corrected day of the chain, names what it takes the place of, and is made once over restarts', async () => {
    await earnings.take(reported('52387'), 'http', SPEC_METADATA);
    await chain.record([facts(MONDAY)], SPEC_METADATA);
    await look();
    await chain.record([facts(MONDAY, { fees: '4500000000', revision: 2 })], SPEC_METADATA);
    expect(await look()).toBe(1);
    const [first, second] = await judgements();
    expect(await verdicts()).toEqual([['within', 1, undefined], ['below', 2, first?.basisSha256]]);
    expect(second?.basis?.[0]?.chain.fees).toBe('4500000000');
    expect(await look()).toBe(0);
    await restart();
    expect(await look()).toBe(0);
    expect(await judgements()).toHaveLength(2);
  });

  it('is made once where the process was killed after it was written and before it was shown', async () => {
    await earnings.take(reported('52387'), 'http', SPEC_METADATA);
    await chain.record([facts(MONDAY)], SPEC_METADATA);
    // The view stands still from here on: what is written is not shown, as after a kill.
    const head = await desk.store.head();
    if (head !== undefined) await model.caughtUpTo(head, 5_000);
    await model.close();
    const logger = createLogger({ service: 'spec', level: 'silent', pretty: false });
    model = ReadModelHost.open(earningsReadModel, { dataDir: folder, store: desk.store, logger, clock: systemClock });
    for (let run = 0; run < 2; run++) await new PlausibilityWorker(model, new ChainDays(model), earnings, loadJurisdiction('kz'), logger, new ReadinessRegistry()).look();
    expect(await verdicts()).toEqual([['within', 1, undefined]]);
    await restart();
    expect(await look()).toBe(0);
  });

  it('returns to the first facts under a third judgement', async () => {
    await earnings.take(reported('52387'), 'http', SPEC_METADATA);
    for (const [fees, revision] of [['0', 1], ['4500000000', 2], ['0', 3]] as const) {
      await chain.record([{ ...facts(MONDAY), fees, revision, source: 'a node' }], SPEC_METADATA);
      await look();
    }
    expect((await judgements()).map(({ verdict, revision }) => [verdict, revision])).toEqual([['within', 1], ['below', 2], ['within', 3]]);
  });

  it('takes a fee registered later off what is expected, where the row names none', async () => {
    await earnings.take(reported('51077'), 'http', SPEC_METADATA);
    await chain.record([facts(MONDAY)], SPEC_METADATA);
    await look();
    await setTerms({ termsId: 'PT-1', from: day(0), poolFeePpm: 25_000 });
    await look();
    const [first] = await judgements();
    expect(await verdicts()).toEqual([['below', 1, undefined], ['within', 2, first?.basisSha256]]);
    expect((await judgements()).at(-1)).toMatchObject({ expected: '51077', basis: [{ poolFeePpm: 25_000 }] });
  });

  it('leaves days before the terms, and rows that name their fee, as they are', async () => {
    await earnings.take(reported('52387'), 'http', SPEC_METADATA);
    await earnings.take(reported('51000', { date: day(1), parts: [{ part: 'fpps', amount: '52387' }, { part: 'poolFees', amount: '1387' }] }), 'http', SPEC_METADATA);
    await chain.record([facts(day(0)), facts(day(1))], SPEC_METADATA);
    expect(await look()).toBe(2);
    await setTerms({ termsId: 'PT-1', from: day(1), poolFeePpm: 25_000 });
    expect(await look()).toBe(0);
  });

  it('uses the registered hash rate where the pool reports none, and says so', async () => {
    const row = reported('52387');
    delete row.hashRate;
    await earnings.take(row, 'http', SPEC_METADATA);
    await chain.record([facts(MONDAY)], SPEC_METADATA);
    expect(await look()).toBe(0);
    await setTerms({ termsId: 'PT-1', from: day(-9), hashRate: '2000000000000000' });
    await setTerms({ termsId: 'PT-2', from: day(-3), hashRate: '1000000000000000' });
    await look();
    expect(await judgements()).toMatchObject([{ verdict: 'within', basis: [{ hashRate: '1000000000000000', hashRateFrom: 'register' }] }]);
  });

  it('follows earnings that the pool corrected, in the day and in its week', async () => {
    for (let n = 0; n < 7; n++) await earnings.take(reported('52387', { date: day(n) }), 'http', SPEC_METADATA);
    await chain.record(Array.from({ length: 7 }, (_, n) => facts(day(n))), SPEC_METADATA);
    expect(await look()).toBe(8);
    expect(await earnings.take(reported('60000', { date: day(3), revision: 2 }), 'http', SPEC_METADATA)).toEqual({ status: 'accepted' });
    expect(await look()).toBe(2);
    expect((await judgements()).slice(8).map(({ subject, verdict, revision }) => [subject, verdict, revision])).toEqual([[`${ACCOUNT}~${day(3)}`, 'above', 2], [`${ACCOUNT}~${MONDAY}+7fpps`, 'above', 2]]);
  });

  it('can be reckoned again from the event alone, with whole numbers', async () => {
    await earnings.take(reported('52387', { hashRate: '1000000000000000.5' }), 'http', SPEC_METADATA);
    await chain.record([facts(MONDAY, { stretches: [{ seconds: 40_000, difficulty: '120000000000000', subsidy: '312500000' }, { seconds: 46_400, difficulty: '110000000000000.25', subsidy: '312500000' }], fees: '777777777' })], SPEC_METADATA);
    await look();
    const [judged] = await judgements();
    const scaled = (text: string): bigint => { const [whole = '', rest = ''] = text.split('.'); return BigInt(whole + rest.padEnd(4, '0')); };
    const [one] = judged?.basis ?? [];
    // Everything over one denominator: Π difficulties · 2^32 · subsidies.
    const stretches = one?.chain.stretches.map(({ seconds, difficulty, subsidy }) => ({ seconds: BigInt(seconds), difficulty: scaled(difficulty ?? ''), subsidy: BigInt(subsidy) })) ?? [];
    const all = stretches.reduce((product, { difficulty }) => product * difficulty, 1n);
    const blocks = stretches.reduce((sum, { seconds, difficulty, subsidy }) => sum + seconds * subsidy * (all / difficulty), 0n);
    const n = scaled(one?.hashRate ?? '') * blocks * (BigInt(one?.chain.subsidies ?? 0) + BigInt(one?.chain.fees ?? 0));
    const d = all * 2n ** 32n * BigInt(one?.chain.subsidies ?? 0);
    expect(judged?.expected).toBe(String((2n * n + d) / (2n * d)));
    expect(judged?.deviationPpm).toBe(String(((BigInt(one?.credited ?? 0) * d - n) * 1_000_000n) / n));
  });

  it('that says other than what follows from its basis is seen (INV-51)', async () => {
    await earnings.take(reported('52387'), 'http', SPEC_METADATA);
    await chain.record([facts(MONDAY)], SPEC_METADATA);
    await look();
    const [judged] = await judgements();
    if (judged === undefined) throw new Error('nothing was judged');
    const canonical = { canonical: contentHash };
    expect(follows(judged, canonical)).toBe(true);
    const [one] = judged.basis ?? [];
    if (one === undefined) throw new Error('no basis');
    for (const changed of [{ ...judged, verdict: 'above' as const }, { ...judged, expected: '52388' }, { ...judged, tolerancePpm: 1 }, { ...judged, basis: [{ ...one, credited: '1' }] }]) {
      expect(follows(changed, canonical)).toBe(false);
      await expect(earnings.judgeDay(changed, SPEC_METADATA)).rejects.toThrow('INV-51');
    }
  });
});
