import type { LicenceIssued, PayoutClaim, PoolAccountRegistered } from '@qazyna/contracts';
import { specification } from '@qazyna/testing';
import { licenceDecider } from '../licences/licence.js';
import { poolAccountDecider } from '../pools/pool-account.js';
import { payoutDecider, type PayoutEvent, type ReceivePayout } from './payout.js';
import type { PayoutStanding } from './payout-checks.js';

const asset = 'bip122:000000000019d6689c085ae165831e93/slip44:0';
const address = 'bc1qllf33yhp7m80sfm35fce0tagcckey7dljauwd5';
const payoutId = 'btcpool-kz.reserve-01~38518124';
const contentHash = 'cd'.repeat(32);
const claim: PayoutClaim = {
  pool: 'btcpool-kz',
  account: 'reserve-01',
  paymentId: '38518124',
  asset,
  amount: '149377',
  address,
  txid: '7f37726aca676a11ae30277d1a12bfec761f3523dc64c151abe2ec7d410c36fb',
  paidAt: '2023-05-02T08:58:55.000Z',
};
const account: PoolAccountRegistered = {
  poolAccountId: 'btcpool-kz.reserve-01',
  pool: 'btcpool-kz',
  account: 'reserve-01',
  licenceId: 'L-1',
  network: 'mainnet',
  asset,
  payoutAddress: address,
};
const licence: LicenceIssued = { licenceId: 'L-1', kind: 'mining', holder: 'ekibastuz', validFrom: '2023-01-01T00:00:00Z', validUntil: '2024-01-01T00:00:00Z' };
const nobody = licenceDecider.initialState();
const registered = poolAccountDecider.evolve(undefined, { type: 'mining.pool-account-registered', data: account });
const issued = licenceDecider.evolve(nobody, { type: 'mining.licence-issued', data: licence });
const standing: PayoutStanding = { account: registered, licence: issued, quotaTolerancePercent: 5 };

function receive(changes: Partial<PayoutClaim> = {}, other: Partial<ReceivePayout> = {}): ReceivePayout {
  return { kind: 'receive', payoutId, claim: { ...claim, ...changes }, contentHash, way: 'http', found: [], standing, ...other };
}
const received = (changes: Partial<PayoutClaim> = {}): PayoutEvent => ({
  type: 'mining.payout-received',
  data: { payoutId, claim: { ...claim, ...changes }, contentHash, way: 'http' },
});
const accepted = {
  type: 'mining.payout-accepted' as const,
  data: {
    payoutId,
    poolAccountId: account.poolAccountId,
    licenceId: 'L-1',
    asset,
    amount: '149377',
    address,
    txid: claim.txid,
    paidAt: claim.paidAt,
  },
};
const { given } = specification(payoutDecider);

/** Codes of the reasons for which a claim is held on arrival. */
function heldFor(command: ReceivePayout): string[] {
  const decision = payoutDecider.decide(command, payoutDecider.initialState());
  if (decision.kind === 'refused') throw new Error(decision.refusal.message);
  const [first, second] = decision.events;
  expect(first?.type).toBe('mining.payout-received');
  return second?.type === 'mining.payout-held' ? second.data.reasons.map(({ code }) => code) : [];
}

describe('a payout that is received', () => {
  it('is accepted when account, licence and wallet are in order', () => given().when(receive()).then(received(), accepted));

  it('counts once, by whatever way it comes again', () => {
    given(received(), accepted).when(receive()).thenNothing();
    given(received(), accepted).when(receive({ paidAt: '2023-05-02T08:58:55Z' }, { way: 'kafka' })).thenNothing();
  });

  it('keeps what a later claim says and the first left open, once', () => {
    const added: PayoutEvent = { type: 'mining.payout-details-added', data: { payoutId, outputIndex: 0, licenceId: 'L-1', contentHash, way: 'kafka' } };
    given(received(), accepted).when(receive({ outputIndex: 0, licenceId: 'L-1' }, { way: 'kafka' })).then(added);
    given(received(), accepted, added).when(receive({ outputIndex: 0 })).thenNothing();
    given(received(), accepted, added).when(receive()).thenNothing();
  });

  it.each<[keyof PayoutClaim, Partial<PayoutClaim>, Partial<PayoutClaim>]>([
    ['outputIndex', { outputIndex: 0 }, { outputIndex: 1 }],
    ['statutorySequence', { statutorySequence: 'S-1' }, { statutorySequence: 'S-2' }],
    ['licenceId', { licenceId: 'L-1' }, { licenceId: 'L-2' }],
  ])('is a conflict when a third claim has another %s than the second', (field, second, third) => {
    const added: PayoutEvent = { type: 'mining.payout-details-added', data: { payoutId, ...second, contentHash, way: 'http' } };
    given(received(), accepted, added).when(receive(third)).thenRefused('payout-conflict', field);
  });

  it.each<[keyof PayoutClaim, Partial<PayoutClaim>]>([
    ['amount', { amount: '149378' }],
    ['txid', { txid: 'ee'.repeat(32) }],
    ['address', { address: 'bc1qother' }],
    ['paidAt', { paidAt: '2023-05-02T08:58:56.000Z' }],
  ])('is a conflict when %s differs from what is known', (field, changes) =>
    given(received(), accepted).when(receive(changes)).thenRefused('payout-conflict', field));

  it('is a conflict when both name an output and the outputs differ', () =>
    given(received({ outputIndex: 0 }), accepted).when(receive({ outputIndex: 1 })).thenRefused('payout-conflict', 'outputIndex'));
});

describe('a payout is held', () => {
  it('for a transaction id of 63 digits', () => expect(heldFor(receive({ txid: claim.txid.slice(1) }))).toEqual(['txid-malformed']));
  it('for an account nobody registered', () => expect(heldFor(receive({}, { standing: { ...standing, account: undefined, licence: nobody } }))).toEqual(['pool-account-unknown']));
  it('for a licence nobody registered', () => expect(heldFor(receive({}, { standing: { ...standing, licence: nobody } }))).toEqual(['licence-unknown']));
  it('for a wallet that is not the registered one', () => expect(heldFor(receive({ address: 'bc1qother' }))).toEqual(['wallet-not-registered']));
  it('for another licence than the account\'s', () => expect(heldFor(receive({ licenceId: 'L-2' }))).toEqual(['licence-mismatch']));
  it('for another asset than the account\'s', () => expect(heldFor(receive({ asset: 'eip155:1/slip44:60' }))).toEqual(['asset-mismatch']));
  it('from the first moment the licence is no longer valid', () => {
    expect(heldFor(receive({ paidAt: '2023-12-31T23:59:59Z' }))).toEqual([]);
    expect(heldFor(receive({ paidAt: '2024-01-01T00:00:00Z' }))).toEqual(['licence-expired']);
  });
  it('for every reason at once', () => expect(heldFor(receive({ txid: 'x', address: 'y' }))).toEqual(['txid-malformed', 'wallet-not-registered']));
});

describe('an officer', () => {
  const held: PayoutEvent = { type: 'mining.payout-held', data: { payoutId, reasons: [{ code: 'licence-expired', field: 'paidAt', message: 'expired' }] } };
  const decide = (decision: 'release' | 'reject', now: PayoutStanding = standing) =>
    ({ kind: 'decide', payoutId, decision: { decision, reason: 'seen' }, standing: now }) as const;

  it('rejects a held payout for good', () => {
    given(received(), held).when(decide('reject')).then({ type: 'mining.payout-rejected', data: { payoutId, reason: 'seen' } });
    given(received(), held, { type: 'mining.payout-rejected', data: { payoutId, reason: 'seen' } }).when(decide('release')).thenRefused('payout-not-held');
  });
  it('releases one whose reason is gone or may be waived, and says why for good', () =>
    given(received(), held)
      .when(decide('release'))
      .then({ ...accepted, data: { ...accepted.data, release: { reason: 'seen', waived: ['licence-expired'] } } }));
  it('releases one with the output that a later claim named', () =>
    given(received(), held, { type: 'mining.payout-details-added', data: { payoutId, outputIndex: 3, contentHash, way: 'statement' } })
      .when(decide('release'))
      .then({ ...accepted, data: { ...accepted.data, outputIndex: 3, release: { reason: 'seen', waived: ['licence-expired'] } } }));
  it('cannot release what the chain could never show', () =>
    given(received({ txid: 'abc' }), { type: 'mining.payout-held', data: { payoutId, reasons: [{ code: 'txid-malformed', message: 'short' }] } })
      .when(decide('release'))
      .thenRefused('payout-not-releasable', 'txid'));
  it('cannot release what has nobody to be credited to', () =>
    given(received(), held).when(decide('release', { ...standing, account: undefined, licence: nobody })).thenRefused('payout-not-releasable', 'account'));
  it('decides only on what is held', () => {
    given(received(), accepted).when(decide('reject')).thenRefused('payout-not-held');
    given().when(decide('reject')).thenRefused('payout-unknown');
  });
});
