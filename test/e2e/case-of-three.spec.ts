import { ask, call, until } from '../system/caller.js';
import { balancesOf, expectBalanced, holdings, journal, type HoldingFigures } from '../system/ledger-view.js';
import { ASSET, attributes, binaryHeaders, fact, seized } from '../system/messages.js';
import { depositAddress, mine, pay, registerVault, TRUST_VAULT, worldAt, type World } from '../system/sandbox-world.js';
import { Standalone } from '../system/standalone.js';

const CONFIRMATIONS = 3;
const CASE_NUMBER = '2026/3';
const CASE = 'afm.2026_3';
const HALVED = 100_000_001n;
const RETURNED = 200_000_000n;
const RELEASED = 300_000_000n;
const ALL = HALVED + RETURNED + RELEASED;
/** Half of an odd amount, rounded down for the state. */
const HALF = 50_000_000n;

interface ShownCase {
  readonly legalStatus: string;
  readonly assets: readonly { readonly assetId: string; readonly legalStatus: string; readonly parts: readonly { readonly legalStatus: string; readonly share: { readonly numerator: string; readonly denominator: string } }[] }[];
}

/** One case through every service: what an agency says, what lies on the chain, what the journal posts, what the public reads. */
describe('a case with three assets, machines and an account at an exchange', () => {
  let standalone: Standalone;
  let world: World;
  let days = 0;

  beforeAll(async () => {
    standalone = await Standalone.start({ story: false });
    world = worldAt(standalone.url);
    await registerVault(world, TRUST_VAULT, 'held-in-trust');
    const outputs = [];
    for (const [assetId, amount] of [['halved', HALVED], ['returned', RETURNED], ['released', RELEASED]] as const) {
      outputs.push({ address: await depositAddress(world, TRUST_VAULT, { kind: 'case', id: CASE, assetId }), amount: amount.toString() });
    }
    await pay(world, outputs);
    await mine(world, CONFIRMATIONS);
    await until('the coins are held', () => balance(`held-in-trust:case:${CASE}`), (held) => held === -ALL);
  }, 60_000);
  afterAll(() => standalone.remove(), 30_000);

  /** Acts take effect a day after one another. */
  async function act(kind: string, changes: object = {}): Promise<{ readonly status: string; readonly factId: string }> {
    const { assets, ...rest } = fact(CASE_NUMBER, { act: kind, effectiveAt: new Date(Date.UTC(2026, 0, ++days)).toISOString() });
    const body = JSON.stringify({ ...rest, ...(kind === 'reported' ? { assets } : {}), ...changes });
    const told = await ask<{ status: string; factId: string }>(standalone.url, '/v1/seizure-facts', { role: 'law-enforcement', headers: binaryHeaders('ce-', attributes('fact', `${CASE_NUMBER}-${days}`)), body });
    expect(told.status).toBe('accepted');
    return told;
  }
  const balance = async (account: string): Promise<bigint> => balancesOf(await journal(standalone.url)).get(`${account} ${ASSET}`) ?? 0n;
  const statuses = async (wanted: Readonly<Record<string, string>>): Promise<ShownCase> =>
    until('the statuses', () => ask<ShownCase>(standalone.url, `/v1/cases/${CASE}`, { role: 'auditor' }), ({ assets }) =>
      Object.entries(wanted).every(([assetId, status]) => assets.some((each) => each.assetId === assetId && each.legalStatus === status)));
  const figures = (what: string, wanted: (figures: HoldingFigures) => boolean): Promise<HoldingFigures> => until(what, async () => (await holdings(standalone.url)).figures, wanted);
  const sourceOf = ({ classes }: HoldingFigures, cls: string, source: string): string =>
    classes.find((each) => each.class === cls)?.assets.flatMap(({ sources }) => sources).find((each) => each.source === source && each.id === CASE)?.baseUnits ?? '0';

  it('begins with what the agency reports: every kind of thing apart, and nothing of it a balance', async () => {
    const coins = [['halved', HALVED], ['returned', RETURNED], ['released', RELEASED]].map(([assetId, amount]) =>
      seized({ assetId, amount: String(amount), location: { kind: 'device', reference: `evidence-${String(assetId)}` } }));
    await act('reported', {
      assets: [
        ...coins,
        { assetId: 'machines', asset: 'qazyna:local/pieces:asic-miner', amount: '12', location: { kind: 'equipment', make: 'Bitmain', model: 'Antminer S21', count: 12 } },
        seized({ assetId: 'account', amount: '50000000', location: { kind: 'exchange-account', exchange: 'exchange-a', accountId: 'acc-77' } }),
        // A local name that nobody has registered: it is shown as it was said, and the public figures stay.
        { assetId: 'strange', asset: 'qazyna:local/pieces:gpu-rig', amount: '5', location: { kind: 'equipment', make: 'Invented', model: 'Rig 9', count: 5 } },
      ],
    });
    await act('restriction', { lapsesAt: '2026-01-12T00:00:00Z' });
    await act('arrest');
    await act('evidence');
    expect((await statuses({ halved: 'evidence', machines: 'evidence', account: 'evidence' })).legalStatus).toBe('evidence');
    const { claims } = await figures('each kind of claim', ({ claims: { equipment, exchangeAccounts, devices } }) => equipment.length === 2 && exchangeAccounts.length === 1 && devices.length === 1);
    expect(claims.equipment).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ legalStatus: 'evidence', model: 'Antminer S21', claimed: { baseUnits: '12', coins: '12' } }),
        expect.objectContaining({ kind: 'unregistered', symbol: 'gpu-rig', model: 'Rig 9' }),
      ]),
    );
    expect(claims.exchangeAccounts).toMatchObject([{ exchange: 'exchange-a', outstanding: { baseUnits: '50000000' } }]);
    // The coins are under control: claimed no longer.
    expect(claims.devices).toMatchObject([{ asset: ASSET, outstanding: { baseUnits: '0' } }]);
    const page = await call(standalone.url, '/');
    for (const text of ['Antminer S21', 'Rig 9', 'exchange-a']) expect(page.text).toContain(text);
  }, 60_000);

  it('half of one asset becomes the state\'s, to the base unit, and the other half stays', async () => {
    await act('confiscation-order', { assetIds: ['halved'], share: { numerator: '1', denominator: '2' } });
    await act('finality', { assetIds: ['halved'] });
    await act('state-property-decision', { assetIds: ['halved'] });
    const shown = await statuses({ halved: 'state-property', returned: 'evidence', released: 'evidence' });
    expect(shown.legalStatus).toBe('mixed');
    const half = { numerator: '1', denominator: '2' };
    expect(shown.assets.find(({ assetId }) => assetId === 'halved')?.parts).toEqual([{ legalStatus: 'state-property', share: half }, { legalStatus: 'evidence', share: half }]);
    const published = await figures('the state\'s half', (each) => sourceOf(each, 'reserve', 'seizure') !== '0');
    expect([sourceOf(published, 'reserve', 'seizure'), sourceOf(published, 'held-in-trust', 'case')]).toEqual([HALF, ALL - HALF].map(String));
    expect([await balance('reserve:due-from:held-in-trust'), await balance('held-in-trust:due-to:reserve')]).toEqual([HALF, -HALF]);
    expectBalanced(await journal(standalone.url));
  }, 60_000);

  it('one is returned to a victim and one released: the state gains nothing by it, and the machines stay evidence', async () => {
    await act('return-to-victim', { assetIds: ['returned'], victim: { reference: 'V-2026-0007', manner: 'in-kind' } });
    await act('release-to-owner', { assetIds: ['released'] });
    await statuses({ returned: 'returned-to-victim', released: 'released', machines: 'evidence', account: 'evidence', halved: 'state-property' });
    expect([await balance(`reserve:seizure:${CASE}`), await balance(`held-in-trust:case:${CASE}`)]).toEqual([-HALF, -(ALL - HALF)]);
    await figures('the claims that are left', ({ claims: { devices, equipment } }) => equipment.length === 2 && devices.every((each) => !JSON.stringify(each).includes('returned')));
  }, 60_000);

  it('an appeal after state property gives the half back by an entry that names the one it corrects, and deletes nothing', async () => {
    const before = await journal(standalone.url);
    await act('reversal', { assetIds: ['halved'] });
    const after = await until('the reversal is posted', () => journal(standalone.url), ({ length }) => length > before.length);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.slice(before.length)).toMatchObject([{ kind: 'compensation', corrects: before.find(({ kind }) => kind === 'reclassification')?.entryId }]);
    expect([await balance(`reserve:seizure:${CASE}`), await balance(`held-in-trust:case:${CASE}`), await balance('reserve:due-from:held-in-trust')]).toEqual([0n, -ALL, 0n]);
    await figures('the figures follow', (each) => sourceOf(each, 'held-in-trust', 'case') === String(ALL) && sourceOf(each, 'reserve', 'seizure') === '0');
    expectBalanced(after);
  }, 60_000);
});
