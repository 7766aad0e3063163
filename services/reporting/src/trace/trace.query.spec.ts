import { ShownStory } from '../spec-support/shown-story.js';
import { ASSET, DEPOSIT, MINED, PAYOUT, STORY, TXID } from '../spec-support/told-story.js';
import type { Trace, TracedCase, TraceKind } from './trace.js';

describe('a trace', () => {
  let shown: ShownStory;
  beforeAll(async () => {
    shown = new ShownStory();
    await shown.tell(STORY);
  });
  afterAll(() => shown.remove());

  function trace(kind: TraceKind, id: string): Trace {
    const found = shown.traces.find(kind, id);
    if (!found) throw new Error(`${kind} ${id} is unknown`);
    return found;
  }
  const summary = ({ cases, payouts, deposits, entries }: Trace) => ({
    cases: cases.map(({ caseId }) => caseId),
    payouts: payouts.map(({ payoutId }) => payoutId),
    deposits: deposits.map(({ depositId, state }) => `${depositId} ${state}`),
    entries: entries.map(({ number, kind }) => `${number} ${kind}`),
  });

  const MINING = { cases: [], payouts: [PAYOUT.mined], deposits: [`${DEPOSIT.mined} confirmed`], entries: ['0 deposit', '3 compensation', '5 deposit'] };
  const FORFEITED = { cases: ['afm.2'], payouts: [], deposits: [`${DEPOSIT.forfeited} confirmed`], entries: ['2 deposit', '4 reclassification'] };

  it.each<[string, TraceKind, string, object]>([
    ['a payout', 'payout', PAYOUT.mined, MINING],
    ['its transaction', 'txid', TXID.mined, MINING],
    ['its first entry, since corrected', 'entry', '0', MINING],
    ['the entry that corrects it', 'entry', '3', MINING],
    ['a case that became state property', 'case', 'afm.2', FORFEITED],
    ['its transaction', 'txid', TXID.forfeited, FORFEITED],
    ['its deposit\'s entry', 'entry', '2', FORFEITED],
    ['its reclassification', 'entry', '4', FORFEITED],
  ])('from %s (%s) leads to everything of the same coins, and back', (_name, kind, id, expected) => {
    expect(summary(trace(kind, id))).toEqual(expected);
  });

  it('says where the coins count now, to the last satoshi', () => {
    expect(trace('payout', PAYOUT.mined).figures).toMatchObject([
      { class: 'reserve', account: 'reserve:vault:R', baseUnits: MINED, coins: '90071992.54740993' },
      { class: 'reserve', account: 'reserve:mining:L-1', baseUnits: `-${MINED}`, coins: '-90071992.54740993' },
    ]);
    expect(trace('case', 'afm.2').figures.map(({ account, baseUnits }) => `${account} ${baseUnits}`)).toEqual([
      'held-in-trust:vault:T 100',
      'held-in-trust:due-to:reserve -100',
      'reserve:due-from:held-in-trust 100',
      'reserve:seizure:afm.2 -100',
    ]);
  });

  it('of a claim that no chain shows ends at the claim', () => {
    expect(summary(trace('payout', PAYOUT.held))).toEqual({ cases: [], payouts: [PAYOUT.held], deposits: [], entries: [] });
    expect(trace('payout', PAYOUT.held)).toMatchObject({ payouts: [{ status: 'held', credited: false, reasons: [{ code: 'txid-malformed' }] }], figures: [] });
    expect(summary(trace('txid', TXID.awaited)).payouts).toEqual([PAYOUT.awaited, PAYOUT.rejected]);
    expect(trace('case', 'afm.3')).toMatchObject({ cases: [{ legalStatus: 'reported', claimedAssets: [{ baseUnits: '77' }] }], deposits: [], figures: [] });
  });

  it.each<[TraceKind, string]>([
    ['case', 'afm.9'],
    ['payout', 'pool.farm~9'],
    ['entry', '6'],
    ['entry', '999999999999999'],
    ['entry', "0' OR 1=1"],
    ['txid', '99'.repeat(32)],
    ['case', PAYOUT.mined],
  ])('of %s %s is nothing', (kind, id) => expect(shown.traces.find(kind, id)).toBeUndefined());
});

describe('a trace of a case', () => {
  let shown: ShownStory;
  beforeEach(() => (shown = new ShownStory()));
  afterEach(() => shown.remove());

  const document = { reference: 'r', authority: 'court', sha256: 'd'.repeat(64) };
  const factId = (n: number): string => `00000000-0000-5000-8000-00000000000${n}`;
  const told = (type: string, data: object): Parameters<ShownStory['tell']>[0][number] => ({ stream: 'case-afm.7', type: `intake.${type}`, data: { caseId: 'afm.7', ...data }, after: [] });
  const act = (n: number, kind: string, day: number, more: object = {}) => told('act-applied', { factId: factId(n), agency: 'afm', caseNumber: '7', act: kind, legalStatus: 'reported', document, actAt: `2026-03-0${day}T00:00:00Z`, effectiveAt: `2026-03-0${day}T00:00:00Z`, ...more });
  const place = { kind: 'exchange-account', exchange: 'binance', accountId: 'ACC-77' };
  const stands = (assetId: string, legalStatus: string, amount: string) => told('asset-status-changed', { assetId, asset: ASSET, amount, location: place, legalStatus, parts: [{ legalStatus, share: { numerator: '1', denominator: '1' } }], waiting: [], factId: factId(1) });
  const theCase = (): TracedCase => shown.traces.find('case', 'afm.7')?.cases[0] as TracedCase;

  it('shows where an asset is no closer than the public figures do', async () => {
    await shown.tell([act(1, 'reported', 1, { assets: [{ assetId: 'w', asset: ASSET, amount: '5', location: place }] }), stands('w', 'reported', '5')]);
    expect(theCase().claimedAssets).toEqual([{ assetId: 'w', asset: ASSET, baseUnits: '5', location: { kind: 'exchange-account', exchange: 'binance' }, parts: [{ legalStatus: 'reported', share: { numerator: '1', denominator: '1' } }] }]);
    expect(JSON.stringify(shown.traces.find('case', 'afm.7'))).not.toContain('ACC-77');
  });

  it('shows assets as they stand, be they corrected, withdrawn or lapsed', async () => {
    await shown.tell([act(1, 'reported', 1, { assets: [{ assetId: 'w', asset: ASSET, amount: '5', location: place }, { assetId: 'x', asset: ASSET, amount: '6', location: place }] }), stands('w', 'reported', '5'), stands('x', 'reported', '6')]);
    await shown.tell([stands('w', 'restriction-lapsed', '4'), stands('x', 'withdrawn', '6')]);
    expect(theCase().claimedAssets.map(({ assetId, baseUnits }) => [assetId, baseUnits])).toEqual([['w', '4']]);
    await shown.tell([stands('x', 'restriction-lapsed', '6')]);
    expect(theCase().legalStatus).toBe('restriction-lapsed');
  });

  it('says of each act what became of it, in the order of effect', async () => {
    const held = { factId: factId(3), agency: 'afm', caseNumber: '7', act: 'finality', document, actAt: '2026-03-04T00:00:00Z', effectiveAt: '2026-03-04T00:00:00Z', assetIds: ['w'] };
    await shown.tell([
      told('act-held', { factId: factId(3), act: 'finality', waitsFor: 'confiscation-order', fact: held }),
      act(1, 'reported', 1, { assets: [{ assetId: 'w', asset: ASSET, amount: '5', location: place }] }),
      act(2, 'arrest', 2),
      act(4, 'correction', 5, { corrects: factId(2), annuls: true }),
      told('act-overtaken', { factId: factId(2), act: 'arrest', code: 'act-annulled', message: 'annulled' }),
    ]);
    expect(theCase().acts.map((each) => [each.act, each.state, each.waitsFor ?? each.code ?? each.corrects])).toEqual([
      ['reported', 'applied', undefined], ['arrest', 'overtaken', 'act-annulled'], ['finality', 'held', 'confiscation-order'], ['correction', 'applied', factId(2)],
    ]);
    await shown.tell([told('act-applied', { ...held, legalStatus: 'final' })]);
    expect(theCase().acts[2]).toMatchObject({ state: 'applied', assetIds: ['w'] });
  });

  it('counts an asset without an id by its place in its own report, as the case does', async () => {
    await shown.tell([act(1, 'reported', 1, { assets: [{ assetId: 'w', asset: ASSET, amount: '5', location: place }] }), stands('w', 'reported', '5')]);
    await shown.tell([act(2, 'reported', 2, { assets: [{ asset: ASSET, amount: '3', location: place }] }), stands('1', 'reported', '3')]);
    expect(theCase().claimedAssets.map(({ assetId, baseUnits }) => [assetId, baseUnits])).toEqual([['1', '3'], ['w', '5']]);
  });
});
