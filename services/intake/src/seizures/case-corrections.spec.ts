import type { SeizureFact } from '@qazyna/contracts';
import { asset, at, Case, fact, road } from '../spec-support/told-case.js';
import { brokenRule } from './seizure-fact.js';
import type { Publish } from './case.js';

const LATEST = (start: string): string => new Date(Date.parse(start) + 10 * 86_400_000).toISOString();
const correction = (corrects: string, corrected: SeizureFact['corrected'], day = 20, factId = `correct-${corrects}`): Publish => ({ ...fact('correction', day, { corrects, ...(corrected === undefined ? { annuls: true } : { corrected }) }, factId), rules: (each) => brokenRule(each, LATEST) });
const types = (events: readonly { readonly type: string }[]): string[] => events.map(({ type }) => type.slice('intake.'.length));

describe('a correction of an act that has had its effect', () => {
  it('tells custody its moment anew, and that what was told never held', () => {
    const told = { effectiveAt: at(7).replace('T00', 'T12') };
    const seizure = new Case(...road('state-property-decision'));
    expect(seizure.take(correction('state-property-decision', told))).toMatchObject([
      { type: 'intake.act-applied' },
      { type: 'intake.case-state-property-reversed', data: { effectiveAt: at(7) } },
      { type: 'intake.asset-state-property-reversed', data: { effectiveAt: at(7), scope: 'case' } },
      { type: 'intake.case-became-state-property', data: told },
      { type: 'intake.asset-became-state-property', data: { ...told, scope: 'case' } },
    ]);
  });

  it('tells a substitute value, a victim and proceeds anew', () => {
    const victim = { reference: 'V-7', manner: 'in-kind' as const };
    const proceeds = { asset: 'qazyna:local/iso4217:KZT', amount: '42', location: { kind: 'bank-account' as const, reference: 'deposit-17' } };
    const value = { currency: 'KZT', amount: '5', datedAt: at(5) };
    const returned = new Case(...road('evidence'), fact('return-to-victim', 5, { victim }));
    expect(types(returned.take(correction('return-to-victim', { victim: { ...victim, reference: 'V-8' } })) as never)).toEqual(['act-applied', 'asset-disposal-undone', 'asset-returned-to-victim']);
    const sold = new Case(...road('evidence'), fact('pre-verdict-sale', 5, { assetIds: ['a'], proceeds }));
    expect(types(sold.take(correction('pre-verdict-sale', { proceeds: { ...proceeds, amount: '43' } })) as never)).toEqual(['act-applied', 'asset-disposal-undone', 'asset-sold', 'asset-status-changed']);
    const ofValue = new Case(...road('state-property-decision', { 'confiscation-order': { substituteValue: value } }));
    expect(types(ofValue.take(correction('confiscation-order', { substituteValue: { ...value, amount: '6' } })) as never)).toEqual(['act-applied', 'asset-state-property-reversed', 'asset-became-state-property']);
  });

  it('of a reversal takes the coins back as of another day', () => {
    const seizure = new Case(...road('state-property-decision'), fact('reversal', 9));
    expect(seizure.take(correction('reversal', { effectiveAt: at(11) }))).toMatchObject([
      {},
      { type: 'intake.case-state-property-reversed', data: { effectiveAt: at(11), undoneBy: 'reversal' } },
      { type: 'intake.asset-state-property-reversed', data: { effectiveAt: at(11), scope: 'case' } },
    ]);
    expect(types(seizure.take(correction('reversal', undefined, 21, 'annul')) as never)).toEqual(['act-applied', 'act-overtaken', 'case-became-state-property', 'asset-became-state-property', 'asset-status-changed']);
  });

  it('may not say what the act itself could not', () => {
    const seizure = new Case(fact('reported', 1), fact('restriction', 2), fact('arrest', 3), fact('confiscation-order', 4));
    expect(seizure.take(correction('arrest', { share: { numerator: '1', denominator: '2' } }))).toBe('term-not-allowed');
    expect(seizure.take(correction('confiscation-order', { share: { numerator: '3', denominator: '2' } }))).toBe('share-exceeds-whole');
    expect(seizure.take(correction('restriction', { lapsesAt: at(1) }))).toBe('lapse-before-effect');
    expect(seizure.take(correction('restriction', { lapsesAt: at(25) }))).toBe('restriction-too-long');
    expect(seizure.take(correction('reported', { assets: [asset('a'), asset('a')] }))).toBe('asset-id-repeated');
  });

  it('that waited for its act and that the act cannot be given is put aside, and shown', () => {
    const seizure = new Case(fact('reported', 1), correction('arrest', { share: { numerator: '1', denominator: '2' } }));
    const arrest: Publish = { ...fact('arrest', 3), rules: (each) => brokenRule(each, LATEST) };
    expect(seizure.take(arrest)).toMatchObject([{ type: 'intake.act-applied', data: { factId: 'arrest' } }, { type: 'intake.act-overtaken', data: { factId: 'correct-arrest', code: 'term-not-allowed' } }, {}]);
    expect(seizure.take(correction('arrest', { share: { numerator: '1', denominator: '2' } }))).toEqual([]);
    expect(seizure.statusOf('a')).toEqual(['1/1 arrested']);
  });

  it('is not corrected itself, known or not yet', () => {
    const seizure = new Case(...road('arrest'), correction('arrest', { effectiveAt: at(4) }));
    expect(seizure.take(correction('correct-arrest', undefined))).toBe('correction-of-correction');
    const early = new Case(...road('arrest'), correction('correct-arrest', undefined));
    expect(early.take(correction('arrest', { effectiveAt: at(4) }))).toMatchObject([{ type: 'intake.act-applied' }, { type: 'intake.act-overtaken', data: { factId: 'correct-correct-arrest', code: 'correction-of-correction' } }]);
  });
});

describe('an appeal against part of a decision', () => {
  it('takes effect when it does, and leaves the rest the state\'s from the first day', () => {
    const seizure = new Case(...road('state-property-decision', { reported: { assets: [asset('a'), asset('b')] } }));
    expect(seizure.take(fact('reversal', 9, { assetIds: ['b'] }))).toMatchObject([
      {},
      { type: 'intake.case-state-property-reversed', data: { effectiveAt: at(9) } },
      { type: 'intake.asset-state-property-reversed', data: { assetId: 'b', effectiveAt: at(9), undoneBy: 'reversal' } },
      { type: 'intake.asset-became-state-property', data: { assetId: 'a', effectiveAt: at(7) } },
      {},
    ]);
  });

  it('is told with the decision where both come late', () => {
    const acts = road('state-property-decision');
    const seizure = new Case(...acts.filter(({ factId }) => factId !== 'confiscation-order'), fact('reversal', 9));
    expect(types(seizure.take(acts.find(({ factId }) => factId === 'confiscation-order') as never) as never).filter((type) => !type.startsWith('act'))).toEqual([
      'case-became-state-property', 'case-state-property-reversed', 'asset-became-state-property', 'asset-state-property-reversed', 'asset-status-changed',
    ]);
  });

  it('a sale after a part went back to its victim is of all that is left', () => {
    const proceeds = { asset: 'qazyna:local/iso4217:KZT', amount: '42', location: { kind: 'bank-account' as const, reference: 'deposit-17' } };
    const seizure = new Case(...road('evidence'), fact('return-to-victim', 5, { share: { numerator: '1', denominator: '2' }, victim: { reference: 'V-7', manner: 'in-kind' } }), fact('pre-verdict-sale', 6, { assetIds: ['a'], proceeds }));
    expect(seizure.statusOf('a')).toEqual(['1/1 evidence']);
    for (const each of [fact('confiscation-order', 7), fact('finality', 8), fact('state-property-decision', 9)]) seizure.take(each);
    expect(seizure.events.findLast(({ type }) => type === 'intake.asset-became-state-property')).toMatchObject({ data: { amount: '42', share: { numerator: '1', denominator: '1' } } });
  });
});
