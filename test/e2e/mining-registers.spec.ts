import { ask, call, until } from '../system/caller.js';
import { Standalone } from '../system/standalone.js';

const LICENCE = 'KZ-CM-0900';
const FARM = 'ekibastuz-9';
const OLD_WALLET = 'bc1qllf33yhp7m80sfm35fce0tagcckey7dljauwd5';
const NEW_WALLET = 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4';
const ASSET = 'bip122:000000000019d6689c085ae165831e93/slip44:0';
const DOCUMENT = { reference: 'ME-2026/14', authority: 'ministry-of-energy', sha256: 'ab'.repeat(32) };
/** Seen within a second by a person on a quiet machine; two busy cores are given more. */
const VISIBLE_MS_MAX = 15_000;

interface Result {
  readonly status: string;
  readonly code?: string;
  readonly reasons?: readonly { readonly code: string }[];
}

describe('the registers of mining, in the running system', () => {
  let standalone: Standalone;
  let payments = 0;
  const post = <T = Result>(path: string, role: string, body: object): Promise<T> => ask<T>(standalone.url, path, { role, body: JSON.stringify(body) });
  const claim = (paidAt: string, address = OLD_WALLET): Promise<Result> =>
    post('/v1/payouts', 'pool-operator', { pool: 'btcpool-kz', account: 'farm-9', paymentId: `p-${++payments}`, asset: ASSET, amount: '1000', address, txid: payments.toString(16).padStart(64, '0'), paidAt });
  const held = (code: string) => ({ status: 'held', reasons: [expect.objectContaining({ code })] });
  const act = (kind: string, actId: string, effectiveAt: string, more: object = {}): Promise<Result> =>
    post(`/v1/licences/${LICENCE}/acts`, 'regulator', { licenceId: LICENCE, actId, act: kind, effectiveAt, document: DOCUMENT, ...more });
  const licence = (): Promise<{ status: string; monthsOverQuota: number; history: unknown[] }> => ask(standalone.url, `/v1/licences/${LICENCE}`, { role: 'auditor' });

  beforeAll(async () => {
    standalone = await Standalone.start({ story: false });
    await post('/v1/licences', 'regulator', { licenceId: LICENCE, kind: 'mining', holder: 'ekibastuz-energy', validFrom: '2021-01-01T00:00:00Z', validUntil: '2022-06-01T00:00:00Z', energySource: 'coal' });
    await post('/v1/pool-accounts', 'custodian', { pool: 'btcpool-kz', account: 'farm-9', licenceId: LICENCE, network: 'mainnet', payoutAddress: OLD_WALLET });
    await post('/v1/farms', 'regulator', { farmId: FARM, licenceId: LICENCE, energySource: 'coal', meters: ['M-1'], utcOffset: '+05:00' });
  }, 60_000);
  afterAll(() => standalone?.remove(), 30_000);

  it('hold a payout for what was so when the pool paid, whenever the act arrived', async () => {
    expect(await act('resume', 'R-1', '2021-05-01T00:00:00Z')).toMatchObject({ status: 'accepted' });
    expect(await act('suspend', 'S-1', '2021-04-01T00:00:00Z')).toMatchObject({ status: 'accepted' });
    expect(await act('suspend', 'S-1', '2021-04-01T00:00:00Z')).toMatchObject({ status: 'duplicate' });
    expect(await claim('2021-04-15T00:00:00Z')).toMatchObject(held('licence-suspended'));
    expect(await claim('2021-05-01T00:00:00Z')).toMatchObject({ status: 'accepted' });
    expect(await claim('2022-06-01T00:00:00Z')).toMatchObject(held('licence-expired'));
    const conflict = await call(standalone.url, `/v1/licences/${LICENCE}/acts`, { role: 'regulator', body: JSON.stringify({ licenceId: LICENCE, actId: 'S-1', act: 'suspend', effectiveAt: '2021-04-02T00:00:00Z', document: DOCUMENT }) });
    expect([conflict.status, (JSON.parse(conflict.text) as { code: string }).code]).toEqual([409, 'licence-act-conflict']);
  });

  it('list what is held by its reason, and an officer releases it with one', async () => {
    const list = (query: string) => ask<{ items: { payoutId: string; decision: string | null }[] }>(standalone.url, `/v1/payouts?${query}`, { role: 'auditor' });
    const { items } = await until('the payout is listed', () => list(`state=held&reason=licence-suspended&licenceId=${LICENCE}&paidFrom=2021-04-01T00:00:00Z&paidBefore=2021-05-01T00:00:00Z`), (page) => page.items.length === 1, VISIBLE_MS_MAX);
    const [payout] = items;
    const word = { decision: 'release', reason: 'the court lifted the suspension' };
    const unknown = 'no-pool.nobody~1';
    expect(await post('/v1/payouts/decisions', 'compliance-officer', { items: [{ payoutId: payout?.payoutId, ...word }, { payoutId: unknown, ...word }] })).toMatchObject({
      results: [{ payoutId: payout?.payoutId, status: 'accepted' }, { payoutId: unknown, status: 'refused', code: 'payout-unknown' }],
    });
    expect(await post(`/v1/payouts/${payout?.payoutId ?? ''}/decision`, 'compliance-officer', word)).toMatchObject({ status: 'accepted' });
    await until('the release is listed', () => list('state=accepted&reason=licence-suspended'), (page) => page.items[0]?.decision === 'the court lifted the suspension', VISIBLE_MS_MAX);
    expect((await list(`state=held&reason=licence-revoked`)).items).toEqual([]);
  });

  it('announce an end of validity that the clock has passed, and take it back for a late extension', async () => {
    const expiries = async (): Promise<unknown[]> => (await licence()).history.filter((item) => String((item as { type: string }).type).includes('expir'));
    await until('the expiry is announced', expiries, (items) => items.length === 1, VISIBLE_MS_MAX);
    expect(await act('amend', 'A-1', '2022-05-01T00:00:00Z', { terms: { validUntil: '2096-01-01T00:00:00Z' } })).toMatchObject({ status: 'accepted' });
    await until('the expiry is withdrawn', expiries, (items) => items.length === 2, VISIBLE_MS_MAX);
    expect((await licence()).status).toBe('valid');
    expect(await claim('2022-06-01T00:00:00Z')).toMatchObject({ status: 'accepted' });
  });

  it('count energy over quota against the licence, and no longer when the reading is corrected', async () => {
    await post(`/v1/farms/${FARM}/quotas`, 'regulator', { actId: 'Q-1', effectiveFrom: '2021-01-01T00:00:00Z', perMonthWh: '1000000', document: DOCUMENT });
    const readings = [
      { farmId: FARM, meterId: 'M-1', from: '2021-06-30T19:00:00Z', to: '2021-07-10T19:00:00Z', energyWh: '600000' },
      { farmId: FARM, meterId: 'M-1', from: '2021-07-10T19:00:00Z', to: '2021-07-20T19:00:00Z', energyWh: '500000' },
      { farmId: FARM, meterId: 'M-1', from: '2021-07-20T18:00:00Z', to: '2021-07-21T19:00:00Z', energyWh: '1' },
      { farmId: FARM, meterId: 'M-2', from: '2021-07-20T18:00:00Z', to: '2021-07-21T19:00:00Z', energyWh: '1' },
      { farmId: FARM, meterId: 'M-1', from: '2021-07-25T00:00:00Z', to: '2021-08-01T00:00:00Z', energyWh: '1' },
    ];
    const { results } = await post<{ results: Result[] }>('/v1/energy-readings', 'regulator', readings);
    expect(results.map(({ status, code }) => code ?? status)).toEqual(['accepted', 'accepted', 'reading-overlap', 'meter-unknown', 'reading-crosses-month']);
    expect((await post<{ results: Result[] }>('/v1/energy-readings', 'regulator', readings.slice(0, 2))).results.map(({ status }) => status)).toEqual(['duplicate', 'duplicate']);
    await until('the licence is over quota', licence, ({ monthsOverQuota }) => monthsOverQuota === 1, VISIBLE_MS_MAX);
    expect(await claim('2021-07-15T00:00:00Z')).toMatchObject(held('licence-over-quota'));
    expect(await claim('2021-08-15T00:00:00Z')).toMatchObject({ status: 'accepted' });

    const second = readings[1];
    await post('/v1/energy-readings', 'regulator', { ...second, energyWh: '400000', revision: 1, corrects: 'M-1~2021-07-10T19:00:00Z~2021-07-20T19:00:00Z~0' });
    await until('the licence is within quota', licence, ({ monthsOverQuota }) => monthsOverQuota === 0, VISIBLE_MS_MAX);
    expect(await claim('2021-07-15T00:00:00Z')).toMatchObject({ status: 'accepted' });
    const energy = await ask<object>(standalone.url, `/v1/farms/${FARM}/energy?month=2021-07`, { role: 'auditor' });
    expect(energy).toMatchObject({ energyWh: '1000000', allowanceWh: '1000000', overPercent: 0, readings: 3, corrected: 1, gaps: [{ meterId: 'M-1', from: '2021-07-20T19:00:00.000Z', to: '2021-07-31T19:00:00.000Z' }] });
  });

  it('let a new wallet cool off after a second person confirmed it', async () => {
    const path = '/v1/pool-accounts/btcpool-kz.farm-9/wallet-changes';
    await post(path, 'custodian', { changeId: 'W-1', payoutAddress: NEW_WALLET, document: DOCUMENT });
    const now = new Date().toISOString();
    expect(await claim(now, NEW_WALLET)).toMatchObject(held('wallet-not-registered'));
    const own = await call(standalone.url, `${path}/W-1/confirmation`, { role: 'custodian', body: '{}' });
    expect([own.status, (JSON.parse(own.text) as { code: string }).code]).toEqual([403, 'forbidden-own-proposal']);
    const { effectiveFrom } = await post<{ effectiveFrom: string }>(`${path}/W-1/confirmation`, 'compliance-officer', {});
    expect(Date.parse(effectiveFrom) - Date.now()).toBeGreaterThan(71 * 3_600_000);
    expect(await claim(now, NEW_WALLET)).toMatchObject(held('wallet-cooling'));
    expect(await claim(now, OLD_WALLET)).toMatchObject({ status: 'accepted' });
  });

  it('show what was accepted before a late act spoke against it', async () => {
    expect(await act('suspend', 'S-2', '2021-08-10T00:00:00Z', { until: '2021-09-01T00:00:00Z' })).toMatchObject({ status: 'accepted' });
    const doubted = () => ask<{ items: { claim: { paidAt: string }; doubts: { code: string }[] }[]; next: null }>(standalone.url, `/v1/payouts/in-doubt?reason=licence-suspended&licenceId=${LICENCE}`, { role: 'auditor' });
    const { items, next } = await until('the payout is in doubt', doubted, (page) => page.items.length > 0, VISIBLE_MS_MAX);
    expect(next).toBeNull();
    expect(items.map(({ claim: { paidAt }, doubts }) => [paidAt, doubts.map(({ code }) => code)])).toEqual([['2021-08-15T00:00:00Z', ['licence-suspended']]]);
  });

  it('are the same after a kill, from the streams alone', async () => {
    await standalone.kill9();
    await standalone.again();
    expect(await licence()).toMatchObject({ status: 'valid', monthsOverQuota: 0 });
    expect(await ask(standalone.url, '/v1/pool-accounts/btcpool-kz.farm-9', { role: 'auditor' })).toMatchObject({ payoutAddress: OLD_WALLET, walletChange: { changeId: 'W-1', stage: 'cooling' } });
    expect(await act('revoke', 'V-1', '2022-07-01T00:00:00Z')).toMatchObject({ status: 'accepted', standing: { status: 'revoked' } });
    expect(await claim('2022-07-01T00:00:00Z')).toMatchObject(held('licence-revoked'));
  }, 60_000);
});
