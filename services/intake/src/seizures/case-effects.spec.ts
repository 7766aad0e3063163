import type { AssetLife } from './asset-effects.js';
import { eventsOfChange, type Change } from './case-effects.js';
import type { CaseStanding } from './case-standing.js';
import { fractions } from '@qazyna/ledger';

const document = { reference: 'r', authority: 'court', sha256: 'ab'.repeat(32) };
const holding = { asset: 'bip122:0f9188f13cb7b2c71f2a335e3a4fc328/slip44:1', amount: '100', location: { kind: 'device' as const, reference: 'E-7' } };
const life = (more: Partial<AssetLife>): AssetLife => ({ holding, legalStatus: 'arrested', parts: [{ legalStatus: 'arrested', share: fractions.ONE }], restriction: undefined, effects: [], applied: [], waiting: [], overtaken: [], lapses: [], ...more });
const standing = (...lives: readonly AssetLife[]): CaseStanding => ({ lives: new Map(lives.map((each, index) => [String(index + 1), each])), reportedAt: new Map(), outcomes: new Map(), legalStatus: undefined });
const change = (before: CaseStanding, after: CaseStanding, more: Partial<Change> = {}): Change => ({ caseId: 'afm.1', before, after, factId: 'f', document, effectiveAt: '2026-03-01T00:00:00Z', wholes: new Map(), ...more });
const decided = { kind: 'state-property' as const, factId: 'd', share: fractions.ONE, effectiveAt: '2026-03-01T00:00:00Z', document, holding };

describe('INV-49, broken on purpose', () => {
  it.each([[[fractions.of(1n, 2n)]], [[fractions.ONE, fractions.of(1n, 3n)]]])('parts that are not the whole are never told', (shares) => {
    const parts = shares.map((share) => ({ legalStatus: 'arrested' as const, share }));
    expect(() => eventsOfChange(change(standing(), standing(life({ parts }))))).toThrow('INV-49');
  });
  it('holds for parts that are', () => {
    const parts = [fractions.of(1n, 3n), fractions.of(2n, 3n)].map((share) => ({ legalStatus: 'arrested' as const, share }));
    expect(eventsOfChange(change(standing(), standing(life({ parts }))))).toMatchObject([{ type: 'intake.asset-status-changed' }]);
  });
});

describe('INV-50, broken on purpose', () => {
  it('an effect is never undone by nothing', () => {
    expect(() => eventsOfChange(change(standing(life({ effects: [decided] })), standing(life({})), { document: undefined }))).toThrow('INV-50');
  });
  it('a return has its victim, and a sale its proceeds', () => {
    for (const kind of ['returned-to-victim', 'sold'] as const) expect(() => eventsOfChange(change(standing(life({})), standing(life({ effects: [{ ...decided, kind }] }))))).toThrow('INV-50');
  });
});

describe('an effect of every asset at once', () => {
  it('is said of the case, and of each asset with that scope', () => {
    const after = standing(life({ effects: [decided] }), life({ effects: [decided] }));
    expect(eventsOfChange(change(standing(life({}), life({})), after)).map(({ type, data }) => [type, 'scope' in data ? data.scope : undefined])).toEqual([
      ['intake.case-became-state-property', undefined],
      ['intake.asset-became-state-property', 'case'],
      ['intake.asset-became-state-property', 'case'],
    ]);
  });
  it('is said of the case as soon as it is whole, though one of them came later', () => {
    const before = standing(life({ effects: [decided] }), life({}));
    const after = standing(life({ effects: [decided] }), life({ effects: [decided] }));
    expect(eventsOfChange(change(before, after))).toMatchObject([{ type: 'intake.case-became-state-property' }, { type: 'intake.asset-became-state-property', data: { assetId: '2', scope: 'case' } }]);
  });
});
