import type { SeizureAct } from '@qazyna/contracts';
import { asset, at, Case, CASE, document, fact, road } from '../spec-support/told-case.js';
import { HELD_ACTS_MAX, type ApplyFact } from './case.js';

const rescanned = { ...document, sha256: 'cd'.repeat(32) };
/** The same act from the same paper, scanned once more: nothing but its time tells that it is a repetition. */
const again = (act: SeizureAct, day: number, more: Parameters<typeof fact>[2] = {}): ApplyFact => fact(act, day, { document: rescanned, ...more }, `${act}-again`);
const ORDER_2 = [fact('confiscation-order', 12, { share: { numerator: '1', denominator: '3' } }, 'order-2'), fact('finality', 13, {}, 'finality-2')];

describe('an act that is published under another id', () => {
  it('is refused where it says the very same, applied or waiting', () => {
    const seizure = new Case(...road('finality'), fact('reversal', 20));
    expect([seizure.take(fact('arrest', 3, {}, 'x')), seizure.take({ ...fact('reversal', 20, {}, 'y'), fact: { ...fact('reversal', 20).fact } })]).toEqual(['act-repeated', 'act-repeated']);
    expect(new Case(fact('finality', 6)).take(fact('finality', 6, {}, 'x'))).toBe('act-repeated');
  });

  it('is taken where the first one was annulled', () => {
    const seizure = new Case(...road('state-property-decision'), fact('correction', 8, { corrects: 'state-property-decision', annuls: true }));
    expect(seizure.types(fact('state-property-decision', 7, {}, 'once-more'))).toContain('case-became-state-property');
  });

  it('a finality or a decision repeated before the appeal does not make a later order final', () => {
    const seizure = new Case(...road('state-property-decision'));
    expect([seizure.types(again('finality', 8)), seizure.types(again('state-property-decision', 9))]).toEqual([['act-held', 'asset-status-changed'], ['act-held', 'asset-status-changed']]);
    expect(seizure.types(fact('reversal', 10))).toEqual(['act-applied', 'act-overtaken', 'act-overtaken', 'case-state-property-reversed', 'asset-state-property-reversed', 'asset-status-changed']);
    seizure.take(ORDER_2[0] as ApplyFact);
    expect(seizure.statusOf('a')).toEqual(['1/3 confiscation-ordered', '2/3 reversed']);
  });

  it('an order repeated before the appeal does not confiscate again after it', () => {
    const seizure = new Case(...road('state-property-decision'), again('confiscation-order', 8), fact('reversal', 10));
    expect(seizure.statusOf('a')).toEqual(['1/1 reversed']);
  });

  it.each([10, 11])('a reversal repeated on day %i, after it was carried out on day 10, reverses no later order', (day) => {
    const seizure = new Case(...road('state-property-decision'), fact('reversal', 10));
    seizure.take(again('reversal', day));
    for (const each of ORDER_2) seizure.take(each);
    expect(seizure.statusOf('a')).toEqual(['1/3 final', '2/3 reversed']);
  });

  it('an order of the very day of the reversal follows it, and stays', () => {
    const order = fact('confiscation-order', 10, { share: { numerator: '1', denominator: '3' } }, 'order-2');
    const seizure = new Case(...road('state-property-decision'), fact('reversal', 10), order, again('reversal', 10));
    expect(seizure.statusOf('a')).toEqual(['1/3 confiscation-ordered', '2/3 reversed']);
  });

  it('corrections that wait take no place from acts', () => {
    const waiting = Array.from({ length: HELD_ACTS_MAX }, (_, n) => fact('correction', 9, { corrects: `unknown-${n}`, annuls: true }, `c-${n}`));
    const crowd = new Case(...waiting);
    expect(crowd.take(fact('correction', 9, { corrects: 'one-more', annuls: true }, 'c'))).toBe('too-many-held-acts');
    expect(crowd.types(fact('finality', 6))).toEqual(['act-held']);
  });
});

describe('coins found in a case', () => {
  const found = (assetId: string, parentAssetId: string, more: object = {}): never => ({ kind: 'inherit', found: { ...asset(assetId, '7'), caseId: CASE, findingId: `f-${assetId}`, parentAssetId, kind: 'fork', effectiveAt: at(2), ...more } }) as never;

  it('at coins that were found there before share the same fate', () => {
    const seizure = new Case(fact('reported', 1), found('a-fork', 'a'), found('a-fork-fork', 'a-fork'), ...road('finality').slice(1));
    expect(seizure.statusOf('a-fork-fork')).toEqual(['1/1 final']);
  });

  it('are not reported by an id of their own, and no act is about them alone', () => {
    const seizure = new Case(fact('reported', 1), found('a-fork', 'a'), fact('arrest', 3));
    expect(seizure.take(fact('reported', 4, { assets: [asset('a-fork')] }, 'second'))).toBe('asset-inherited');
    expect(seizure.take(fact('release-to-owner', 5, { assetIds: ['a-fork'] }))).toBe('asset-inherited');
    expect(seizure.statusOf('a-fork')).toEqual(['1/1 arrested']);
  });

  it('stay what they are when the asset where they were found is sold', () => {
    const proceeds = { asset: 'qazyna:local/iso4217:KZT', amount: '42', location: { kind: 'bank-account' as const, reference: 'deposit-17' } };
    const seizure = new Case(fact('reported', 1), found('a-fork', 'a'), fact('arrest', 3), fact('pre-verdict-sale', 4, { assetIds: ['a'], proceeds }));
    expect(seizure.events.filter(({ type }) => type === 'intake.asset-sold')).toMatchObject([{ data: { assetId: 'a' } }]);
  });

  it('the same finding, freeze or lift with anything else in it is a conflict', () => {
    const freeze = (kind: 'freeze' | 'lift', more: object = {}): never => ({ kind, freeze: { caseId: CASE, assetId: 'a', freezeId: 'z', issuer: 'tether', reference: 't-1', effectiveAt: at(2), ...more } }) as never;
    const seizure = new Case(fact('reported', 1), found('a-fork', 'a'), freeze('freeze'));
    expect([seizure.take(found('a-fork', 'a')), seizure.take(freeze('freeze'))]).toEqual([[], []]);
    for (const more of [{ amount: '8' }, { kind: 'dust' }, { effectiveAt: at(3) }, { location: { kind: 'device', reference: 'E-9' } }]) expect(seizure.take(found('a-fork', 'a', more))).toBe('finding-conflict');
    for (const more of [{ issuer: 'circle' }, { reference: 't-2' }, { effectiveAt: at(3) }]) expect(seizure.take(freeze('freeze', more))).toBe('freeze-conflict');
    expect(seizure.take(freeze('lift', { assetId: 'b' }))).toBe('freeze-conflict');
    expect([seizure.types(freeze('lift', { effectiveAt: at(4) })), seizure.take(freeze('lift', { effectiveAt: at(4) })), seizure.take(freeze('lift', { effectiveAt: at(5) }))]).toEqual([['token-freeze-lifted'], [], 'freeze-conflict']);
  });
});
