import type { FactReceived, SeizureFact } from '@qazyna/contracts';
import { specification } from '@qazyna/testing';
import { brokenRule, factDecider, withLapse, type FactEvent } from './seizure-fact.js';

const fact: SeizureFact = {
  agency: 'afm',
  caseNumber: '1/2',
  act: 'restriction',
  document: { reference: 'r', authority: 'court', sha256: 'ab'.repeat(32) },
  actAt: '2026-03-01T09:00:00Z',
  effectiveAt: '2026-03-01T09:00:00Z',
};
const received: FactReceived = { factId: 'f', source: '/afm', messageId: 'm-1', contentHash: 'aa', caseId: 'afm.1_2', fact };
const event: FactEvent = { type: 'intake.fact-received', data: received };
const { given } = specification(factDecider);
/** Ten days to the second, as far as years have four digits. */
const ends = (start: string): string | undefined => {
  const end = Date.parse(start) + 10 * 86_400_000;
  return end > Date.parse('9999-12-31T23:59:59.999Z') ? undefined : new Date(end).toISOString();
};

describe('the receipt of a fact', () => {
  it('is written once', () => {
    given().when({ kind: 'receive', received }).then(event);
    given(event).when({ kind: 'receive', received }).thenNothing();
  });
  it('makes other content under the same id a conflict', () =>
    given(event).when({ kind: 'receive', received: { ...received, contentHash: 'bb' } }).thenRefused('fact-conflict', 'id'));
  it('keeps the refusal, once', () => {
    const refusal = { code: 'case-released', message: 'released', field: 'act' };
    const refused: FactEvent = { type: 'intake.fact-refused', data: { factId: 'f', caseId: 'afm.1_2', ...refusal } };
    given(event).when({ kind: 'refuse', factId: 'f', caseId: 'afm.1_2', refusal }).then(refused);
    given(event, refused).when({ kind: 'refuse', factId: 'f', caseId: 'afm.1_2', refusal }).thenNothing();
  });
});

describe('rules within one fact', () => {
  const at = (location: object): SeizureFact =>
    ({ ...fact, act: 'reported', assets: [{ asset: 'x', amount: '1', location }] }) as SeizureFact;

  it.each<[string, SeizureFact, string | undefined]>([
    ['a restriction of exactly ten days', { ...fact, lapsesAt: '2026-03-11T09:00:00Z' }, undefined],
    ['a restriction one second longer', { ...fact, lapsesAt: '2026-03-11T09:00:01Z' }, 'restriction-too-long'],
    ['a restriction that lapses as it begins', { ...fact, lapsesAt: '2026-03-01T09:00:00Z' }, 'lapse-before-effect'],
    ['a restriction whose legal term ends after the last year that can be written', { ...fact, effectiveAt: '9999-12-25T00:00:00Z' }, 'effect-too-late'],
    ['a restriction whose legal term ends within it', { ...fact, effectiveAt: '9999-12-21T00:00:00Z' }, undefined],
    ['an arrest that lapses', { ...fact, act: 'arrest', lapsesAt: '2026-03-02T09:00:00Z' }, 'lapse-not-allowed'],
    ['a report of nothing', { ...fact, act: 'reported' }, 'assets-missing'],
    ['an address that is not named', at({ kind: 'address' }), 'location-incomplete'],
    ['an exchange without account', at({ kind: 'exchange', exchange: 'x' }), 'location-incomplete'],
    ['an exchange without name', at({ kind: 'exchange', accountId: '7' }), 'location-incomplete'],
    ['a device without reference', at({ kind: 'device' }), 'location-incomplete'],
    ['a device in evidence', at({ kind: 'device', reference: 'E-7' }), undefined],
    ['equipment without a model', at({ kind: 'equipment', make: 'Bitmain', count: 1 }), 'location-incomplete'],
    ['equipment of another count than its amount', at({ kind: 'equipment', make: 'Bitmain', model: 'S21', count: 2 }), 'count-differs'],
    ['fund units without a fund', at({ kind: 'fund-units' }), 'location-incomplete'],
    ['two assets of one id', { ...at({ kind: 'device', reference: 'E-7' }), assets: [1, 2].map(() => ({ assetId: 'a', asset: 'x', amount: '1', location: { kind: 'device' as const, reference: 'E-7' } })) }, 'asset-id-repeated'],
    ['a share of more than the whole', { ...fact, act: 'confiscation-order', share: { numerator: '3', denominator: '2' } }, 'share-exceeds-whole'],
    ['a share of an arrest', { ...fact, act: 'arrest', share: { numerator: '1', denominator: '2' } }, 'term-not-allowed'],
    ['a sale without proceeds', { ...fact, act: 'pre-verdict-sale', assetIds: ['a'] }, 'proceeds-missing'],
    ['a sale of everything at once', { ...fact, act: 'pre-verdict-sale', proceeds: { asset: 'x', amount: '1', location: { kind: 'bank-account', reference: 'r' } } }, 'one-asset-sold'],
    ['a return to nobody', { ...fact, act: 'return-to-victim' }, 'victim-missing'],
    ['a return in a value that is not named', { ...fact, act: 'return-to-victim', victim: { reference: 'V-1', manner: 'value' } }, 'value-missing'],
    ['a return in kind with a value', { ...fact, act: 'return-to-victim', victim: { reference: 'V-1', manner: 'in-kind', value: { currency: 'KZT', amount: '1', datedAt: fact.actAt } } }, 'value-not-allowed'],
    ['a correction of nothing', { ...fact, act: 'correction', annuls: true }, 'corrects-missing'],
    ['a correction that says nothing', { ...fact, act: 'correction', corrects: 'f' }, 'correction-empty'],
    ['a correction that annuls', { ...fact, act: 'correction', corrects: 'f', annuls: true }, undefined],
    ['an arrest that corrects', { ...fact, act: 'arrest', corrects: 'f' }, 'correction-not-allowed'],
  ])('%s', (_name, given, code) => expect(brokenRule(given, ends)?.code).toBe(code));

  it('give a restriction its legal term when it names none', () => {
    expect(withLapse(fact, ends).lapsesAt).toBe('2026-03-11T09:00:00.000Z');
    expect(withLapse({ ...fact, act: 'arrest' }, ends).lapsesAt).toBeUndefined();
  });
});
