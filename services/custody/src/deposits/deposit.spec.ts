import type { DepositSeen } from '@qazyna/contracts';
import { specification } from '@qazyna/testing';
import { confirmationsAt, confirmationsNeeded } from './confirmations.js';
import { depositDecider, type ClaimedOutput, type DepositEvent } from './deposit.js';

const depositId = `${'aa'.repeat(32)}.1`;
const [blockA, blockB] = ['0a'.repeat(32), '0b'.repeat(32)];
const output: DepositSeen = {
  depositId,
  vaultId: 'reserve-1',
  address: 'bcrt1qexample',
  asset: 'bip122:0f9188f13cb7b2c71f2a335e3a4fc328/slip44:1',
  amount: '9007199254740993',
  height: 100,
  blockHash: blockA,
  blockTime: '2026-01-01T00:00:00.000Z',
  coinbase: false,
  purpose: { kind: 'pool-account', id: 'pool.acc', licenceId: 'L-1' },
};
const inB = { ...output, height: 101, blockHash: blockB };
const seen = (data: DepositSeen = output): DepositEvent => ({ type: 'custody.deposit-seen', data });
const confirmed = (confirmations = 3, at = output): DepositEvent => ({ type: 'custody.deposit-confirmed', data: { depositId, height: at.height, blockHash: at.blockHash, confirmations } });
const takenBack = (at = output): DepositEvent => ({ type: 'custody.deposit-taken-back', data: { depositId, height: at.height, blockHash: at.blockHash } });
const claim: ClaimedOutput = { payoutId: 'pool.acc~1', poolAccountId: 'pool.acc', licenceId: 'L-1', asset: output.asset, amount: output.amount, address: output.address };
const matched: DepositEvent = { type: 'custody.deposit-matched', data: { depositId, payoutId: claim.payoutId, licenceId: 'L-1' } };
const { given } = specification(depositDecider);
const confirm = (tipHeight: number, required = 3, blockHash = blockA) => ({ kind: 'confirm', blockHash, tipHeight, required }) as const;

describe('confirmations', () => {
  it('count the block itself', () => expect([99, 100, 102].map((tip) => confirmationsAt(100, tip))).toEqual([0, 1, 3]));
  it('are at least 100 for a coinbase, whatever the deployment asks for', () => expect([confirmationsNeeded(false, 6), confirmationsNeeded(true, 6), confirmationsNeeded(true, 200)]).toEqual([6, 100, 200]));
});

describe('an output that pays us', () => {
  it('is seen once in its block', () => {
    given().when({ kind: 'see', seen: output }).then(seen());
    given(seen()).when({ kind: 'see', seen: output }).thenNothing();
    given(seen(), confirmed()).when({ kind: 'see', seen: output }).thenNothing();
  });
  it('is confirmed by exactly as many blocks as asked, not one fewer', () => {
    given(seen()).when(confirm(101)).thenNothing();
    given(seen()).when(confirm(102)).then(confirmed(3));
    given(seen()).when(confirm(100, 1)).then(confirmed(1));
  });
  it('of a coinbase waits until it may be spent in the next block', () => {
    const coinbase = { ...output, coinbase: true };
    given(seen(coinbase)).when(confirm(198)).thenNothing();
    given(seen(coinbase)).when(confirm(199)).then(confirmed(100));
  });
  it('is confirmed once', () => given(seen(), confirmed()).when(confirm(110)).thenNothing());
  it('is not confirmed by a block it is not in', () => given(seen()).when(confirm(110, 3, blockB)).thenNothing());
});

describe('a reorganisation', () => {
  it('takes the output back, once', () => {
    given(seen()).when({ kind: 'take-back', blockHash: blockA }).then(takenBack());
    given(seen(), confirmed()).when({ kind: 'take-back', blockHash: blockA }).then(takenBack());
    given(seen(), takenBack()).when({ kind: 'take-back', blockHash: blockA }).thenNothing();
  });
  it('leaves an output of another block alone', () => given(seen(inB)).when({ kind: 'take-back', blockHash: blockA }).thenNothing());
  it('returns it in another block, and it must be confirmed anew', () => {
    given(seen(), confirmed(), takenBack()).when({ kind: 'see', seen: inB }).then(seen(inB));
    given(seen(), confirmed(), takenBack(), seen(inB)).when(confirm(102, 3, blockB)).thenNothing();
    given(seen(), confirmed(), takenBack(), seen(inB)).when(confirm(103, 3, blockB)).then(confirmed(3, inB));
  });
  it('may return it in the very block it left', () => given(seen(), takenBack()).when({ kind: 'see', seen: output }).then(seen()));
  it('that was missed is made up for when the output is seen elsewhere', () => given(seen(), confirmed()).when({ kind: 'see', seen: inB }).then(takenBack(), seen(inB)));
  it('cannot confirm what vanished', () => given(seen(), takenBack()).when(confirm(200)).thenNothing());
});

describe('a payout that claims the output', () => {
  it('is matched when everything agrees, to the last unit beyond 2^53', () => given(seen()).when({ kind: 'match', claim }).then(matched));
  it('is matched once', () => given(seen(), matched).when({ kind: 'match', claim }).thenNothing());
  it('stays matched through a reorganisation', () => given(seen(), matched, takenBack(), seen(inB)).when({ kind: 'match', claim }).thenNothing());
  it('finds it taken by another payout', () => given(seen(), matched).when({ kind: 'match', claim: { ...claim, payoutId: 'pool.acc~2' } }).thenRefused('deposit-already-matched'));
  it.each<[string, Partial<ClaimedOutput>, string]>([
    ['amount', { amount: '9007199254740992' }, 'claim-amount-differs'],
    ['address', { address: 'bcrt1qother' }, 'claim-address-differs'],
    ['account', { poolAccountId: 'pool.other' }, 'claim-account-differs'],
    ['licence', { licenceId: 'L-2' }, 'claim-licence-differs'],
    ['asset', { asset: 'bip122:000000000019d6689c085ae165831e93/slip44:0' }, 'claim-asset-differs'],
  ])('is refused when the %s differs', (_field, changes, code) => given(seen()).when({ kind: 'match', claim: { ...claim, ...changes } }).thenRefused(code));
  it('is refused when the output is for a case', () =>
    given(seen({ ...output, purpose: { kind: 'case', id: 'afm.1' } })).when({ kind: 'match', claim }).thenRefused('claim-account-differs'));
  it('is refused when there is no such output', () => given().when({ kind: 'match', claim }).thenRefused('deposit-not-found'));
});

describe('a spend that nobody approved', () => {
  const spentBy = 'cc'.repeat(32);
  const spent: DepositEvent = { type: 'custody.unapproved-spend-detected', data: { depositId, vaultId: 'reserve-1', spentBy, height: 120 } };
  it('is detected once for each spending transaction', () => {
    given(seen(), confirmed()).when({ kind: 'spend', spentBy, height: 120 }).then(spent);
    given(seen(), confirmed(), spent).when({ kind: 'spend', spentBy, height: 121 }).thenNothing();
  });
  it('of an output that is not ours is no incident', () => given().when({ kind: 'spend', spentBy, height: 120 }).thenRefused('deposit-not-found'));
});
