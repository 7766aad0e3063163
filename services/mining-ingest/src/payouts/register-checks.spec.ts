import type { LicenceAct, LicenceIssued, LicenceQuotaNoted, PayoutClaim, PoolAccountRegistered } from '@qazyna/contracts';
import { licenceDecider, type LicenceEvent } from '../licences/licence.js';
import { poolAccountDecider, type PoolAccountEvent } from '../pools/pool-account.js';
import { registerReasons, type PayoutStanding } from './register-checks.js';

const asset = 'bip122:000000000019d6689c085ae165831e93/slip44:0';
const document = { reference: 'R-1', authority: 'regulator', sha256: 'ab'.repeat(32) };
const poolAccountId = 'btcpool-kz.reserve-01';
const account: PoolAccountRegistered = { poolAccountId, pool: 'btcpool-kz', account: 'reserve-01', licenceId: 'L-1', network: 'mainnet', asset, payoutAddress: 'bc1qold' };
const licence: LicenceIssued = { licenceId: 'L-1', kind: 'mining', holder: 'ekibastuz', validFrom: '2026-01-01T00:00:00Z', validUntil: '2027-01-01T00:00:00Z' };
const person = { subject: 'user', organisation: 'custodian' };

const act = (type: LicenceEvent['type'], kind: LicenceAct['act'], effectiveAt: string): LicenceEvent => ({ type, data: { licenceId: 'L-1', actId: `${kind}-1`, act: kind, effectiveAt, document } }) as LicenceEvent;
const over = (overPercent: number): LicenceEvent => ({
  type: 'mining.licence-over-quota',
  data: { licenceId: 'L-1', farmId: 'F-1', month: '2026-03', from: '2026-02-28T19:00:00.000Z', to: '2026-03-31T19:00:00.000Z', energyWh: '110', allowanceWh: '100', overPercent, basis: '1' } satisfies LicenceQuotaNoted,
});
const walletChange: readonly PoolAccountEvent[] = [
  { type: 'mining.wallet-change-proposed', data: { poolAccountId, changeId: 'W', payoutAddress: 'bc1qnew', document, proposedBy: person } },
  { type: 'mining.wallet-change-confirmed', data: { poolAccountId, changeId: 'W', payoutAddress: 'bc1qnew', confirmedBy: { ...person, subject: 'another' }, confirmedAt: '2026-03-01T00:00:00.000Z', effectiveFrom: '2026-03-04T00:00:00.000Z' } },
];

function standing(licenceEvents: readonly LicenceEvent[] = [], accountEvents: readonly PoolAccountEvent[] = []): PayoutStanding {
  return {
    account: [{ type: 'mining.pool-account-registered', data: account } as PoolAccountEvent, ...accountEvents].reduce((state, event) => poolAccountDecider.evolve(state, event), poolAccountDecider.initialState()),
    licence: [{ type: 'mining.licence-issued', data: licence } as LicenceEvent, ...licenceEvents].reduce((state, event) => licenceDecider.evolve(state, event), licenceDecider.initialState()),
    quotaTolerancePercent: 5,
  };
}
const claim = (paidAt: string, address = 'bc1qold'): PayoutClaim => ({ pool: 'btcpool-kz', account: 'reserve-01', paymentId: '1', asset, amount: '100', address, txid: 'ab'.repeat(32), paidAt });
const codes = (at: string, known: PayoutStanding, address?: string): string[] => registerReasons(claim(at, address), known).map(({ code }) => code);

describe('a payout is judged by the moment the pool paid', () => {
  it('and not by a suspension that took effect after it', () => {
    const known = standing([act('mining.licence-suspended', 'suspend', '2026-03-01T00:00:00Z')]);
    expect(codes('2026-02-28T23:59:59Z', known)).toEqual([]);
    expect(codes('2026-03-01T00:00:00Z', known)).toEqual(['licence-suspended']);
  });

  it('and says at which moment and by which act the licence was not valid', () =>
    expect(registerReasons(claim('2026-03-02T00:00:00Z'), standing([act('mining.licence-suspended', 'suspend', '2026-03-01T00:00:00Z')]))[0]?.message).toBe(
      'at 2026-03-02T00:00:00Z, when the pool paid, licence L-1 was suspended, since 2026-03-01T00:00:00Z, by act suspend-1',
    ));

  it.each([
    ['licence-not-yet-valid', '2025-12-31T23:59:59Z', []],
    ['licence-expired', '2027-01-01T00:00:00Z', []],
    ['licence-revoked', '2026-05-01T00:00:00Z', [act('mining.licence-revoked', 'revoke', '2026-04-01T00:00:00Z')]],
  ] as const)('with a code of its own: %s', (code, at, events) => expect(codes(at, standing(events))).toEqual([code]));

  it('to the old wallet until the new one has cooled off, and to the new one from then on', () => {
    const known = standing([], walletChange);
    expect(codes('2026-03-03T23:59:59Z', known, 'bc1qold')).toEqual([]);
    expect(codes('2026-03-03T23:59:59Z', known, 'bc1qnew')).toEqual(['wallet-cooling']);
    expect(codes('2026-03-04T00:00:00Z', known, 'bc1qnew')).toEqual([]);
    expect(codes('2026-03-04T00:00:00Z', known, 'bc1qold')).toEqual(['wallet-retired']);
    expect(codes('2026-03-04T00:00:00Z', known, 'bc1qother')).toEqual(['wallet-not-registered']);
  });

  it('in a month over quota by more than the tolerance, and not by as much as the tolerance', () => {
    expect(codes('2026-03-15T00:00:00Z', standing([over(6)]))).toEqual(['licence-over-quota']);
    expect(codes('2026-03-15T00:00:00Z', standing([over(5)]))).toEqual([]);
    expect(codes('2026-03-31T19:00:00Z', standing([over(6)]))).toEqual([]);
  });

  it('of a suspended account', () => {
    const suspended: PoolAccountEvent = { type: 'mining.pool-account-suspended', data: { poolAccountId, actId: 'S', act: 'suspend', effectiveAt: '2026-03-01T00:00:00Z', document } };
    expect(codes('2026-03-01T00:00:00Z', standing([], [suspended]))).toEqual(['pool-account-suspended']);
    expect(codes('2026-02-28T00:00:00Z', standing([], [suspended]))).toEqual([]);
  });

  it('with every reason at once', () =>
    expect(codes('2026-03-02T00:00:00Z', standing([act('mining.licence-suspended', 'suspend', '2026-03-01T00:00:00Z'), over(6)], walletChange), 'bc1qnew')).toEqual(['wallet-cooling', 'licence-suspended', 'licence-over-quota']));
});
