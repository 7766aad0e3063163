import type { CoinsInherited, SeizureFact } from '@qazyna/contracts';
import fc from 'fast-check';
import { asset, at, BTC, CASE, Case, document, fact, road } from '../spec-support/told-case.js';
import { eventsOfChange } from './case-effects.js';
import { partOf, stillToTell } from './case-parts.js';
import { caseStanding } from './case-standing.js';
import { HELD_ACTS_MAX, type ApplyFact, type CaseEvent } from './case.js';

describe('a seizure case', () => {
  it('goes from report to state property by one act after another, and custody is told once for the whole case', () => {
    const seizure = new Case(...road('finality'));
    expect(seizure.take(fact('state-property-decision', 7))).toMatchObject([
      { type: 'intake.act-applied', data: { legalStatus: 'state-property' } },
      { type: 'intake.case-became-state-property', data: { factId: 'state-property-decision', decision: document } },
      { type: 'intake.asset-became-state-property', data: { assetId: 'a', scope: 'case', share: { numerator: '1', denominator: '1' } } },
      { type: 'intake.asset-status-changed', data: { legalStatus: 'state-property' } },
    ]);
  });

  it('a further report that names no new asset is refused as such, whichever took effect first', () => {
    const again = (day: number): ReturnType<Case['take']> => new Case(fact('reported', 3)).take(fact('reported', day, { document: { ...document, reference: 'another' } }, `again-${String(day)}`));
    expect([again(1), again(3), again(5)]).toEqual(['case-already-reported', 'case-already-reported', 'case-already-reported']);
  });

  it('takes the same fact once, applied or waiting', () => {
    const seizure = new Case(fact('reported', 1), fact('finality', 9));
    expect([seizure.take(fact('reported', 1)), seizure.take(fact('finality', 9))]).toEqual([[], []]);
  });

  it('counts assets of the first version by their place', () => {
    const seizure = new Case(fact('reported', 1, { assets: [asset('x'), asset('y')].map((each) => ({ asset: each.asset, amount: each.amount, location: each.location })) }));
    expect([seizure.statusOf('1'), seizure.statusOf('2')]).toEqual([['1/1 reported'], ['1/1 reported']]);
  });

  it('gives each asset a legal life of its own', () => {
    const seizure = new Case(fact('reported', 1, { assets: [asset('a'), asset('b'), asset('c')] }), fact('arrest', 2), fact('confiscation-order', 3, { assetIds: ['a'] }), fact('finality', 4), fact('release-to-owner', 5, { assetIds: ['b'] }));
    expect([seizure.statusOf('a'), seizure.statusOf('b'), seizure.statusOf('c')]).toEqual([['1/1 final'], ['1/1 released'], ['1/1 arrested']]);
    expect(seizure.state.legalStatus).toBe('mixed');
    expect(seizure.types(fact('state-property-decision', 6, { assetIds: ['a'] }))).toEqual(['act-applied', 'asset-became-state-property', 'asset-status-changed']);
    expect(seizure.events.at(-2)).toMatchObject({ data: { assetId: 'a', scope: 'asset' } });
  });

  it('takes further assets with a later report', () => {
    const seizure = new Case(fact('reported', 1), fact('reported', 2, { assets: [asset('b')] }, 'second'), fact('arrest', 3));
    expect(seizure.statusOf('b')).toEqual(['1/1 arrested']);
    expect(seizure.take(fact('reported', 4, {}, 'third'))).toBe('case-already-reported');
  });
});

describe('what a naive case forgets', () => {
  it('partial confiscation takes an exact share and leaves the rest seized', () => {
    const seizure = new Case(...road('state-property-decision', { 'confiscation-order': { share: { numerator: '1', denominator: '3' } } }));
    expect(seizure.statusOf('a')).toEqual(['1/3 state-property', '2/3 evidence']);
    expect(seizure.events.some(({ type }) => type === 'intake.case-became-state-property')).toBe(false);
    expect(seizure.types(fact('release-to-owner', 8, { part: 'rest' }))).toEqual(['act-applied', 'asset-released', 'asset-status-changed']);
    expect(seizure.statusOf('a')).toEqual(['1/3 state-property', '2/3 released']);
  });

  it('partial confiscation releases the rest when the order says so', () => {
    const seizure = new Case(...road('finality', { 'confiscation-order': { share: { numerator: '1', denominator: '2' }, rest: 'released' } }));
    expect(seizure.statusOf('a')).toEqual(['1/2 final', '1/2 released']);
  });

  it('a substitute value says how much of the asset the state may realise', () => {
    const substituteValue = { currency: 'KZT', amount: '250000000', datedAt: at(5) };
    const seizure = new Case(...road('state-property-decision', { 'confiscation-order': { substituteValue } }));
    expect(seizure.events.find(({ type }) => type === 'intake.asset-became-state-property')).toMatchObject({ data: { scope: 'asset', substituteValue } });
  });

  it('a sale before the verdict moves the claim to the proceeds', () => {
    const proceeds = { asset: 'qazyna:local/iso4217:KZT', amount: '4200000000', location: { kind: 'bank-account' as const, reference: 'deposit-17' } };
    const seizure = new Case(...road('evidence'), fact('pre-verdict-sale', 5, { assetIds: ['a'], proceeds }));
    expect(seizure.events.at(-2)).toMatchObject({ type: 'intake.asset-sold', data: { asset: BTC, amount: '150000000', proceeds } });
    for (const command of [fact('confiscation-order', 6), fact('finality', 7), fact('state-property-decision', 8)]) seizure.take(command);
    expect(seizure.events.find(({ type }) => type === 'intake.asset-became-state-property')).toMatchObject({ data: { asset: proceeds.asset, amount: proceeds.amount } });
  });

  it('a victim gets back in kind or in a value dated by the act', () => {
    const victim = { reference: 'V-7', manner: 'value' as const, value: { currency: 'KZT', amount: '1', datedAt: at(4) } };
    const seizure = new Case(...road('evidence'), fact('return-to-victim', 5, { share: { numerator: '1', denominator: '4' }, victim }));
    expect(seizure.statusOf('a')).toEqual(['3/4 evidence', '1/4 returned-to-victim']);
    expect(seizure.events.find(({ type }) => type === 'intake.asset-returned-to-victim')).toMatchObject({ data: { victim, share: { numerator: '1', denominator: '4' } } });
  });

  it('a return of more than is left is refused', () => {
    const victim = { reference: 'V-7', manner: 'in-kind' as const };
    const seizure = new Case(...road('evidence'), fact('return-to-victim', 5, { share: { numerator: '3', denominator: '4' }, victim }));
    expect(seizure.take(fact('return-to-victim', 6, { share: { numerator: '1', denominator: '2' }, victim }, 'more'))).toBe('share-exceeds-asset');
  });

  it('a reversal after state property compensates and deletes nothing', () => {
    const seizure = new Case(...road('state-property-decision'));
    expect(seizure.take(fact('reversal', 9))).toMatchObject([
      { type: 'intake.act-applied', data: { legalStatus: 'reversed' } },
      { type: 'intake.case-state-property-reversed', data: { factId: 'state-property-decision', undoneBy: 'reversal' } },
      { type: 'intake.asset-state-property-reversed', data: { assetId: 'a', scope: 'case', factId: 'state-property-decision' } },
      { type: 'intake.asset-status-changed' },
    ]);
    expect(seizure.types(fact('release-to-owner', 10))).toEqual(['act-applied', 'case-released', 'asset-released', 'asset-status-changed']);
  });

  it('a reversal over one asset says anew of the others that they are state property', () => {
    const seizure = new Case(...road('state-property-decision', { reported: { assets: [asset('a'), asset('b')] } }));
    expect(seizure.types(fact('reversal', 9, { assetIds: ['b'] }))).toEqual(['act-applied', 'case-state-property-reversed', 'asset-state-property-reversed', 'asset-became-state-property', 'asset-status-changed']);
    expect(seizure.events.at(-2)).toMatchObject({ data: { assetId: 'a', scope: 'asset' } });
  });

  it('a correction replaces what an act said, and an annulled act takes what rested on it back', () => {
    const seizure = new Case(...road('state-property-decision'));
    seizure.take(fact('correction', 8, { corrects: 'confiscation-order', corrected: { share: { numerator: '1', denominator: '2' } } }));
    expect(seizure.statusOf('a')).toEqual(['1/2 state-property', '1/2 evidence']);
    expect(seizure.types(fact('correction', 9, { corrects: 'confiscation-order', annuls: true }, 'annul'))).toEqual([
      'act-applied', 'act-held', 'act-held', 'act-overtaken', 'asset-state-property-reversed', 'asset-status-changed',
    ]);
  });

  it('an annulled report withdraws its assets, once, and a new one brings them back', () => {
    const seizure = new Case(fact('reported', 1, { assets: [asset('a')] }));
    expect(seizure.types(fact('correction', 2, { corrects: 'reported', annuls: true }, 'annul'))).toEqual(['act-applied', 'act-overtaken', 'asset-status-changed']);
    expect(seizure.events.slice(-3)).toMatchObject([{ data: { act: 'correction', legalStatus: 'withdrawn' } }, {}, { data: { assetId: 'a', legalStatus: 'withdrawn', parts: [{ legalStatus: 'withdrawn' }] } }]);
    expect(seizure.types(fact('reported', 3, { assets: [asset('a')] }, 'again'))).toEqual(['act-applied', 'asset-status-changed']);
    expect(seizure.statusOf('a')).toEqual(['1/1 reported']);
  });

  it('forked coins, airdrops and dust inherit the case', () => {
    const found: CoinsInherited = { caseId: CASE, findingId: 'fork-1', assetId: 'a-fork', parentAssetId: 'a', kind: 'fork', asset: BTC, amount: '7', location: { kind: 'device', reference: 'evidence-a' }, effectiveAt: at(3) };
    const seizure = new Case(...road('arrest'));
    expect(seizure.types({ kind: 'inherit', found })).toEqual(['coins-inherited', 'asset-status-changed']);
    expect([seizure.take({ kind: 'inherit', found }), seizure.take({ kind: 'inherit', found: { ...found, amount: '8' } }), seizure.take({ kind: 'inherit', found: { ...found, findingId: 'x', assetId: 'y', parentAssetId: 'z' } })]).toEqual([[], 'finding-conflict', 'asset-not-found']);
    seizure.take(fact('release-to-owner', 5));
    expect(seizure.statusOf('a-fork')).toEqual(['1/1 released']);
  });

  it('an issuer\'s freeze is on record until it is lifted', () => {
    const freeze = { caseId: CASE, assetId: 'a', freezeId: 'freeze-1', issuer: 'tether', reference: 'tx', effectiveAt: at(2) };
    const seizure = new Case(fact('reported', 1));
    expect([seizure.types({ kind: 'freeze', freeze }), seizure.take({ kind: 'freeze', freeze }), seizure.types({ kind: 'lift', freeze }), seizure.take({ kind: 'lift', freeze })]).toEqual([['token-frozen-by-issuer'], [], ['token-freeze-lifted'], []]);
    expect([seizure.take({ kind: 'lift', freeze: { ...freeze, freezeId: 'other' } }), seizure.take({ kind: 'freeze', freeze: { ...freeze, freezeId: 'b', assetId: 'z' } })]).toEqual(['freeze-not-found', 'asset-not-found']);
  });
});

describe('the clock of a restriction', () => {
  const restricted = (): Case => new Case(fact('reported', 1), fact('restriction', 1));

  it('warns before the lapse, once for each threshold, and says when it has lapsed', () => {
    const seizure = restricted();
    expect([at(5), at(8), at(9), at(10), at(10), at(11), at(12)].map((now) => seizure.look(now))).toEqual([[], ['restriction-warned'], [], ['restriction-warned'], [], ['restriction-lapsed', 'asset-status-changed'], []]);
    expect(seizure.statusOf('a')).toEqual(['1/1 restriction-lapsed']);
  });

  it('warns once of the nearest threshold after a long sleep', () => {
    const seizure = restricted();
    expect([seizure.look(at(10.5)), seizure.look(at(10.6))]).toEqual([['restriction-warned'], []]);
    expect(seizure.events.at(-1)).toMatchObject({ data: { hoursBefore: 24, assetCount: 1 } });
  });

  it('is stopped by a court', () => {
    const seizure = restricted();
    seizure.take(fact('arrest', 5));
    expect(seizure.look(at(20))).toEqual([]);
  });

  it('goes by when an arrest took effect, not by when it arrived: the lapse is taken back', () => {
    const seizure = restricted();
    seizure.look(at(11));
    expect(seizure.types(fact('arrest', 10))).toEqual(['act-applied', 'restriction-lapse-undone', 'asset-status-changed']);
    expect([seizure.statusOf('a'), seizure.look(at(30))]).toEqual([['1/1 arrested'], []]);
  });

  it('that was ahead of time takes its own lapse back', () => {
    const seizure = restricted();
    seizure.look(at(25));
    expect(seizure.look(at(4))).toEqual(['restriction-lapse-undone', 'asset-status-changed']);
    expect(seizure.statusOf('a')).toEqual(['1/1 restricted']);
  });
});

describe('an act that comes too early', () => {
  it('waits visibly for the one it presupposes, and applies when that comes', () => {
    const seizure = new Case(fact('reported', 1), fact('arrest', 2), fact('state-property-decision', 6), fact('finality', 5));
    expect(seizure.events.filter(({ type }) => type === 'intake.act-held')).toMatchObject([{ data: { waitsFor: 'finality' } }, { data: { waitsFor: 'confiscation-order' } }]);
    expect(seizure.types(fact('confiscation-order', 4))).toEqual(['act-applied', 'act-applied', 'act-applied', 'case-became-state-property', 'asset-became-state-property', 'asset-status-changed']);
  });

  it('waits for a reversal, where only that could make room for it', () => {
    const seizure = new Case(...road('state-property-decision'));
    expect(seizure.take(fact('release-to-owner', 9))).toMatchObject([{ type: 'intake.act-held', data: { waitsFor: 'reversal' } }, { type: 'intake.asset-status-changed' }]);
    expect(seizure.types(fact('reversal', 8))).toEqual(['act-applied', 'act-applied', 'case-state-property-reversed', 'asset-state-property-reversed', 'case-released', 'asset-released', 'asset-status-changed']);
  });

  it('that took effect before what is on record is told in its place, where nothing that stands is undone by it', () => {
    const seizure = new Case(...road('arrest').filter(({ factId }) => factId !== 'restriction'));
    expect(seizure.types(fact('restriction', 2))).toEqual(['act-applied']);
    expect(seizure.statusOf('a')).toEqual(['1/1 arrested']);
  });

  it('that took effect before a release waits for what it presupposes, though the asset has left the case since', () => {
    const seizure = new Case(fact('reported', 1), fact('release-to-owner', 9));
    const terms: Partial<SeizureFact> = { share: { numerator: '1', denominator: '4' }, victim: { reference: 'V-1', manner: 'in-kind' } };
    expect(seizure.take(fact('return-to-victim', 5, terms))).toMatchObject([{ type: 'intake.act-held', data: { waitsFor: 'arrest' } }, { type: 'intake.asset-status-changed' }]);
    seizure.take(fact('arrest', 3));
    expect(seizure.statusOf('a')).toEqual(['1/4 returned-to-victim', '3/4 released']);
    expect(new Case(fact('reported', 1), fact('release-to-owner', 9)).take(fact('return-to-victim', 10, terms))).toBe('case-released');
  });

  it('waits for a report that has not come', () => expect(new Case().types(fact('arrest', 2))).toEqual(['act-held']));

  it('does not wait in a crowd', () => {
    const crowd = new Case(...Array.from({ length: HELD_ACTS_MAX }, (_, n) => fact('finality', 5, { document: { ...document, reference: `С-${n}` } }, `finality-${n}`)));
    expect(crowd.take(fact('finality', 5))).toBe('too-many-held-acts');
  });
});

describe('an act that can never apply', () => {
  it.each<[string, ApplyFact[], ApplyFact, string]>([
    ['that is dated back to undo state property', road('state-property-decision'), fact('release-to-owner', 5, {}, 'late'), 'case-is-state-property'],
    ['that is dated back to undo an order', road('confiscation-order'), fact('release-to-owner', 2, {}, 'late'), 'act-superseded'],
    ['after a release', [fact('reported', 1), fact('release-to-owner', 2)], fact('arrest', 3), 'case-released'],
    ['after a later act', [fact('reported', 1), fact('arrest', 2)], fact('restriction', 3), 'act-superseded'],
    ['after a report of the same', [fact('reported', 1)], fact('reported', 2, {}, 'again'), 'case-already-reported'],
  ])('is refused %s', (_when, before, late, code) => expect(new Case(...before).take(late)).toBe(code));
});

describe('a case of thousands of assets', () => {
  const reports = Array.from({ length: 20 }, (_, n) => fact('reported', 1, { assets: Array.from({ length: 100 }, (__, index) => asset(`x-${n}-${index}`)) }, `report-${n}`));

  const ids = reports.flatMap(({ fact: { assets } }) => (assets ?? []).map(({ assetId }) => assetId ?? ''));

  it('takes an act over all of them, told in parts that each fit an append', () => {
    const seizure = new Case(...reports);
    const first = seizure.take(fact('arrest', 2));
    expect(JSON.stringify(first).length).toBeLessThan(450_000);
    expect(seizure.types(fact('evidence', 3))).toBe('case-changes-outstanding');
    let parts = 1;
    for (; seizure.state.outstanding !== undefined; parts++) {
      const part = partOf(stillToTell(seizure.state), 0);
      expect(JSON.stringify(part).length).toBeLessThan(450_000);
      seizure.tell(part);
    }
    expect(parts).toBeGreaterThan(3);
    expect(new Set(ids.map((id) => String(seizure.statusOf(id))))).toEqual(new Set(['1/1 arrested']));
    expect(seizure.types(fact('evidence', 3))).toContain('act-applied');
  });

  it('is not told on where another count was announced than follows (INV-53)', () => {
    const seizure = new Case(...reports);
    seizure.take(fact('arrest', 2));
    const { outstanding } = seizure.state;
    if (outstanding === undefined) throw new Error('nothing is outstanding');
    const mark = { ...outstanding.mark, changes: outstanding.mark.changes - 1 };
    expect(() => stillToTell({ ...seizure.state, outstanding: { ...outstanding, mark } })).toThrow('INV-53');
  });

  it('is told in parts as it is told whole, wherever a part ends', () => {
    const acts: readonly ApplyFact[] = [fact('restriction', 2), fact('arrest', 3), fact('confiscation-order', 4, { share: { numerator: '1', denominator: '3' }, rest: 'released' }), fact('finality', 5), fact('state-property-decision', 6), fact('reversal', 7)];
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 40, max: 500 }), { minLength: 1, maxLength: 5 }), (sizes) => {
        const seizure = new Case(...reports.slice(0, 6));
        for (const act of acts) {
          const { state } = seizure;
          const told = seizure.take(act) as CaseEvent[];
          for (let part = 0; seizure.state.outstanding !== undefined; part++) told.push(...seizure.tell(stillToTell(seizure.state).slice(0, sizes[part % sizes.length])));
          const before = caseStanding(state.facts.values(), state.lapsed, state.inherited);
          const after = caseStanding(seizure.state.facts.values(), seizure.state.lapsed, seizure.state.inherited);
          const whole = eventsOfChange({ caseId: CASE, before, after, factId: act.factId, document, effectiveAt: act.fact.effectiveAt, wholes: state.wholes });
          expect(told.filter(({ type }) => !/act-|outstanding/.test(type))).toEqual(whole);
        }
      }),
      { numRuns: 3 },
    );
  });
});
