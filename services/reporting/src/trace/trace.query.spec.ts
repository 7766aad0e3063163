import { ShownStory } from '../spec-support/shown-story.js';
import { DEPOSIT, MINED, PAYOUT, STORY, TXID } from '../spec-support/told-story.js';
import type { Trace, TraceKind } from './trace.js';

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
