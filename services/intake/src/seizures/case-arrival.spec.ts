import type { CaseAsset, CoinsInherited, ExactShare } from '@qazyna/contracts';
import fc from 'fast-check';
import { asset, at, CASE, Case, document, fact, road } from '../spec-support/told-case.js';

describe('a decision told of the whole case, and an asset that comes after it', () => {
  const onlyB = { assetIds: ['b'] };
  const reportB = fact('reported', 2, { assets: [asset('b')] }, 'report-b');
  const decidedB = [reportB, fact('arrest', 3, onlyB), fact('confiscation-order', 5, onlyB), fact('finality', 6, onlyB), fact('state-property-decision', 7, onlyB)];
  const reportA = fact('reported', 1, { assets: [asset('a')] }, 'report-a');
  const reportD = fact('reported', 9, { assets: [asset('d')] }, 'report-d');

  it('is taken back from the case and told of its own asset, where the case had another one all along', () => {
    const seizure = new Case(...decidedB);
    expect(seizure.types(reportA)).toEqual(['act-applied', 'case-state-property-reversed', 'asset-became-state-property', 'asset-status-changed']);
    expect(seizure.events.at(-2)).toMatchObject({ data: { assetId: 'b', scope: 'asset' } });
  });

  it('is not about an asset that is reported after it, whether that is known before or after', () => {
    const seizure = new Case(...road('state-property-decision'));
    expect(seizure.take(reportD)).toMatchObject([{}, { type: 'intake.asset-outside-decision', data: { assetId: 'd', factId: 'state-property-decision', decision: document, effectiveAt: at(7), broughtBy: 'report-d' } }, {}]);
    expect(seizure.statusOf('d')).toEqual(['1/1 reported']);
    const other = new Case(...road('finality'), reportD);
    expect(other.types(fact('state-property-decision', 7))).toEqual(['act-applied', 'case-became-state-property', 'asset-outside-decision', 'asset-became-state-property', 'asset-status-changed']);
  });

  it('coins that inherit from an asset of the case are covered by the word on all of it, and counted once', () => {
    const seizure = new Case(...road('state-property-decision'));
    const found = { ...asset('a-fork'), caseId: CASE, findingId: 'f-1', parentAssetId: 'a', kind: 'fork', effectiveAt: at(8) } as unknown as CoinsInherited;
    expect(seizure.take({ kind: 'inherit', found })).toMatchObject([{ type: 'intake.coins-inherited' }, { type: 'intake.asset-became-state-property', data: { assetId: 'a-fork', scope: 'case' } }, {}]);
  });

  it('a decision on the later asset is told of it alone, and taken back from it alone', () => {
    const onlyD = { assetIds: ['d'] };
    const seizure = new Case(...road('state-property-decision'), reportD, fact('arrest', 10, onlyD, 'arrest-d'), fact('confiscation-order', 11, onlyD, 'order-d'), fact('finality', 12, onlyD, 'final-d'));
    expect(seizure.take(fact('state-property-decision', 13, onlyD, 'decision-d'))).toMatchObject([{}, { type: 'intake.asset-became-state-property', data: { assetId: 'd', scope: 'asset' } }, {}]);
    expect(seizure.types(fact('reversal', 14, onlyD, 'reversal-d'))).toEqual(['act-applied', 'asset-state-property-reversed', 'asset-status-changed']);
    expect(toldTheStates(seizure, ['a', 'd', undefined])).toEqual([true, false, true]);
  });

  it('a sale that is told after it leaves the word on the case as it is, and the asset has a word of its own', () => {
    const proceeds = { asset: 'qazyna:local/iso4217:KZT', amount: '4200000000', location: { kind: 'bank-account' as const, reference: 'deposit-17' } };
    const seizure = new Case(...road('state-property-decision'));
    expect(seizure.types(fact('pre-verdict-sale', 4, { proceeds, actAt: '2026-03-04T12:00:00Z', effectiveAt: '2026-03-04T12:00:00Z' }))).toEqual(['act-applied', 'asset-state-property-reversed', 'asset-sold', 'asset-became-state-property', 'asset-status-changed']);
    expect(toldTheStates(seizure, ['a', undefined])).toEqual([true, true]);
  });

  it.each([
    ['one asset is decided, another not', [...decidedB, reportA, fact('arrest', 3, { assetIds: ['a'] }, 'arrest-a'), reportD], [false, true, false, false]],
    ['all are decided but what was reported later', [reportA, reportB, ...(['arrest', 'confiscation-order', 'finality', 'state-property-decision'] as const).map((act, index) => fact(act, 3 + index)), reportD], [true, true, false, true]],
    ['each by itself, of one decision', [reportA, reportB, fact('arrest', 3, { assetIds: ['a'] }, 'arrest-a'), fact('arrest', 4, { assetIds: ['b'] }, 'arrest-b'), fact('confiscation-order', 5), fact('finality', 6), fact('state-property-decision', 7), reportD], [true, true, false, true]],
  ])('whatever the order: %s', (_, facts, wanted) => {
    fc.assert(
      fc.property(fc.shuffledSubarray(facts, { minLength: facts.length }), (shuffled) => {
        const seizure = new Case(...shuffled);
        expect(toldTheStates(seizure, ['a', 'b', 'd', undefined])).toEqual(wanted);
      }),
    );
  });

  /** As custody hears it: the last word on an asset or on the whole case; `undefined` is what belongs to no asset. */
  function toldTheStates({ events }: Case, assetIds: readonly (string | undefined)[]): boolean[] {
    return assetIds.map((assetId) => {
      const last = new Map<string, boolean>();
      for (const { type, data } of events) {
        if (type === 'intake.case-became-state-property' || type === 'intake.case-state-property-reversed') last.set(data.factId, type === 'intake.case-became-state-property');
        else if ((type === 'intake.asset-outside-decision' || type === 'intake.asset-state-property-reversed') && data.assetId === assetId) last.set(data.factId, false);
        else if (type === 'intake.asset-became-state-property' && data.scope === 'asset' && data.assetId === assetId) last.set(data.factId, true);
      }
      return [...last.values()].some((stands) => stands);
    });
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
