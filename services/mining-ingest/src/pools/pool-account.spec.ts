import type { PoolAccountAct, PoolAccountRegistered, PoolAccountTerms, WalletChange } from '@qazyna/contracts';
import { specification } from '@qazyna/testing';
import { poolAccountDecider, type PoolAccountEvent } from './pool-account.js';
import { suspensionAt, walletAt, walletPeriods, type PoolAccount } from './pool-account-timeline.js';

const HOURS_72_MS = 72 * 3_600_000;
const document = { reference: 'NBK-7', authority: 'custodian', sha256: 'ab'.repeat(32) };
const account: PoolAccountRegistered = {
  poolAccountId: 'btcpool-kz.reserve-01',
  pool: 'btcpool-kz',
  account: 'reserve-01',
  licenceId: 'L-1',
  network: 'mainnet',
  asset: 'bip122:000000000019d6689c085ae165831e93/slip44:0',
  payoutAddress: 'bc1qold',
};
const aigul = { subject: 'user-1', organisation: 'custodian' };
const berik = { subject: 'user-2', organisation: 'custodian' };
const change: WalletChange = { changeId: 'W-1', payoutAddress: 'bc1qnew', document };
const registered: PoolAccountEvent = { type: 'mining.pool-account-registered', data: account };
const proposed: PoolAccountEvent = { type: 'mining.wallet-change-proposed', data: { poolAccountId: account.poolAccountId, ...change, proposedBy: aigul } };
const confirmed: PoolAccountEvent = {
  type: 'mining.wallet-change-confirmed',
  data: { poolAccountId: account.poolAccountId, changeId: 'W-1', payoutAddress: 'bc1qnew', confirmedBy: berik, confirmedAt: '2026-03-01T00:00:00.000Z', effectiveFrom: '2026-03-04T00:00:00.000Z' },
};
const withdrawn: PoolAccountEvent = { type: 'mining.wallet-change-withdrawn', data: { poolAccountId: account.poolAccountId, changeId: 'W-1', withdrawnBy: aigul, withdrawnAt: '2026-03-02T00:00:00.000Z' } };
const { given } = specification(poolAccountDecider);
const propose = (now = '2026-02-28T00:00:00.000Z', more: Partial<WalletChange> = {}) => ({ kind: 'propose', change: { ...change, ...more }, by: aigul, now }) as const;
const confirm = (by = berik, now = '2026-03-01T00:00:00.000Z') => ({ kind: 'confirm', changeId: 'W-1', by, now, coolingMs: HOURS_72_MS }) as const;
const withdraw = (now: string) => ({ kind: 'withdraw', changeId: 'W-1', by: aigul, now }) as const;

function after(...events: readonly PoolAccountEvent[]): PoolAccount {
  const state = events.reduce((folded, event) => poolAccountDecider.evolve(folded, event), poolAccountDecider.initialState());
  if (state === undefined) throw new Error('no account');
  return state;
}

describe('a change of payout wallet', () => {
  it('is proposed by one person and confirmed by another, and cools off from the confirmation', () => {
    given(registered).when(propose()).then(proposed);
    given(registered, proposed).when(confirm()).then(confirmed);
  });

  it('is never confirmed by the one who proposed it', () => given(registered, proposed).when(confirm(aigul)).thenRefused('forbidden-own-proposal', 'changeId'));

  it('counts once, proposed or confirmed or withdrawn again', () => {
    given(registered, proposed).when(propose()).thenNothing();
    given(registered, proposed, confirmed).when(confirm(berik, '2026-03-03T00:00:00.000Z')).thenNothing();
    given(registered, proposed, withdrawn).when(withdraw('2026-03-03T00:00:00.000Z')).thenNothing();
  });

  it('is a conflict under a known id with another wallet', () => given(registered, proposed).when(propose(undefined, { payoutAddress: 'bc1qother' })).thenRefused('wallet-change-conflict', 'changeId'));

  it('waits for the one before it to take effect or be withdrawn', () => {
    const second = { changeId: 'W-2', payoutAddress: 'bc1qthird' };
    given(registered, proposed).when(propose(undefined, second)).thenRefused('wallet-change-open');
    given(registered, proposed, confirmed).when(propose('2026-03-03T23:59:59.999Z', second)).thenRefused('wallet-change-open');
    given(registered, proposed, confirmed)
      .when(propose('2026-03-04T00:00:00.000Z', second))
      .then({ type: 'mining.wallet-change-proposed', data: { poolAccountId: account.poolAccountId, ...change, ...second, proposedBy: aigul } });
  });

  it('is withdrawn while it cools off, and not after', () => {
    given(registered, proposed, confirmed).when(withdraw('2026-03-02T00:00:00.000Z')).then(withdrawn);
    given(registered, proposed, confirmed).when(withdraw('2026-03-04T00:00:00.000Z')).thenRefused('wallet-change-done');
    given(registered, proposed, withdrawn).when(confirm()).thenRefused('wallet-change-withdrawn');
  });

  it('never takes effect before the change it follows, whatever the clock says', () => {
    const second = { ...change, changeId: 'W-2', payoutAddress: 'bc1qthird' };
    const again: PoolAccountEvent = { type: 'mining.wallet-change-proposed', data: { poolAccountId: account.poolAccountId, ...second, proposedBy: aigul } };
    given(registered, proposed, confirmed, again)
      .when({ kind: 'confirm', changeId: 'W-2', by: berik, now: '2026-01-01T00:00:00.000Z', coolingMs: HOURS_72_MS })
      .then({
        type: 'mining.wallet-change-confirmed',
        data: { poolAccountId: account.poolAccountId, changeId: 'W-2', payoutAddress: 'bc1qthird', confirmedBy: berik, confirmedAt: '2026-01-01T00:00:00.000Z', effectiveFrom: '2026-03-07T00:00:00.000Z' },
      });
  });

  it('needs an account, and another wallet than the one there is', () => {
    given().when(propose()).thenRefused('unknown-pool-account');
    given(registered).when(propose(undefined, { payoutAddress: 'bc1qold' })).thenRefused('wallet-unchanged', 'payoutAddress');
    given(registered).when(confirm()).thenRefused('unknown-wallet-change');
  });
});

describe('a stream that breaks INV-44', () => {
  it('is not folded: one person proposed and confirmed', () =>
    expect(() => after(registered, proposed, { ...confirmed, data: { ...confirmed.data, confirmedBy: aigul } })).toThrow('INV-44'));
  it('is not folded: a change has effect before it was confirmed', () =>
    expect(() => after(registered, proposed, { ...confirmed, data: { ...confirmed.data, effectiveFrom: '2026-02-01T00:00:00.000Z' } })).toThrow('INV-44'));
});

describe('the wallet of an account at a moment', () => {
  const state = after(registered, proposed, confirmed);

  it('is the old one to the end of the cooling-off, and the new one from then on', () => {
    expect(walletAt(state, 'bc1qold', '2026-03-03T23:59:59.999Z')).toEqual({ kind: 'current' });
    expect(walletAt(state, 'bc1qnew', '2026-03-03T23:59:59.999Z')).toEqual({ kind: 'cooling', from: '2026-03-04T00:00:00.000Z' });
    expect(walletAt(state, 'bc1qold', '2026-03-04T00:00:00Z')).toEqual({ kind: 'retired', until: '2026-03-04T00:00:00.000Z' });
    expect(walletAt(state, 'bc1qnew', '2026-03-04T00:00:00Z')).toEqual({ kind: 'current' });
    expect(walletAt(state, 'bc1qother', '2026-03-04T00:00:00Z')).toEqual({ kind: 'unknown' });
  });

  it('is unknown when only proposed, or withdrawn', () => {
    expect(walletAt(after(registered, proposed), 'bc1qnew', '2026-03-09T00:00:00Z').kind).toBe('unknown');
    expect(walletAt(after(registered, proposed, confirmed, withdrawn), 'bc1qnew', '2026-03-09T00:00:00Z').kind).toBe('unknown');
    expect(walletAt(after(registered, proposed, confirmed, withdrawn), 'bc1qold', '2026-03-09T00:00:00Z').kind).toBe('current');
  });

  it('is kept with its period for ever', () =>
    expect(walletPeriods(state)).toEqual([{ payoutAddress: 'bc1qold', until: '2026-03-04T00:00:00.000Z' }, { payoutAddress: 'bc1qnew', from: '2026-03-04T00:00:00.000Z', changeId: 'W-1' }]));
});

describe('a pool account', () => {
  const act = (kind: PoolAccountAct['act'], actId: string, effectiveAt: string): PoolAccountAct => ({ actId, act: kind, effectiveAt, document });
  const taken = (taking: PoolAccountAct): PoolAccountEvent => ({
    type: taking.act === 'suspend' ? 'mining.pool-account-suspended' : 'mining.pool-account-resumed',
    data: { poolAccountId: account.poolAccountId, ...taking },
  });
  const suspension = act('suspend', 'S', '2026-03-01T00:00:00Z');
  const resumption = act('resume', 'R', '2026-03-05T00:00:00Z');

  it('is suspended by the moments of effect, in whatever order the acts come', () => {
    for (const state of [after(registered, taken(suspension), taken(resumption)), after(registered, taken(resumption), taken(suspension))]) {
      expect([suspensionAt(state, '2026-02-28T00:00:00Z')?.actId, suspensionAt(state, '2026-03-02T00:00:00Z')?.actId, suspensionAt(state, '2026-03-05T00:00:00Z')?.actId]).toEqual([undefined, 'S', undefined]);
    }
  });

  it('takes each act once', () => {
    given(registered).when({ kind: 'act', act: suspension }).then(taken(suspension));
    given(registered, taken(suspension)).when({ kind: 'act', act: suspension }).thenNothing();
    given(registered, taken(suspension)).when({ kind: 'act', act: { ...suspension, act: 'resume' } }).thenRefused('pool-account-act-conflict', 'actId');
  });
});

describe('terms of a pool account', () => {
  const terms: PoolAccountTerms = { termsId: 'PT-1', from: '2026-03-01', poolFeePpm: 25_000, document };
  const set: PoolAccountEvent = { type: 'mining.pool-account-terms-set', data: { poolAccountId: account.poolAccountId, ...terms } };
  const setting = (more: Partial<PoolAccountTerms> = {}) => ({ kind: 'terms', terms: { ...terms, ...more } }) as const;

  it('hold from a day on, and count once', () => {
    given(registered).when(setting()).then(set);
    given(registered, set).when(setting()).thenNothing();
  });

  it('from the same day are replaced under an id of their own', () =>
    given(registered, set).when(setting({ termsId: 'PT-2', poolFeePpm: 20_000 })).then({ ...set, data: { ...set.data, termsId: 'PT-2', poolFeePpm: 20_000 } }));

  it.each<[string, string, Partial<PoolAccountTerms>]>([
    ['pool-account-terms-conflict', 'termsId', { poolFeePpm: 20_000 }],
    ['day-unknown', 'from', { from: '2026-02-30' }],
  ])('are refused with %s', (code, field, more) => given(registered, set).when(setting(more)).thenRefused(code, field));

  it('that name nothing are refused', () => given(registered).when({ kind: 'terms', terms: { termsId: 'PT-1', from: '2026-03-01', document } }).thenRefused('terms-empty', 'poolFeePpm'));
});
