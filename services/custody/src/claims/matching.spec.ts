import { specification } from '@qazyna/testing';
import { claimDecider } from './claim.js';
import { findOutput, type CandidateOutput, type WaitingClaim } from './matching.js';

const claim: WaitingClaim = { payoutId: 'pool.acc~1', poolAccountId: 'pool.acc', asset: 'btc', amount: '150', address: 'addr', txid: 'aa' };
const output = (vout: number, changes: Partial<CandidateOutput> = {}): CandidateOutput => ({
  depositId: `aa.${vout}`,
  vout,
  purposeKind: 'pool-account',
  purposeId: 'pool.acc',
  asset: 'btc',
  amount: '150',
  address: 'addr',
  payoutId: undefined,
  ...changes,
});
const codeOf = (matching: ReturnType<typeof findOutput>): string => (matching.kind === 'dispute' ? matching.code : matching.kind);

describe('the output of a claim', () => {
  it('is waited for while the transaction is not seen', () => expect(findOutput(claim, [])).toEqual({ kind: 'wait' }));
  it('is the one at its index, in a batch of many equal ones', () => expect(findOutput({ ...claim, outputIndex: 2 }, [output(1), output(2), output(3)])).toEqual({ kind: 'match', depositId: 'aa.2' }));
  it('is the only one of exactly its amount when no index is named', () =>
    expect(findOutput(claim, [output(0, { amount: '149' }), output(1), output(2, { amount: '151' })])).toEqual({ kind: 'match', depositId: 'aa.1' }));
  it('is never guessed among equal ones', () => expect(codeOf(findOutput(claim, [output(0), output(1)]))).toBe('claim-ambiguous'));
  it('is the one left when the other has its claim', () => expect(findOutput(claim, [output(0, { payoutId: 'pool.acc~0' }), output(1)])).toEqual({ kind: 'match', depositId: 'aa.1' }));
  it('is found again where it was matched before', () => expect(findOutput(claim, [output(0), output(1, { payoutId: claim.payoutId })])).toEqual({ kind: 'match', depositId: 'aa.1' }));
  it.each<[string, WaitingClaim, CandidateOutput[], string]>([
    ['another amount', claim, [output(0, { amount: '149' })], 'claim-amount-differs'],
    ['another address', claim, [output(0, { address: 'other' })], 'claim-address-differs'],
    ['another pool account', claim, [output(0, { purposeId: 'pool.other' })], 'claim-address-differs'],
    ['a case', claim, [output(0, { purposeKind: 'case' })], 'claim-address-differs'],
    ['an index that is not ours', { ...claim, outputIndex: 7 }, [output(0)], 'claim-output-not-ours'],
    ['an output that another payout has', claim, [output(0, { payoutId: 'pool.acc~9' })], 'deposit-already-matched'],
  ])('is disputed for %s', (_why, waiting, outputs, code) => expect(codeOf(findOutput(waiting, outputs))).toBe(code));
});

describe('a claim', () => {
  const { given } = specification(claimDecider);
  const accepted = { payoutId: 'pool.acc~1', poolAccountId: 'pool.acc', licenceId: 'L-1', asset: 'btc', amount: '150', address: 'addr', txid: 'aa', paidAt: '2026-01-01T00:00:00Z' };
  const dispute = { payoutId: 'pool.acc~1', code: 'claim-amount-differs', message: 'differs' };
  const registered = { type: 'custody.claim-registered', data: accepted } as const;
  it('is registered once', () => {
    given().when({ kind: 'register', claim: accepted }).then(registered);
    given(registered).when({ kind: 'register', claim: accepted }).thenNothing();
  });
  it('is disputed once', () => {
    given(registered).when({ kind: 'dispute', dispute }).then({ type: 'custody.claim-disputed', data: dispute });
    given(registered, { type: 'custody.claim-disputed', data: dispute }).when({ kind: 'dispute', dispute }).thenNothing();
  });
  it('cannot be disputed before it is known', () => given().when({ kind: 'dispute', dispute }).thenRefused('claim-not-found'));
});
