import type { ScreeningDecisionGiven, ScreeningRecorded, ScreeningRequested } from '@qazyna/contracts';
import { specification } from '@qazyna/testing';
import { screeningSubjectDecider, standingOf, type ScreeningSubjectEvent } from './screening-subject.js';

const subjectId = `deposit.${'ab'.repeat(32)}.0`;
const [BASIS, OTHER] = ['11'.repeat(32), '22'.repeat(32)];
const address = { address: '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', chain: 'bitcoin' as const };
const request: ScreeningRequested = { subjectId, addresses: [address], unknownSources: 0 };
const record = (verdict: 'clear' | 'held', basis = BASIS): ScreeningRecorded => ({ subjectId, verdict, reasons: verdict === 'held' ? ['listed'] : [], results: [], lists: [], basis });
const word = (officer: string, decision: ScreeningDecisionGiven['decision'], basis = BASIS): ScreeningDecisionGiven => ({ subjectId, officer, decision, reason: 'looked at in full', basis });
const requested: ScreeningSubjectEvent = { type: 'intake.screening-requested', data: request };
const recorded = (verdict: 'clear' | 'held', basis = BASIS): ScreeningSubjectEvent => ({ type: 'intake.screening-recorded', data: record(verdict, basis) });
const given = (...args: Parameters<typeof word>): ScreeningSubjectEvent => ({ type: 'intake.screening-decision-given', data: word(...args) });
const agreed = (decision: ScreeningDecisionGiven['decision'], officers: string[], basis = BASIS): ScreeningSubjectEvent => ({ type: 'intake.screening-decided', data: { subjectId, decision, officers, basis } });
const { given: after } = specification(screeningSubjectDecider);
const standing = (...events: ScreeningSubjectEvent[]): string => standingOf(events.reduce((state, event) => screeningSubjectDecider.evolve(state, event), screeningSubjectDecider.initialState()));

describe('the screening of a deposit or case', () => {
  it('is asked for once, and again only for addresses that are new', () => {
    after().when({ kind: 'request', request }).then(requested);
    after(requested).when({ kind: 'request', request }).thenNothing();
    const more = { ...address, address: 'other' };
    after(requested).when({ kind: 'request', request: { ...request, addresses: [address, more] } }).then({ type: 'intake.screening-requested', data: { ...request, addresses: [more] } });
  });

  it('is asked for even with no address: new coins and unknown sources are screened too', () => {
    const empty = { ...request, addresses: [], unknownSources: 2 };
    after().when({ kind: 'request', request: empty }).then({ type: 'intake.screening-requested', data: empty });
  });

  it('records findings that differ, and no others', () => {
    after(requested).when({ kind: 'record', record: record('held') }).then(recorded('held'));
    after(requested, recorded('held')).when({ kind: 'record', record: record('held') }).thenNothing();
    after(requested, recorded('held')).when({ kind: 'record', record: record('clear', OTHER) }).then(recorded('clear', OTHER));
    after().when({ kind: 'record', record: record('clear') }).thenRefused('screening-not-found');
  });

  it('takes two different officers who say the same (INV-42)', () => {
    after(requested, recorded('held')).when({ kind: 'decide', given: word('a', 'release') }).then(given('a', 'release'));
    after(requested, recorded('held'), given('a', 'release')).when({ kind: 'decide', given: word('b', 'release') }).then(given('b', 'release'), agreed('release', ['a', 'b']));
  });

  it('refuses a second word of the same officer, also another one (INV-42)', () => {
    after(requested, recorded('held'), given('a', 'release')).when({ kind: 'decide', given: word('a', 'release') }).thenRefused('same-officer');
    after(requested, recorded('held'), given('a', 'release')).when({ kind: 'decide', given: word('a', 'keep') }).thenRefused('same-officer');
  });

  it('stays held while officers differ, until a third agrees with one', () => {
    const differing = [requested, recorded('held'), given('a', 'release'), given('b', 'keep')];
    expect(standing(...differing)).toBe('held');
    after(...differing).when({ kind: 'decide', given: word('c', 'keep') }).then(given('c', 'keep'), agreed('keep', ['b', 'c']));
  });

  it('is decided on the findings that were looked at, and no others', () => {
    after(requested, recorded('held')).when({ kind: 'decide', given: word('a', 'release', OTHER) }).thenRefused('basis-changed', 'basis');
    after(requested, recorded('clear')).when({ kind: 'decide', given: word('a', 'release') }).thenRefused('screening-not-held');
    after(requested).when({ kind: 'decide', given: word('a', 'release') }).thenRefused('screening-not-found');
  });

  it('forgets every word when the findings change: a new hit is held whatever was released', () => {
    const released = [requested, recorded('held'), given('a', 'release'), given('b', 'release'), agreed('release', ['a', 'b'])];
    expect(standing(...released)).toBe('released');
    after(...released).when({ kind: 'decide', given: word('c', 'keep') }).thenRefused('screening-already-decided');
    expect(standing(...released, recorded('held', OTHER))).toBe('held');
    after(...released, recorded('held', OTHER)).when({ kind: 'decide', given: word('a', 'release', OTHER) }).then(given('a', 'release', OTHER));
    expect(standing(requested, recorded('held'), given('a', 'release'), recorded('held', OTHER))).toBe('held');
  });

  it('can be released after it was kept, by two again', () => {
    const kept = [requested, recorded('held'), given('a', 'keep'), given('b', 'keep'), agreed('keep', ['a', 'b'])];
    expect(standing(...kept)).toBe('kept');
    after(...kept).when({ kind: 'decide', given: word('a', 'release') }).then(given('a', 'release'));
    after(...kept, given('a', 'release')).when({ kind: 'decide', given: word('b', 'release') }).then(given('b', 'release'), agreed('release', ['a', 'b']));
  });
});
