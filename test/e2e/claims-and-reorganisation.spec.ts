import { ask, until } from '../system/caller.js';
import { balancesOf, expectBalanced, holdings, journal, type JournalEntry } from '../system/ledger-view.js';
import { ACCOUNT, ASSET, attributes, binaryHeaders, fact, payout, POOL } from '../system/messages.js';
import { chainTip, depositAddress, mine, pay, registerPool, registerVault, reorganise, TRUST_VAULT, worldAt, type World } from '../system/sandbox-world.js';
import { Standalone } from '../system/standalone.js';

const CONFIRMATIONS = 3;
const CASE = 'afm.257100031_00142';

describe('what is announced, what the chain shows, and what it takes back', () => {
  let standalone: Standalone;
  let world: World;
  let pool: string;
  let trust: string;

  beforeAll(async () => {
    standalone = await Standalone.start({ story: false });
    world = worldAt(standalone.url);
    pool = await registerPool(world);
    await registerVault(world, TRUST_VAULT, 'held-in-trust');
    trust = await depositAddress(world, TRUST_VAULT, { kind: 'case', id: CASE });
  }, 180_000);
  afterAll(() => standalone?.remove(), 30_000);

  /** Custody has looked at the whole chain, and reporting at all of custody. */
  async function settled(): Promise<void> {
    const { height } = await chainTip(world);
    await until('the tip is followed', () => holdings(standalone.url), ({ asOf }) => asOf.blockHeight === height);
  }

  async function claim(paymentId: string, changes: Parameters<typeof payout>[1]): Promise<void> {
    const result = await ask<{ status: string }>(standalone.url, '/v1/payouts', { role: 'pool-operator', body: JSON.stringify(payout(paymentId, { address: pool, ...changes })) });
    expect(result.status).toBe('accepted');
  }

  const amountOf = (entries: readonly JournalEntry[], account: string): bigint => balancesOf(entries).get(`${account} ${ASSET}`) ?? 0n;

  it('a claim with no output on the chain changes no balance', async () => {
    const before = await holdings(standalone.url);
    await claim('never-paid', { amount: '500000000' });
    const reported = await ask<{ status: string }>(standalone.url, '/v1/seizure-facts', { role: 'law-enforcement', headers: binaryHeaders('ce-', attributes('fact', 'reported')), body: JSON.stringify(fact('257100031/00142')) });
    expect(reported.status).toBe('accepted');
    await mine(world, CONFIRMATIONS + 2);
    await settled();
    // The claims have reached the figures, as claims.
    const after = await until('the claims are shown', () => holdings(standalone.url), ({ figures }) => figures.claims.payouts.some(({ payouts }) => payouts === 1) && figures.claims.tokens.length + figures.claims.devices.length + figures.claims.equipment.length + figures.claims.exchangeAccounts.length === 1);
    expect(after.figures.classes).toEqual(before.figures.classes);
    expect(after.figures.classes.every(({ assets }) => assets.length === 0)).toBe(true);
    expect(await journal(standalone.url)).toEqual([]);
  }, 60_000);

  it('an output counts once it is deep enough, and not before', async () => {
    await pay(world, [{ address: trust, amount: '250000000' }]);
    await mine(world, CONFIRMATIONS - 1);
    await settled();
    expect(await journal(standalone.url)).toEqual([]);
    await mine(world, 1);
    const entries = await until('the deposit is posted', () => journal(standalone.url), ({ length }) => length > 0);
    expect(entries.map(({ kind }) => kind)).toEqual(['deposit']);
    expect(amountOf(entries, `held-in-trust:vault:${TRUST_VAULT}`)).toBe(250_000_000n);
    expect(amountOf(entries, `held-in-trust:case:${CASE}`)).toBe(-250_000_000n);
  }, 60_000);

  it('a reorganisation that takes a deposit back compensates its entry by name, deletes nothing, and posts anew when it returns', async () => {
    const before = await journal(standalone.url);
    const [deposited] = before;
    // Its block goes, and another one brings its transaction back: no less deep, so it counts again at once.
    await reorganise(world, { depth: CONFIRMATIONS, blocks: CONFIRMATIONS + 1 });
    const after = await until('the deposit counts again', () => journal(standalone.url), ({ length }) => length >= before.length + 2);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.slice(before.length)).toMatchObject([
      { kind: 'compensation', corrects: deposited?.entryId, depositId: deposited?.depositId },
      { kind: 'deposit', depositId: deposited?.depositId },
    ]);
    expect(after.at(-1)?.entryId).not.toBe(deposited?.entryId);
    expect(amountOf(after.slice(0, -1), `held-in-trust:vault:${TRUST_VAULT}`)).toBe(0n);
    expect(amountOf(after, `held-in-trust:vault:${TRUST_VAULT}`)).toBe(250_000_000n);
    expectBalanced(after);
    // The tip may be shown before the entry: both are followed, each on its own.
    await until('the deposit is in the figures again', () => holdings(standalone.url), ({ figures }) => figures.classes.find((each) => each.class === 'held-in-trust')?.assets[0]?.baseUnits === '250000000');
  }, 60_000);

  it('a payout whose transaction vanishes for good loses its credit, and its claim stays', async () => {
    const before = await journal(standalone.url);
    const { txid } = await pay(world, [{ address: pool, amount: '7000000' }]);
    await claim('vanishes', { amount: '7000000', txid });
    await mine(world, CONFIRMATIONS);
    const credited = await until('the payout is credited', () => journal(standalone.url), (entries) => amountOf(entries, 'reserve:mining:KZ-CM-0001') === -7_000_000n);
    expect(credited.slice(0, before.length)).toEqual(before);

    await reorganise(world, { depth: CONFIRMATIONS, blocks: CONFIRMATIONS + 1, dropTransactions: [txid] });
    await mine(world, CONFIRMATIONS);
    const compensated = await until('the credit is taken back', () => journal(standalone.url), (entries) => amountOf(entries, 'reserve:mining:KZ-CM-0001') === 0n && entries.length > credited.length);
    await settled();
    expect(compensated.slice(0, credited.length)).toEqual(credited);
    const corrected = compensated.slice(credited.length).map(({ corrects }) => corrects);
    for (const { entryId } of credited.slice(before.length).filter(({ payoutId }) => payoutId !== undefined && payoutId !== null)) expect(corrected).toContain(entryId);
    expectBalanced(compensated);
    const listed = await ask<{ status: string }>(standalone.url, `/v1/payouts/${encodeURIComponent(`${POOL}.${ACCOUNT}~vanishes`)}`, { role: 'auditor' });
    expect(listed.status).toBe('accepted');
    const { figures } = await holdings(standalone.url);
    expect(figures.claims.payouts).toMatchObject([{ status: 'accepted', payouts: 2, baseUnits: '507000000' }]);
  }, 60_000);
});
