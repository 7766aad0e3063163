import type { ScreenedAddress, ScreeningResult } from '@qazyna/contracts';
import fc from 'fast-check';
import { findingsOf, type FindingsInput } from './findings.js';

const address: ScreenedAddress = { address: '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', chain: 'bitcoin' };
const answer = (changes: Partial<ScreeningResult> = {}): ScreeningResult => ({
  ...address, provider: 'list:ofac', requestId: '-', status: 'complete', level: 'not-listed', categories: [], listVersion: '1', screenedAt: '2026-01-01T00:00:00.000Z', rawHash: 'ab'.repeat(32), ...changes,
});
const input = (changes: Partial<FindingsInput> = {}): FindingsInput => ({
  subjectId: 'case.afm.1', addresses: [address], unknownSources: 0, results: [answer()], providers: ['list:ofac'], lists: [], listMissing: false,
  meaningOf: ({ level }) => (level === 'not-listed' || level === 'low' ? 'clear' : level === 'unknown' ? 'unknown' : 'hold'), ...changes,
});

describe('findings', () => {
  it('are clear when every provider answered with a level that is clear', () => expect(findingsOf(input())).toMatchObject({ verdict: 'clear', reasons: [], results: [] }));

  it.each([
    ['a list names it', { results: [answer({ level: 'listed' })] }, 'listed'],
    ['a vendor holds it', { providers: ['vendor'], results: [answer({ provider: 'vendor', level: 'severe' })] }, 'level-held'],
    ['the level is unknown', { results: [answer({ level: 'unknown' })] }, 'level-unknown'],
    ['the answer is pending', { results: [answer({ status: 'pending' })] }, 'provider-pending'],
    ['the answer is an error', { results: [answer({ status: 'error' })] }, 'provider-unavailable'],
    ['a provider did not answer', { results: [] }, 'provider-unavailable'],
    ['one of two providers did not answer', { providers: ['list:ofac', 'vendor'] }, 'provider-unavailable'],
    ['there is no list', { providers: [], results: [], listMissing: true }, 'list-missing'],
    ['a source is unknown', { unknownSources: 1 }, 'source-unknown'],
  ] as const)('hold when %s (INV-41)', (_what, changes, reason) => expect(findingsOf(input(changes))).toMatchObject({ verdict: 'held', reasons: [reason] }));

  it('pass new coins, which have no source, even without a list', () => expect(findingsOf(input({ addresses: [], results: [], listMissing: true }))).toMatchObject({ verdict: 'clear' }));

  it('have one basis whatever the time, the version and the order, and another when they differ', () => {
    const [one, two] = [answer({ level: 'listed', categories: ['a', 'b'] }), answer({ level: 'listed', provider: 'list:own' })];
    const basis = findingsOf(input({ results: [one, two] })).basis;
    expect(findingsOf(input({ results: [{ ...two, screenedAt: '2027-01-01T00:00:00.000Z', listVersion: '9' }, { ...one, categories: ['b', 'a'] }] })).basis).toBe(basis);
    expect(findingsOf(input({ results: [one] })).basis).not.toBe(basis);
    expect(findingsOf(input({ results: [{ ...one, categories: ['a'] }, two] })).basis).not.toBe(basis);
  });

  it('keep a vendor\'s clear answers too', () => {
    const vendor = answer({ provider: 'vendor', level: 'low' });
    expect(findingsOf(input({ providers: ['vendor'], results: [vendor] })).results).toEqual([vendor]);
  });

  it('are clear if and only if every address has a complete, clear answer of every provider', () => {
    const result = fc.record({ provider: fc.constantFrom('list:ofac', 'vendor'), status: fc.constantFrom('pending', 'complete', 'error'), level: fc.constantFrom('low', 'not-listed', 'unknown', 'listed', 'new') });
    fc.assert(
      fc.property(fc.uniqueArray(result, { selector: ({ provider }) => provider, maxLength: 2 }), (results) => {
        const found = findingsOf(input({ providers: ['list:ofac', 'vendor'], results: results.map((each) => answer(each as Partial<ScreeningResult>)) }));
        const isClear = results.length === 2 && results.every(({ status, level }) => status === 'complete' && (level === 'low' || level === 'not-listed'));
        expect(found.verdict).toBe(isClear ? 'clear' : 'held');
      }),
    );
  });
});
