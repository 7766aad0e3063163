import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import { SimulatedClock } from '@qazyna/testing';
import { MiningDesk, WALLET } from '../spec-support/mining-desk.js';
import { UnrulyPool, type Misdeed, type PaymentRow } from '../spec-support/unruly-pool.js';
import { cursorOf, runPoll, type RunParts, type RunReport } from './poll-run.service.js';
import type { PollSettings } from './poll-settings.source.js';
import { PATIENCE } from './pool-page.client.js';
import { RequestRate } from './request-rate.js';

/** Every wait has a bound of its own; this one is for a busy machine. */
jest.setTimeout(30_000);

const DAY = 86_400;
const NOW = new Date('2026-03-20T00:00:00Z');
/** One payment a day, newest first; number 1 is of 1 March. */
const payments = (count: number): PaymentRow[] => Array.from({ length: count }, (_, index) => count - index).map((id) => ({ id, amount: `0.0000${1000 + id}`, time: Date.UTC(2026, 2, 1) / 1000 + (id - 1) * DAY }));

describe('a poll of a pool that misbehaves', () => {
  let pool: UnrulyPool;
  let desk: MiningDesk;
  let clock: SimulatedClock;
  let pauses: number[];

  beforeEach(async () => {
    [pool, desk] = [await UnrulyPool.open(), await MiningDesk.open('btcpool-kz', 'braiins')];
    clock = new SimulatedClock(NOW);
    pauses = [];
    pool.rows = payments(7);
  });
  afterEach(async () => {
    await Promise.all([pool.close(), desk.end()]);
  });

  function settings(changes: Partial<PollSettings> = {}): PollSettings {
    return {
      pollId: 'btcpool-kz.reserve-01~payouts', pool: 'btcpool-kz', account: 'reserve-01', format: 'btcpool-kz', rows: 'payouts', url: pool.url, everyMs: 600_000,
      requestsPerMinute: 600, timeoutMs: 300, pageRows: 3, overlapDays: 2, since: '2026-01-01', credentials: { token: 'secret-token' }, ...changes,
    };
  }
  function run(changes: Partial<RunParts> = {}, other: Partial<PollSettings> = {}): Promise<RunReport> {
    const pause = (ms: number): Promise<void> => {
      if (ms > 0) pauses.push(ms);
      clock.advance(ms);
      return Promise.resolve();
    };
    const parts: RunParts = {
      store: desk.store, statements: desk.statements, rate: new RequestRate(600, 10), patience: { ...PATIENCE, timeoutMs: 300, bytesMax: 200_000 },
      surroundings: { now: () => clock.now(), random: () => 0.5, pause }, ...changes,
    };
    return runPoll(settings(other), parts, 'spec', new AbortController().signal);
  }
  const claimed = async (): Promise<readonly string[]> => (await desk.events('payout-')).filter(({ type }) => type === 'mining.payout-received').map(({ stream }) => stream.split('~')[1] ?? '');

  it('takes every page, moves its cursor after the last, and asks from there the next time', async () => {
    expect(await run()).toEqual({ pages: 3, rows: 7, results: { accepted: 7 }, through: '2026-03-07T00:00:00.000Z' });
    expect(pool.requests.map(({ url, key }) => [new URL(url, 'http://x').searchParams.get('offset'), key])).toEqual([['0', 'secret-token'], ['3', 'secret-token'], ['6', 'secret-token']]);
    pool.rows = payments(8);
    expect(await run()).toMatchObject({ pages: 2, results: { accepted: 1, duplicate: 5 }, through: '2026-03-08T00:00:00.000Z' });
    expect(await claimed()).toHaveLength(8);
  });

  it.each<[string, Misdeed, number[]]>([
    ['answers too slowly', 'slow', [500]],
    ['is busy and says for how long', 'busy', [7000]],
    ['fails', 'broken', [500]],
    ['breaks an answer off', 'truncated', [500]],
    ['hangs up', 'hang-up', [500]],
    ['sends a page for people', 'html', [500]],
  ])('comes to its end although the pool %s', async (_name, misdeed, waited) => {
    pool.misdeeds = [undefined, misdeed];
    expect(await run()).toMatchObject({ pages: 3, results: { accepted: 7 } });
    expect(pauses).toEqual(waited);
    expect(pool.requests).toHaveLength(4);
  });

  it.each<[string, Misdeed, number, string]>([
    ['refuses the credentials', 'unauthorised', 1, 'pool-refused'],
    ['sends more than is taken', 'huge', 1, 'page-too-large'],
    ['points elsewhere, where the credentials would go', 'redirect', 5, 'pool-unreachable'],
    ['fails every time', 'broken', 5, 'pool-error'],
  ])('gives up when the pool %s, and its cursor stays', async (_name, misdeed, requests, code) => {
    pool.misdeeds = Array.from({ length: 10 }, () => misdeed);
    await expect(run()).rejects.toMatchObject({ name: 'PageFault', code });
    expect(pool.requests).toHaveLength(requests);
    expect(await cursorOf(desk.store, 'btcpool-kz.reserve-01~payouts')).toBeUndefined();
    pool.misdeeds = [];
    expect(await run()).toMatchObject({ results: { accepted: 7 } });
  });

  it('never shows the secret in a failure', async () => {
    pool.misdeeds = ['redirect', 'hang-up', 'broken', 'html', 'unauthorised'];
    await expect(run()).rejects.toMatchObject({ message: expect.not.stringContaining('secret-token') as string });
  });

  it('takes a row once that is on two pages, because new ones pushed it on while they were read', async () => {
    pool.beforeAnswer = (answer) => void (answer === 1 && (pool.rows = payments(9)));
    const report = await run();
    expect(report.results['accepted']).toBe(9);
    expect(report.results['duplicate']).toBeGreaterThan(0);
    expect(new Set(await claimed()).size).toBe(9);
    expect(await claimed()).toHaveLength(9);
  });

  it('finds a row that was missed because one before it vanished while pages were read', async () => {
    pool.beforeAnswer = (answer) => void (answer === 1 && pool.rows.shift());
    await run();
    expect(new Set(await claimed())).toEqual(new Set(['7', '6', '5', '4', '3', '2', '1']));
  });

  it('gives up on a list that never stops changing', async () => {
    pool.beforeAnswer = (answer) => void (pool.rows = payments(7 + answer));
    await expect(run()).rejects.toMatchObject({ code: 'list-changing' });
  });

  it('raises a conflict for a row that changed between two polls, and goes on', async () => {
    await run();
    pool.rows = pool.rows.map((row) => (row.id === 6 ? { ...row, amount: '0.5' } : row));
    expect(await run()).toMatchObject({ results: { refused: 1 } });
    expect((await desk.events('mining-conflict-')).map(({ type, stream }) => [type, stream])).toEqual([['mining.conflict-raised', 'mining-conflict-btcpool-kz.reserve-01~6']]);
  });

  it('loses and doubles nothing when it dies between a page and the cursor', async () => {
    let appends = 0;
    const dying: RunParts['store'] = Object.create(desk.store, {
      append: { value: (...call: Parameters<RunParts['store']['append']>) => (call[0].startsWith('pool-poll-') && (appends += 1) === 1 ? Promise.reject(new Error('killed')) : desk.store.append(...call)) },
    }) as RunParts['store'];
    await expect(run({ store: dying })).rejects.toThrow('killed');
    expect(await claimed()).toHaveLength(7);
    expect(await run({ store: dying })).toMatchObject({ results: { duplicate: 7 }, through: '2026-03-07T00:00:00.000Z' });
    expect(await claimed()).toHaveLength(7);
  });

  it('takes a row dated ahead of time without letting it carry the cursor away', async () => {
    pool.rows = [{ id: 99, amount: '0.1', time: Date.UTC(2099, 0, 1) / 1000 }, ...payments(3)];
    expect(await run()).toMatchObject({ through: NOW.toISOString() });
  });

  it('goes on from the last whole span when a later one fails', async () => {
    const spans: string[] = [];
    let broken = true;
    const braiins = createServer((request, response) => {
      const query = new URL(request.url ?? '', 'http://pool').searchParams;
      spans.push(`${query.get('from')} ${query.get('to')}`);
      if (broken && query.get('from') === '2026-03-02') return void response.writeHead(401).end();
      const at = Date.parse(`${query.get('from')}T00:00:00Z`) / 1000 + DAY;
      const row = { financial_account_name: 'A', requested_at_ts: at, resolved_at_ts: at, status: 'confirmed', amount_sats: 5, fee_sats: 0, destination: WALLET, tx_id: at.toString(16).padStart(64, '0'), trigger_type: 'manual' };
      return void response.end(JSON.stringify({ onchain: [row], lightning: [] }));
    });
    await new Promise<void>((resolve) => braiins.listen(0, '127.0.0.1', resolve));
    try {
      const changes = { pollId: 'braiins.reserve-01~payouts', pool: 'braiins', format: 'braiins', url: `http://127.0.0.1:${(braiins.address() as AddressInfo).port}` };
      await expect(run({}, changes)).rejects.toMatchObject({ code: 'pool-refused' });
      expect(await cursorOf(desk.store, changes.pollId)).toMatchObject({ through: '2026-02-01T00:00:00.000Z' });
      broken = false;
      expect(await run({}, changes)).toMatchObject({ pages: 2 });
      expect(spans).toEqual(['2026-01-01 2026-01-31', '2026-01-31 2026-03-02', '2026-03-02 2026-03-20', '2026-01-30 2026-03-01', '2026-03-01 2026-03-20']);
    } finally {
      await new Promise((resolve) => braiins.close(resolve));
    }
  });

  it('misses no row of a pool that gives fewer than were asked for', async () => {
    pool.rowsMax = 2;
    expect(await run()).toMatchObject({ pages: 4, results: { accepted: 7 } });
    expect(new Set(await claimed()).size).toBe(7);
  });

  it('gives up on a pool that does not turn pages', async () => {
    pool.offsetIgnored = true;
    await expect(run()).rejects.toMatchObject({ code: 'page-repeated' });
    expect(await cursorOf(desk.store, 'btcpool-kz.reserve-01~payouts')).toBeUndefined();
  });

  it('keeps to its rate', async () => {
    await run({ rate: new RequestRate(6, 1) });
    expect(pauses).toEqual([10_000, 10_000]);
  });
});
