import { specification } from '@qazyna/testing';
import fc from 'fast-check';
import type { SeizureAct, SeizureFact } from '@qazyna/contracts';
import { caseDecider, HELD_ACTS_MAX, type ApplyFact, type CaseEvent } from './case.js';

const caseId = 'afm.257100031_00142';
const document = { reference: 'СУ-2026/118', authority: 'court-astana', sha256: 'ab'.repeat(32) };
const assets = [
  { asset: 'bip122:0f9188f13cb7b2c71f2a335e3a4fc328/slip44:1', amount: '150000000', location: { kind: 'device' as const, reference: 'evidence-7' } },
];

function fact(act: SeizureAct): SeizureFact {
  return {
    agency: 'afm',
    caseNumber: '257100031/00142',
    act,
    document,
    actAt: '2026-03-01T09:00:00Z',
    effectiveAt: '2026-03-01T10:00:00Z',
    ...(act === 'reported' ? { assets } : {}),
  };
}

const command = (act: SeizureAct, factId: string = act): ApplyFact => ({ factId, caseId, fact: fact(act) });

const STATUS_AFTER = {
  'reported': 'reported',
  'restriction': 'restricted',
  'arrest': 'arrested',
  'confiscation-order': 'confiscation-ordered',
  'finality': 'final',
  'state-property-decision': 'state-property',
  'release-to-owner': 'released',
} as const;

function applied(act: SeizureAct, factId: string = act): CaseEvent {
  return { type: 'intake.act-applied', data: { factId, caseId, legalStatus: STATUS_AFTER[act as keyof typeof STATUS_AFTER], ...fact(act) } };
}
const held = (act: SeizureAct, waitsFor: SeizureAct, factId: string = act): CaseEvent => ({
  type: 'intake.act-held',
  data: { factId, caseId, act, waitsFor, fact: fact(act) },
});
const stateProperty: CaseEvent = {
  type: 'intake.case-became-state-property',
  data: { caseId, factId: 'state-property-decision', decision: document, effectiveAt: '2026-03-01T10:00:00Z' },
};
const { given } = specification(caseDecider);

describe('a seizure case', () => {
  it('opens with a report', () => given().when(command('reported')).then(applied('reported')));

  it('goes from report to state property by one act after another', () => {
    const road: SeizureAct[] = ['reported', 'restriction', 'arrest', 'confiscation-order', 'finality'];
    road.forEach((act, index) => given(...road.slice(0, index).map((done) => applied(done))).when(command(act)).then(applied(act)));
    given(...road.map((act) => applied(act)))
      .when(command('state-property-decision'))
      .then(applied('state-property-decision'), stateProperty);
  });

  it('is released to its owner, and custody is told', () =>
    given(applied('reported'), applied('arrest'))
      .when(command('release-to-owner'))
      .then(applied('release-to-owner'), {
        type: 'intake.case-released',
        data: { caseId, factId: 'release-to-owner', order: document, effectiveAt: '2026-03-01T10:00:00Z' },
      }));

  it('takes a further restriction as a prolongation', () =>
    given(applied('reported'), applied('restriction', 'first')).when(command('restriction', 'second')).then(applied('restriction', 'second')));

  it('takes the same fact once', () => {
    given(applied('reported')).when(command('reported')).thenNothing();
    given(held('finality', 'confiscation-order')).when(command('finality')).thenNothing();
  });
});

describe('an act that comes too early', () => {
  it('waits visibly for the one it presupposes', () => {
    given().when(command('arrest')).then(held('arrest', 'reported'));
    given(applied('reported')).when(command('finality')).then(held('finality', 'confiscation-order'));
    given().when(command('release-to-owner')).then(held('release-to-owner', 'reported'));
  });

  it('applies when that one comes, and frees the next', () =>
    given(applied('reported'), applied('arrest'), held('state-property-decision', 'finality'), held('finality', 'confiscation-order'))
      .when(command('confiscation-order'))
      .then(applied('confiscation-order'), applied('finality'), applied('state-property-decision'), stateProperty));

  it('applies in the order of the law, whatever the order in which acts came to wait', () => {
    const waiting = [held('release-to-owner', 'reported'), held('arrest', 'reported'), held('restriction', 'reported')];
    const released: CaseEvent = { type: 'intake.case-released', data: { caseId, factId: 'release-to-owner', order: document, effectiveAt: '2026-03-01T10:00:00Z' } };
    fc.assert(
      fc.property(fc.shuffledSubarray(waiting, { minLength: waiting.length }), (shuffled) => {
        given(...shuffled).when(command('reported')).then(applied('reported'), applied('restriction'), applied('arrest'), applied('release-to-owner'), released);
      }),
    );
  });

  it('does not wait in a crowd', () => {
    const crowd = Array.from({ length: HELD_ACTS_MAX }, (_, index) => held('finality', 'confiscation-order', `finality-${index}`));
    given(...crowd).when(command('finality')).thenRefused('too-many-held-acts', 'act');
  });
});

describe('an act that can never apply', () => {
  it('is refused when the case was released', () =>
    given(applied('reported'), applied('release-to-owner')).when(command('arrest')).thenRefused('case-released', 'act'));

  it('is refused when the case is state property', () =>
    given(applied('state-property-decision')).when(command('release-to-owner')).thenRefused('case-is-state-property', 'act'));

  it('is refused when a later act stands', () =>
    given(applied('reported'), applied('arrest')).when(command('restriction')).thenRefused('act-superseded', 'act'));

  it('is refused when the case was reported before', () =>
    given(applied('reported', 'another')).when(command('reported')).thenRefused('case-already-reported', 'act'));
});
