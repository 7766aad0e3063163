import fc from 'fast-check';
import { ShownStory } from '../spec-support/shown-story.js';
import { ASSET, interleaved, MINED, MINER, STORY, type ToldEvent } from '../spec-support/told-story.js';

/** Every table but the place in the log and what it is recognised by. */
function contents(shown: ShownStory): unknown {
  const { db } = shown.model;
  const tables = db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'read_model' ORDER BY name`).all();
  return Object.fromEntries(tables.map(({ name }) => [name, db.prepare(`SELECT * FROM ${name as string} ORDER BY 1, 2`).all().map((row) => ({ ...row }))]));
}

describe('what the events say', () => {
  let shown: ShownStory;
  beforeEach(() => {
    shown = new ShownStory();
  });
  afterEach(() => shown.remove());

  it('becomes the public figures', async () => {
    const { asOf, figures } = await shown.tell(STORY);
    expect(asOf).toMatchObject({ network: 'regtest', blockHeight: 102, blockHash: '9'.repeat(64), blockTime: '2026-03-12T00:00:00.000Z', journalRevision: '5' });
    expect(figures.classes).toMatchObject([
      {
        class: 'reserve',
        assets: [{
          asset: ASSET, test: true, baseUnits: (BigInt(MINED) + 100n).toString(), coins: '90071992.54741093',
          sources: [{ source: 'mining', id: 'L-1', baseUnits: MINED }, { source: 'seizure', id: 'afm.2', legalStatus: 'state-property', baseUnits: '100' }],
          custody: [{ status: 'due', place: 'held-in-trust', baseUnits: '100' }, { status: 'in-vault', place: 'R', tier: 'cold', baseUnits: MINED }],
        }],
      },
      {
        class: 'held-in-trust',
        assets: [{
          baseUnits: '250', sources: [{ source: 'case', id: 'afm.1', legalStatus: 'arrested', baseUnits: '250' }],
          custody: [{ status: 'in-vault', place: 'T', tier: 'cold', baseUnits: '350' }], owedToOtherClasses: [{ class: 'reserve', baseUnits: '100' }],
        }],
      },
      { class: 'operational', assets: [] },
    ]);
    expect(figures.claims).toMatchObject({
      devices: [
        { asset: ASSET, legalStatus: 'arrested', cases: 1, claimed: { baseUnits: '300' }, outstanding: { baseUnits: '50' } },
        { asset: ASSET, legalStatus: 'reported', cases: 1, claimed: { baseUnits: '77' }, outstanding: { baseUnits: '77' } },
        { asset: ASSET, legalStatus: 'state-property', cases: 1, claimed: { baseUnits: '100' }, outstanding: { baseUnits: '0' } },
      ],
      equipment: [{ asset: MINER, kind: 'equipment', legalStatus: 'arrested', cases: 1, outstanding: { baseUnits: '48' } }],
      payouts: [{ status: 'accepted', payouts: 1, baseUnits: '5000' }, { status: 'held', payouts: 1, baseUnits: '6000' }],
    });
  });

  it('is a claim again, and no holding, while a reorganisation has the coins back', async () => {
    const { figures } = await shown.tell(STORY.slice(0, -1));
    expect(figures.classes[0]).toMatchObject({ assets: [{ baseUnits: '100' }] });
    expect(figures.claims.payouts).toMatchObject([{ status: 'accepted', payouts: 2, baseUnits: (BigInt(MINED) + 5000n).toString() }, { status: 'held' }]);
  });

  it('shows each asset of a case by its own standing, what an issuer froze, and coins that were found there', async () => {
    const whole = { numerator: '1', denominator: '1' };
    const half = { numerator: '1', denominator: '2' };
    const wallet = { caseId: 'afm.3', assetId: '1', asset: ASSET, amount: '77', location: { kind: 'address', address: 'bcrt1qsecret' } };
    const changed = (parts: readonly object[], more: object = {}): ToldEvent => ({ stream: 'case-afm.3', type: 'intake.asset-status-changed', data: { ...wallet, legalStatus: 'state-property', parts, waiting: [], factId: 'f', ...more } as ToldEvent['data'], after: [] });
    const freeze = { caseId: 'afm.3', assetId: '1', freezeId: 'f-1', issuer: 'tether', reference: 'tx', effectiveAt: '2026-03-06T00:00:00Z' };
    const { figures } = await shown.tell([
      ...STORY,
      changed([{ legalStatus: 'state-property', share: half }, { legalStatus: 'evidence', share: half }]),
      { stream: 'case-afm.3', type: 'intake.coins-inherited', data: { caseId: 'afm.3', assetId: '1-fork', parentAssetId: '1', findingId: 'x', kind: 'fork', asset: ASSET, amount: '10', location: { kind: 'address', address: 'bcrt1qsecret' }, effectiveAt: '2026-03-06T00:00:00Z' }, after: [] },
      { stream: 'case-afm.3', type: 'intake.token-frozen-by-issuer', data: freeze, after: [] },
    ]);
    expect(figures.claims.tokens.map(({ legalStatus, claimed, frozenByIssuer, inherited }) => [legalStatus, claimed.baseUnits, frozenByIssuer.baseUnits, inherited.baseUnits])).toEqual([['evidence', '44', '39', '5'], ['state-property', '43', '38', '5']]);
    expect(JSON.stringify(figures)).not.toContain('secret');
    const lifted = await shown.tell([{ stream: 'case-afm.3', type: 'intake.token-freeze-lifted', data: freeze, after: [] }, changed([{ legalStatus: 'released', share: whole }])]);
    expect(lifted.figures.claims.tokens).toMatchObject([{ claimed: { baseUnits: '5' }, frozenByIssuer: { baseUnits: '0' } }, { claimed: { baseUnits: '5' } }]);
  });

  it('counts no claim as a holding', async () => {
    const { figures } = await shown.tell(STORY.filter(({ type }) => !type.startsWith('custody.')));
    expect(figures.classes.flatMap(({ assets }) => assets)).toEqual([]);
    expect(figures.claims.payouts).toMatchObject([{ status: 'accepted', payouts: 2 }, { status: 'held', payouts: 1 }]);
  });

  it('is the same, byte for byte, in whatever order independent things happened', async () => {
    const { figures } = await shown.tell(STORY);
    const expected = [JSON.stringify(figures), contentsWithoutTimes(shown)];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { minLength: STORY.length, maxLength: STORY.length }), async (choices) => {
        const order = [...choices];
        const other = new ShownStory();
        try {
          const holdings = await other.tell(interleaved((among) => (order.pop() ?? 0) % Math.max(among, 1)));
          expect([JSON.stringify(holdings.figures), contentsWithoutTimes(other)]).toEqual(expected);
        } finally {
          await other.remove();
        }
      }),
      { numRuns: 12 },
    );
  });

  it('is the same rebuilt from the start as followed event by event', async () => {
    for (const event of STORY) await shown.tell([event]);
    const [followed, figures] = [contents(shown), JSON.stringify(shown.holdings.current())];
    await shown.closeModel();
    await shown.model.rebuild(() => undefined);
    expect(contents(shown)).toEqual(followed);
    expect(JSON.stringify(shown.holdings.current())).toBe(figures);
  });

  it('is the same however often the service was stopped on the way', async () => {
    const once = new ShownStory();
    const expected = await once.tell(STORY);
    await once.remove();
    const rest: ToldEvent[] = [...STORY];
    while (rest.length > 0) {
      await shown.tell(rest.splice(0, 7));
      await shown.closeModel();
    }
    expect(await shown.shown()).toEqual(expected);
  });

  it('withholds its figures when the journal breaks an invariant, and says which', async () => {
    await shown.tell(STORY);
    const posting = { account: 'reserve:vault:R', asset: ASSET, amount: '1' };
    const entry = { ...STORY.at(-1), data: { ...STORY.at(-1)?.data, entryId: 'b8a7c6d5-0000-5000-8000-000000000001', postings: [posting] } } as ToldEvent;
    await expect(shown.tell([entry])).rejects.toMatchObject({ status: 500, code: 'figures-contradict', message: 'the figures break INV-01 and are withheld' });
    expect(shown.holdings.contradiction()?.message).toContain('reserve is out of balance by 1 base units');
  });
});

/** Times of recording, what was when, and places in the log differ from run to run; the order of the journal's numbers does not. */
function contentsWithoutTimes(shown: ShownStory): unknown {
  return JSON.parse(JSON.stringify(contents(shown), (key, value: unknown) => (['recorded_at', 'figure_history', 'moment'].includes(key) ? undefined : value)));
}
