import { join } from 'node:path';
import { SqliteEventStore, systemClock } from '@qazyna/event-store';
import { allItems, until } from '../system/caller.js';
import { balancesOf, expectBalanced, holdings, journal } from '../system/ledger-view.js';
import { ASSET, LICENCE } from '../system/messages.js';
import { PoolRun } from '../system/pool-run.js';
import { mine, RESERVE_VAULT, worldAt, type World } from '../system/sandbox-world.js';
import { Seeded } from '../system/seeded.js';
import { Standalone } from '../system/standalone.js';

const PAYOUTS = 20_000;
/** While the pool claims, and then while custody still matches and posts. */
const KILLS_CLAIMING = 3;
const KILLS_POSTING = 3;
const RUN_MS_MAX = 150_000;

describe(`standalone, killed again and again during a run of ${PAYOUTS} payouts`, () => {
  let standalone: Standalone;
  let world: World;
  let run: PoolRun;

  beforeAll(async () => {
    standalone = await Standalone.start({ story: false });
    world = worldAt(standalone.url);
    run = await PoolRun.paid(world, PAYOUTS);
  }, 120_000);
  afterAll(() => standalone?.remove(), 30_000);

  it('has taken and credited each payout once, whenever it was killed', async () => {
    const random = Seeded.announced('moments of the kills');
    const claiming = run.claimAll(RUN_MS_MAX);
    claiming.catch(() => undefined);
    const thresholds = Array.from({ length: KILLS_CLAIMING }, () => random.between(0, Math.floor(PAYOUTS * 0.9))).sort((a, b) => a - b);
    for (const threshold of thresholds) {
      await until(`${threshold} payouts are acknowledged`, () => run.acknowledged.size, (size) => size >= threshold, RUN_MS_MAX);
      await killAfter(random.between(0, 400));
      // Each start finds a chain that is one block longer: deposits become deep enough while claims still come.
      await mine(world, 1);
    }
    await claiming;
    expect(run.acknowledged.size).toBe(PAYOUTS);
    expect(run.retries).toBeGreaterThan(0);
    await mine(world, 2);
    for (let kill = 0; kill < KILLS_POSTING; kill++) await killAfter(random.between(200, 3_000));

    const reserve = await until('every payout is credited', () => holdings(standalone.url), ({ figures }) => figures.claims.payouts.length === 0 && figures.classes[0]?.assets.length === 1, RUN_MS_MAX);
    expect(reserve.figures.classes[0]).toMatchObject({ class: 'reserve', assets: [{ asset: ASSET, baseUnits: run.total.toString(), sources: [{ source: 'mining', id: LICENCE, baseUnits: run.total.toString() }] }] });
    expect(reserve.figures.classes.slice(1).every(({ assets }) => assets.length === 0)).toBe(true);
  }, 2 * RUN_MS_MAX);

  it('shows nothing missing and nothing twice at its doors', async () => {
    const listed = await allItems<{ payoutId: string; status: string }>(standalone.url, '/v1/payouts', { role: 'auditor' });
    expect(listed.map(({ payoutId }) => payoutId).sort()).toEqual(run.payoutIds().sort());
    expect(listed.filter(({ status }) => status !== 'accepted')).toEqual([]);
    const entries = await journal(standalone.url);
    expectBalanced(entries);
    const balances = [...balancesOf(entries)].filter(([, amount]) => amount !== 0n);
    expect(balances.sort()).toEqual([[`reserve:mining:${LICENCE} ${ASSET}`, -run.total], [`reserve:vault:${RESERVE_VAULT} ${ASSET}`, run.total]]);
  }, 60_000);

  it('has recorded each payout, match and credit once in its streams', async () => {
    await standalone.stop();
    const store = SqliteEventStore.open({ file: join(standalone.dataDir, 'events.sqlite'), clock: systemClock });
    const payouts = new Map<string, string[]>();
    const times = new Map<string, number>();
    const count = (what: string): void => void times.set(what, (times.get(what) ?? 0) + 1);
    try {
      for await (const page of store.readAll({ filter: { streamPrefixes: ['payout-', 'deposit-', 'claim-', 'journal'] } })) {
        for (const { stream, type, data } of page) {
          if (stream.startsWith('payout-')) payouts.set(stream, [...(payouts.get(stream) ?? []), type]);
          const payoutId = data['payoutId'] as string;
          if (type === 'custody.deposit-matched') count(`matched ${payoutId}`);
          if (type === 'custody.journal-entry-posted') {
            const credits = (data['postings'] as { account: string; amount: string }[]).filter(({ account }) => account.startsWith('reserve:mining:'));
            for (const { amount } of credits) count(`${amount.startsWith('-') ? 'credited' : 'taken back'} ${payoutId}`);
          }
        }
      }
    } finally {
      await store.close();
    }
    expect(payouts.size).toBe(PAYOUTS);
    expect([...payouts].filter(([, types]) => types.join(' ') !== 'mining.payout-received mining.payout-accepted')).toEqual([]);
    const ids = run.payoutIds();
    expect(ids.filter((id) => times.get(`matched ${id}`) !== 1 || times.get(`credited ${id}`) !== 1 || times.has(`taken back ${id}`))).toEqual([]);
    expect(times.size).toBe(2 * PAYOUTS);
  }, 60_000);

  async function killAfter(ms: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, ms));
    await standalone.kill9();
    await standalone.again();
  }
});
