import type { CaseAsset, CoinsInherited, ExactShare } from '@qazyna/contracts';
import fc from 'fast-check';
import { asset, at, CASE, Case, document, fact, road } from '../spec-support/told-case.js';

describe('a decision told of the whole case, and an asset that comes after it', () => {
  const onlyB = { assetIds: ['b'] };
  const reportB = fact('reported', 2, { assets: [asset('b')] }, 'report-b');
  const decidedB = [reportB, fact('arrest', 3, onlyB), fact('confiscation-order', 5, onlyB), fact('finality', 6, onlyB), fact('state-property-decision', 7, onlyB)];

  it('it is not about the asset that the decision does not name, nor about what belongs to no asset', () => {
    const seizure = new Case(...decidedB);
    expect(seizure.events.some(({ type }) => type === 'intake.case-became-state-property')).toBe(true);
    expect(seizure.take(fact('reported', 1, { assets: [asset('a')] }, 'report-a'))).toMatchObject([
      { type: 'intake.act-applied' },
      { type: 'intake.asset-outside-decision', data: { assetId: 'a', factId: 'state-property-decision', decision: document, effectiveAt: at(7), broughtBy: 'report-a', reportedAfter: false } },
      { type: 'intake.asset-status-changed', data: { assetId: 'a', legalStatus: 'reported' } },
    ]);
    expect(seizure.types(fact('arrest', 3, { assetIds: ['a'] }, 'arrest-a'))).toEqual(['act-applied', 'asset-status-changed']);
  });

  it('what belongs to no asset stays the state\'s where the asset was reported after the decision', () => {
    const seizure = new Case(...road('state-property-decision'));
    expect(seizure.take(fact('reported', 9, { assets: [asset('d')] }, 'report-d'))).toMatchObject([{}, { type: 'intake.asset-outside-decision', data: { assetId: 'd', reportedAfter: true } }, {}]);
    expect(seizure.statusOf('d')).toEqual(['1/1 reported']);
  });

  it('coins that inherit from an asset of the case are covered by the word on all of it, and counted once', () => {
    const seizure = new Case(...road('state-property-decision'));
    const found: CoinsInherited = { ...asset('a-fork'), caseId: CASE, findingId: 'f-1', parentAssetId: 'a', kind: 'fork', evidence: { reference: 'x', note: 'y' }, effectiveAt: at(8) } as unknown as CoinsInherited;
    expect(seizure.take({ kind: 'inherit', found })).toMatchObject([{ type: 'intake.coins-inherited' }, { type: 'intake.asset-became-state-property', data: { assetId: 'a-fork', scope: 'case' } }, {}]);
  });

  it('a decision that comes to it later is told of it alone', () => {
    const seizure = new Case(...road('state-property-decision'), fact('reported', 9, { assets: [asset('d')] }, 'report-d'), fact('arrest', 10, { assetIds: ['d'] }, 'arrest-d'), fact('confiscation-order', 11, { assetIds: ['d'] }, 'order-d'), fact('finality', 12, { assetIds: ['d'] }, 'final-d'));
    expect(seizure.take(fact('state-property-decision', 13, { assetIds: ['d'] }, 'decision-d'))).toMatchObject([{}, { type: 'intake.asset-became-state-property', data: { assetId: 'd', scope: 'asset' } }, {}]);
  });

  it('whatever the order, exactly the assets that are decided are told as the state\'s', () => {
    const facts = [...decidedB, fact('reported', 1, { assets: [asset('a')] }, 'report-a'), fact('arrest', 3, { assetIds: ['a'] }, 'arrest-a'), fact('reported', 9, { assets: [asset('c')] }, 'report-c')];
    fc.assert(
      fc.property(fc.shuffledSubarray(facts, { minLength: facts.length }), (shuffled) => {
        const seizure = new Case(...shuffled);
        expect(['a', 'b', 'c', undefined].map((assetId) => isToldTheStates(seizure, assetId))).toEqual([false, true, false, false]);
      }),
    );
  });

  /** As custody hears it; `undefined` is what belongs to no asset. */
  function isToldTheStates({ events }: Case, assetId: string | undefined): boolean {
    let [whole, own, out] = [false, false, false];
    for (const { type, data } of events) {
      if (type === 'intake.case-became-state-property') [whole, out] = [true, false];
      else if (type === 'intake.case-state-property-reversed') whole = false;
      else if (type === 'intake.asset-outside-decision') out ||= data.assetId === assetId || (assetId === undefined && !data.reportedAfter);
      else if (type === 'intake.asset-became-state-property' && data.scope === 'asset' && data.assetId === assetId) own = true;
      else if (type === 'intake.asset-state-property-reversed' && data.assetId === assetId) own = false;
    }
    return own || (whole && !out);
  }
});

describe('the order of arrival', () => {
  const facts = [...road('state-property-decision', { 'reported': { assets: [asset('a'), asset('b')] }, 'confiscation-order': { share: { numerator: '2', denominator: '7' } } }), fact('reversal', 9, { assetIds: ['b'] }), fact('release-to-owner', 10, { assetIds: ['b'] })];
  const proceeds = { asset: 'qazyna:local/iso4217:KZT', amount: '4200000000', location: { kind: 'bank-account' as const, reference: 'deposit-17' } };
  const sale = fact('pre-verdict-sale', 4, { assetIds: ['a'], proceeds, actAt: '2026-03-04T12:00:00Z', effectiveAt: '2026-03-04T12:00:00Z' });

  it('a sale told after the decision makes of it one over the proceeds', () => {
    const seizure = new Case(...facts);
    expect(seizure.types(sale)).toEqual(['act-applied', 'asset-state-property-reversed', 'asset-sold', 'asset-became-state-property', 'asset-status-changed']);
    expect(seizure.events.at(-2)).toMatchObject({ data: { assetId: 'a', scope: 'asset', asset: proceeds.asset, amount: proceeds.amount } });
  });

  it.each([['without a sale', facts], ['with one', [...facts, sale]]])('changes nothing of what the case is in the end, %s', (_, told) => {
    const inOrder = new Case(...[...told].sort((a, b) => Date.parse(a.fact.effectiveAt) - Date.parse(b.fact.effectiveAt)));
    fc.assert(
      fc.property(fc.shuffledSubarray([...told], { minLength: told.length }), (shuffled) => {
        const seizure = new Case();
        // What could not apply when it came is published again by its agency.
        let left = shuffled;
        for (let round = 0; round < told.length && left.length > 0; round++) left = left.filter((each) => typeof seizure.take(each) === 'string');
        expect(left).toEqual([]);
        for (const assetId of ['a', 'b']) expect(seizure.statusOf(assetId)).toEqual(inOrder.statusOf(assetId));
        expect(effectsOf(seizure)).toEqual(effectsOf(inOrder));
      }),
    );
  });

  /** What is left of all that custody was told, once what was taken back is taken off. */
  function effectsOf({ events }: Case): string[] {
    const standing = new Map<string, number>();
    const count = (effect: string, { assetId, asset, amount, share }: CaseAsset & { readonly share: ExactShare }, by: number): void => {
      const key = `${effect} ${assetId} ${share.numerator}/${share.denominator} of ${amount} ${asset}`;
      standing.set(key, (standing.get(key) ?? 0) + by);
    };
    for (const { type, data } of events) {
      if (type === 'intake.asset-became-state-property' && data.scope === 'asset') count('state-property', data, 1);
      else if (type === 'intake.asset-state-property-reversed' && data.scope === 'asset') count('state-property', data, -1);
      else if (type === 'intake.asset-released') count('released', data, 1);
      else if (type === 'intake.asset-sold') count('sold', data, 1);
      else if (type === 'intake.asset-disposal-undone') count(data.effect, data, -1);
    }
    return [...standing].filter(([, n]) => n !== 0).map(([key, n]) => `${key} ${n}`).sort();
  }
});
