import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { systemClock, systemIds } from '@qazyna/event-store';
import { createLogger, loadPlatformConfig, ServiceMetrics } from '@qazyna/service-kit';
import { MiningDesk } from '../spec-support/mining-desk.js';
import { UnrulyPool } from '../spec-support/unruly-pool.js';
import { PollsWorker } from './polls.worker.js';
import { POOL_FAMILIES } from './pool-requests.adapter.js';

/** Every wait has a bound of its own; this one is for a busy machine. */
jest.setTimeout(30_000);

describe('the polls of a process', () => {
  it('run on their own, say how far they got, and count; one pool that fails stops no other', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'qazyna-polls-'));
    const [pool, desk] = [await UnrulyPool.open(), await MiningDesk.open('btcpool-kz', 'f2pool')];
    pool.rows = [{ id: 2, amount: '0.2', time: 1_772_000_000 }, { id: 1, amount: '0.1', time: 1_771_900_000 }];
    writeFileSync(join(folder, 'secret'), 'the-token');
    const poll = { account: 'reserve-01', rows: 'payouts', url: pool.url, since: '2026-01-01', credentials: { token: { file: join(folder, 'secret') } } };
    writeFileSync(join(folder, 'polls.json'), JSON.stringify({ polls: [{ ...poll, pool: 'btcpool-kz' }, { ...poll, pool: 'f2pool', url: `${pool.url}/`, account: 'nobody' }] }));
    const { config } = loadPlatformConfig({ QAZYNA_POOL_POLLS_FILE: join(folder, 'polls.json') }, { standalone: true, usesChain: false });
    const metrics = new ServiceMetrics('spec');
    const logger = createLogger({ service: 'spec', level: 'silent', pretty: false });
    const worker = new PollsWorker(config, desk.store, systemClock, systemIds, logger, metrics, desk.statements);
    try {
      worker.onApplicationBootstrap();
      while (worker.statuses().some(({ lastSuccessAt, lastError }) => lastSuccessAt === null && lastError === null)) await wait(10);
      const [good, bad] = worker.statuses();
      expect(good).toMatchObject({ pollId: 'btcpool-kz.reserve-01~payouts', through: '2026-02-25T06:13:20.000Z', failures: 0, lastRun: { rows: 2, results: { accepted: 2 } }, lastError: null });
      expect(bad).toMatchObject({ through: null, lastSuccessAt: null, failures: 1, lastError: { code: 'page-unreadable', message: expect.stringContaining('pool-account-unknown') as string } });
      expect(JSON.stringify(worker.statuses())).not.toContain('the-token');
      const figures = await metrics.text();
      expect(figures).toMatch(/qazyna_pool_poll_rows_total\{poll="btcpool-kz\.reserve-01~payouts",result="accepted",service="spec"\} 2/);
      expect(figures).toMatch(/qazyna_pool_poll_errors_total\{poll="f2pool\.nobody~payouts",code="page-unreadable",service="spec"\} 1/);
      expect(figures).toMatch(/qazyna_pool_poll_last_success_age_seconds\{poll="btcpool-kz/);
    } finally {
      await worker.onApplicationShutdown();
      await Promise.all([pool.close(), desk.end()]);
      metrics.close();
      rmSync(folder, { recursive: true });
    }
  });
});

describe('what each pool is asked', () => {
  const credentials = { token: 'T', userId: 'U', key: 'K', secret: 'S' };
  const [from, to] = [new Date('2026-01-01T00:00:00Z'), new Date('2026-02-15T12:00:00Z')];
  const asked = (format: string, rows: 'payouts' | 'earnings', page = 0) =>
    (POOL_FAMILIES.get(format)?.sequences({ url: 'https://pool.example/', account: 'acc', rows, pageRows: 20, credentials }, from, to) ?? []).map((sequence) => sequence.request({ page, rows: page * 20, now: to }));

  it('is what its public interface wants', () => {
    expect(asked('btcpool-kz', 'earnings', 2)).toMatchObject([{ method: 'GET', url: 'https://pool.example/?v=1&method=profit_history&currency=BTC&offset=40&limit=20', headers: { 'x-api-key': 'T' } }]);
    expect(asked('viabtc', 'payouts', 1)).toMatchObject([
      { url: 'https://pool.example/res/openapi/v1/wallet/payment/history?coin=BTC&start_date=2026-01-01&end_date=2026-01-31&utc=true&page=2&limit=20', headers: { 'x-api-key': 'T' } },
      { url: expect.stringContaining('start_date=2026-01-31&end_date=2026-02-15') as string },
    ]);
    expect(asked('f2pool', 'earnings')).toMatchObject([
      { method: 'POST', headers: { 'f2p-api-secret': 'T' }, body: '{"currency":"bitcoin","mining_user_name":"acc","type":"revenue","start_time":1767225600,"end_time":1769817600}' },
      { body: '{"currency":"bitcoin","mining_user_name":"acc","type":"revenue","start_time":1769817600,"end_time":1771156800}' },
    ]);
    expect(asked('braiins', 'payouts')).toMatchObject([{ url: 'https://pool.example/accounts/payouts/json/btc?from=2026-01-01&to=2026-01-31', headers: { 'pool-auth-token': 'T' } }, { url: expect.stringContaining('from=2026-01-31&to=2026-02-15') as string }]);
  });

  it('is signed for AntPool over user, key and nonce', () => {
    const [request] = asked('antpool', 'payouts');
    const form = new URLSearchParams(request?.body);
    const signature = createHmac('sha256', 'S').update(`UK${to.getTime()}`).digest('hex').toUpperCase();
    expect([Object.fromEntries(form), request?.url]).toEqual([{ key: 'K', nonce: String(to.getTime()), signature, coin: 'BTC', type: 'payout', page: '1', pageSize: '20' }, 'https://pool.example/api/paymentHistoryV2.htm']);
  });
});
