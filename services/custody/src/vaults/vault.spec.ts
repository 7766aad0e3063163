import type { AddressPurpose, VaultRegistration } from '@qazyna/contracts';
import { specification } from '@qazyna/testing';
import { vaultDecider, type AssignAddress, type RegisterVault, type VaultEvent } from './vault.js';

const asset = 'bip122:0f9188f13cb7b2c71f2a335e3a4fc328/slip44:1';
const vaultOf = (vaultId: string, cls: VaultRegistration['class']): VaultRegistration => ({ vaultId, class: cls, tier: 'cold', descriptor: `wsh(${vaultId})#checksum` });
const reserve = vaultOf('reserve-1', 'reserve');
const trust = vaultOf('trust-1', 'held-in-trust');
const registered = (registration: VaultRegistration): VaultEvent => ({ type: 'custody.vault-registered', data: { ...registration, network: 'regtest', asset } });
const register = (registration: VaultRegistration, changes: Partial<RegisterVault> = {}): RegisterVault => ({
  kind: 'register',
  registration,
  network: 'regtest',
  asset,
  keys: ['key-a', 'key-b', 'key-c'],
  others: [],
  ...changes,
});
const pool: AddressPurpose = { kind: 'pool-account', id: 'btcpool-kz.reserve-01', licenceId: 'L-1' };
const seizure: AddressPurpose = { kind: 'case', id: 'afm.1_2' };
const assign = (vaultId: string, purpose: AddressPurpose, changes: Partial<AssignAddress> = {}): AssignAddress => ({
  kind: 'assign',
  vaultId,
  purpose,
  addressAt: (index) => `address${index}`,
  holderOf: () => undefined,
  ...changes,
});
const assigned = (vaultId: string, index: number, purpose: AddressPurpose): VaultEvent => ({ type: 'custody.address-assigned', data: { vaultId, index, address: `address${index}`, purpose } });
const spend = { vaultId: 'reserve-1', depositId: `${'aa'.repeat(32)}.0`, spentBy: 'bb'.repeat(32) };
const frozen: VaultEvent = { type: 'custody.vault-frozen', data: spend };
const { given } = specification(vaultDecider);

describe('a vault that is registered', () => {
  it('is watched from then on', () => given().when(register(reserve)).then(registered(reserve)));
  it('counts once', () => given(registered(reserve)).when(register(reserve)).thenNothing());
  it.each<[string, Partial<VaultRegistration>]>([
    ['class', { class: 'operational' }],
    ['tier', { tier: 'warm' }],
    ['descriptor', { descriptor: 'wsh(other)#checksum' }],
  ])('is a conflict when its %s differs', (_field, changes) => given(registered(reserve)).when(register({ ...reserve, ...changes })).thenRefused('vault-conflict', 'vaultId'));

  it('may not have one key of a vault of another class', () =>
    given().when(register(reserve, { others: [{ vaultId: 'trust-1', class: 'held-in-trust', keys: ['key-x', 'key-b', 'key-y'] }] })).thenRefused('vault-keys-of-another-class', 'descriptor'));
  it('may not have the same keys as another of its own class, in whatever order', () =>
    given().when(register(reserve, { others: [{ vaultId: 'reserve-0', class: 'reserve', keys: ['key-c', 'key-a', 'key-b'] }] })).thenRefused('vault-keys-in-use', 'descriptor'));
  it('may share a key holder with another of its own class', () =>
    given().when(register(reserve, { others: [{ vaultId: 'reserve-0', class: 'reserve', keys: ['key-a', 'key-x', 'key-y'] }] })).then(registered(reserve)));
});

describe('a deposit address', () => {
  it('is the first of the vault for its first purpose', () => given(registered(reserve)).when(assign('reserve-1', pool)).then(assigned('reserve-1', 0, pool)));
  it('takes the next index, never one given out before', () => {
    const other = { ...pool, id: 'btcpool-kz.reserve-02' };
    given(registered(reserve), assigned('reserve-1', 0, pool)).when(assign('reserve-1', other)).then(assigned('reserve-1', 1, other));
  });
  it('is the same again for the same purpose', () => given(registered(reserve), assigned('reserve-1', 0, pool)).when(assign('reserve-1', pool)).thenNothing());
  it('is refused when the purpose comes with another licence', () =>
    given(registered(reserve), assigned('reserve-1', 0, pool)).when(assign('reserve-1', { ...pool, licenceId: 'L-2' })).thenRefused('purpose-conflict', 'purpose.licenceId'));
  it('of a case is held in trust, and nowhere else', () => {
    given(registered(trust)).when(assign('trust-1', seizure)).then(assigned('trust-1', 0, seizure));
    given(registered(reserve)).when(assign('reserve-1', seizure)).thenRefused('vault-class-unsuitable', 'vaultId');
  });
  it('of a pool account belongs to the reserve, and nowhere else', () => given(registered(trust)).when(assign('trust-1', pool)).thenRefused('vault-class-unsuitable', 'vaultId'));
  it('of a pool account names the licence to credit', () =>
    given(registered(reserve)).when(assign('reserve-1', { kind: 'pool-account', id: pool.id })).thenRefused('licence-required', 'purpose.licenceId'));
  it('of a case has no licence', () => given(registered(trust)).when(assign('trust-1', { ...seizure, licenceId: 'L-1' })).thenRefused('licence-not-of-a-case', 'purpose.licenceId'));
  it.each(['purchase', 'donation'] as const)('of a %s belongs to the reserve, and credits no licence', (kind) => {
    const source = { kind, id: 'SV-2026-17' };
    given(registered(reserve)).when(assign('reserve-1', source)).then(assigned('reserve-1', 0, source));
    given(registered(reserve), assigned('reserve-1', 0, source)).when(assign('reserve-1', source)).thenNothing();
    given(registered(trust)).when(assign('trust-1', source)).thenRefused('vault-class-unsuitable', 'vaultId');
    given(registered(reserve)).when(assign('reserve-1', { ...source, licenceId: 'L-1' })).thenRefused('licence-not-of-a-source', 'purpose.licenceId');
  });
  it('of a purchase and of a campaign that are called the same are two', () =>
    given(registered(reserve), assigned('reserve-1', 0, { kind: 'purchase', id: 'x' })).when(assign('reserve-1', { kind: 'donation', id: 'x' })).then(assigned('reserve-1', 1, { kind: 'donation', id: 'x' })));
  it('is refused where its id could not name an account', () => given(registered(trust)).when(assign('trust-1', { kind: 'case', id: '-x' })).thenRefused('purpose-id-invalid', 'purpose.id'));
  it('is refused where another vault gave the same address out', () =>
    given(registered(reserve)).when(assign('reserve-1', pool, { holderOf: () => ({ vaultId: 'reserve-0' }) })).thenRefused('address-in-use', 'vaultId'));
  it('is refused by a vault that is not registered', () => given().when(assign('reserve-1', pool)).thenRefused('vault-not-found', 'vaultId'));
});

describe('a vault whose coins moved without an approval', () => {
  it('is frozen once for each such spend', () => {
    given(registered(reserve)).when({ kind: 'freeze', freeze: spend }).then(frozen);
    given(registered(reserve), frozen).when({ kind: 'freeze', freeze: spend }).thenNothing();
  });
  it('gives out no new address, and still names those it gave', () => {
    given(registered(reserve), assigned('reserve-1', 0, pool), frozen).when(assign('reserve-1', { ...pool, id: 'p.q' })).thenRefused('vault-frozen', 'vaultId');
    given(registered(reserve), assigned('reserve-1', 0, pool), frozen).when(assign('reserve-1', pool)).thenNothing();
  });
});
