import type { AssetBecameStateProperty, CaseBecameStateProperty } from '@qazyna/contracts';
import { specification } from '@qazyna/testing';
import { commandOf } from './case-words.js';
import { custodyCaseDecider, type CustodyCaseCommand } from './custody-case.js';

const document = { reference: 'GOV-7', authority: 'government', sha256: 'c0'.repeat(32) };
const decided: CaseBecameStateProperty = { caseId: 'afm.1', factId: '00000000-0000-5000-8000-000000000001', decision: document, effectiveAt: '2026-02-01T00:00:00Z' };
const ofAsset: AssetBecameStateProperty = {
  ...decided, assetId: 'wallet-1', asset: 'qazyna:local/pieces:asic-miner', amount: '8', location: { kind: 'store', reference: 'E-1' }, scope: 'asset', share: { numerator: '1', denominator: '2' },
};
const command = (event: Parameters<typeof commandOf>[0], revision?: number): CustodyCaseCommand => commandOf(event, revision) as CustodyCaseCommand;
const whole = command({ type: 'intake.case-became-state-property', data: decided }, 4);
const noted = { type: 'custody.case-state-property-noted', data: { caseId: 'afm.1', decision: document, effectiveAt: decided.effectiveAt, factId: decided.factId, caseRevision: 4 } } as const;
const undone = { caseId: 'afm.1', effect: 'state-property', factId: decided.factId, undoneBy: decided.factId, document, effectiveAt: '2026-03-01T00:00:00Z', caseRevision: 6 } as const;

describe('what custody notes of a case', () => {
  const { given } = specification(custodyCaseDecider);

  it('is a decision over the whole case, once', () => {
    given().when(whole).then(noted);
    given(noted).when(whole).thenNothing();
  });
  it('is an act over one asset, with its exact share', () =>
    given().when(command({ type: 'intake.asset-became-state-property', data: ofAsset }, 5)).then({
      type: 'custody.case-effect-noted',
      data: { caseId: 'afm.1', assetId: 'wallet-1', effect: 'state-property', factId: decided.factId, asset: ofAsset.asset, share: { numerator: '1', denominator: '2' }, manner: 'in-kind', document, effectiveAt: decided.effectiveAt, caseRevision: 5 },
    }));
  it('is not what an event of the whole case has said already', () => expect(commandOf({ type: 'intake.asset-became-state-property', data: { ...ofAsset, scope: 'case' } }, 5)).toBeUndefined());
  it('is a value only, where the order takes a value in place of the asset', () =>
    expect(command({ type: 'intake.asset-became-state-property', data: { ...ofAsset, substituteValue: { currency: 'KZT', amount: '5', datedAt: '2026-01-01T00:00:00Z' } } })).toMatchObject({ effect: { manner: 'value' } }));
  it('is a taking back, once, and the word it takes back where that comes later: it says what was so until then', () => {
    given(noted).when({ kind: 'undo', undone }).then({ type: 'custody.case-effect-undone', data: undone });
    given(noted, { type: 'custody.case-effect-undone', data: undone }).when({ kind: 'undo', undone }).thenNothing();
    given({ type: 'custody.case-effect-undone', data: undone }).when(whole).then(noted);
    given({ type: 'custody.case-effect-undone', data: undone }, noted).when(whole).thenNothing();
  });
  it('is a second decision after a reversal, of whatever fact', () => {
    const again = command({ type: 'intake.case-became-state-property', data: { ...decided, factId: '00000000-0000-5000-8000-000000000002' } }, 9);
    given(noted, { type: 'custody.case-effect-undone', data: undone }).when(again).then({ ...noted, data: { ...noted.data, factId: '00000000-0000-5000-8000-000000000002', caseRevision: 9 } });
  });
  it('stays what the first version noted when the same decision is delivered again', () =>
    given({ type: 'custody.case-state-property-noted', data: { caseId: 'afm.1', decision: document, effectiveAt: decided.effectiveAt } }).when(whole).thenNothing());
  it('without a place in the case\'s stream is the first word', () => {
    const unplaced = command({ type: 'intake.case-became-state-property', data: decided });
    given().when(unplaced).then({ ...noted, data: { ...noted.data, caseRevision: 0 } });
    given(noted).when(unplaced).thenNothing();
  });
});
