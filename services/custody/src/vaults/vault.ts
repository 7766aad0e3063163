import type { AddressAssigned, AddressPurpose, EventsOf, VaultFrozen, VaultRegistered, VaultRegistration } from '@qazyna/contracts';
import { accept, refuse, type Decider, type Decision } from '@qazyna/event-store/decider';
import { isAccountId } from '@qazyna/ledger';

export type VaultEvent = EventsOf<{
  'custody.vault-registered': VaultRegistered;
  'custody.address-assigned': AddressAssigned;
  'custody.vault-frozen': VaultFrozen;
}>;

/** What must be known of another vault so that its keys are not used twice. */
export interface KnownVault {
  readonly vaultId: string;
  readonly class: VaultRegistration['class'];
  /** Whole keys, never fingerprints. */
  readonly keys: readonly string[];
}

export interface RegisterVault {
  readonly kind: 'register';
  readonly registration: VaultRegistration;
  readonly network: VaultRegistered['network'];
  readonly asset: string;
  /** Whole keys of the descriptor. */
  readonly keys: readonly string[];
  readonly others: readonly KnownVault[];
}

export interface AssignAddress {
  readonly kind: 'assign';
  readonly vaultId: string;
  readonly purpose: AddressPurpose;
  /** The receiving address at an index of the vault's descriptor. */
  readonly addressAt: (index: number) => string;
  /** Vault and purpose that an address was given to before, over all vaults. */
  readonly holderOf: (address: string) => { readonly vaultId: string } | undefined;
}

export interface FreezeVault {
  readonly kind: 'freeze';
  readonly freeze: VaultFrozen;
}

export type VaultCommand = RegisterVault | AssignAddress | FreezeVault;

export interface VaultState {
  readonly registered: VaultRegistered | undefined;
  /** By purpose; one purpose has one address in a vault. */
  readonly addresses: ReadonlyMap<string, AddressAssigned>;
  readonly nextIndex: number;
  /** Spends already seen without an approval; any one freezes. */
  readonly frozenBy: ReadonlySet<string>;
}

/** The key under which a purpose holds an address of a vault. */
export function purposeKey({ kind, id, assetId }: AddressPurpose): string {
  return assetId === undefined ? `${kind}:${id}` : `${kind}:${id}:${assetId}`;
}

function register({ registration, network, asset, keys, others }: RegisterVault, { registered }: VaultState): Decision<VaultEvent> {
  const { vaultId, class: cls, tier, descriptor } = registration;
  if (registered !== undefined) {
    const same = registered.class === cls && registered.tier === tier && registered.descriptor === descriptor && registered.network === network;
    return same ? accept() : refuse('vault-conflict', `vault ${vaultId} is registered with other content`, 'vaultId');
  }
  for (const other of others) {
    if (other.vaultId === vaultId) continue;
    const shared = other.keys.filter((key) => keys.includes(key));
    if (shared.length === 0) continue;
    if (other.class !== cls) {
      return refuse('vault-keys-of-another-class', `${shared.length} of its keys belong to vault ${other.vaultId} of class ${other.class}: each class has key sets of its own`, 'descriptor');
    }
    if (shared.length === keys.length && keys.length === other.keys.length) {
      return refuse('vault-keys-in-use', `vault ${other.vaultId} has the same keys: its addresses would be the same`, 'descriptor');
    }
  }
  return accept({ type: 'custody.vault-registered', data: { vaultId, class: cls, tier, descriptor, network, asset } });
}

function assign({ vaultId, purpose, addressAt, holderOf }: AssignAddress, state: VaultState): Decision<VaultEvent> {
  const { registered } = state;
  if (registered === undefined) return refuse('vault-not-found', `vault ${vaultId} is not registered`, 'vaultId');
  const unsuitable = unsuitablePurpose(registered, purpose);
  if (unsuitable) return unsuitable;
  const known = state.addresses.get(purposeKey(purpose));
  if (known) {
    if (known.purpose.licenceId === purpose.licenceId) return accept();
    return refuse('purpose-conflict', `${purpose.id} has an address for licence ${known.purpose.licenceId}`, 'purpose.licenceId');
  }
  if (state.frozenBy.size > 0) return refuse('vault-frozen', `vault ${vaultId} is frozen: coins of it moved without an approved transfer`, 'vaultId');
  const index = state.nextIndex;
  const address = addressAt(index);
  const holder = holderOf(address);
  if (holder) return refuse('address-in-use', `address ${index} of vault ${vaultId} is in use by vault ${holder.vaultId}`, 'vaultId');
  return accept({ type: 'custody.address-assigned', data: { vaultId, index, address, purpose: plainPurpose(purpose) } });
}

function unsuitablePurpose({ vaultId, class: cls }: VaultRegistered, { kind, id, assetId, licenceId }: AddressPurpose): Decision<VaultEvent> | undefined {
  if (!isAccountId(id)) return refuse('purpose-id-invalid', `${id} cannot name an account: it must begin with a letter or digit`, 'purpose.id');
  if (kind === 'case') {
    if (cls !== 'held-in-trust') return refuse('vault-class-unsuitable', `coins of a case are held in trust; vault ${vaultId} is of class ${cls}`, 'vaultId');
    if (licenceId !== undefined) return refuse('licence-not-of-a-case', 'a case has no licence to credit', 'purpose.licenceId');
    return undefined;
  }
  if (assetId !== undefined) return refuse('asset-not-of-a-pool-account', `a ${kind} has no assets of a case`, 'purpose.assetId');
  if (kind !== 'pool-account') {
    if (cls !== 'reserve') return refuse('vault-class-unsuitable', `what is bought or given belongs to the reserve; vault ${vaultId} is of class ${cls}`, 'vaultId');
    if (licenceId !== undefined) return refuse('licence-not-of-a-source', `a ${kind} has no licence to credit`, 'purpose.licenceId');
    return undefined;
  }
  if (cls !== 'reserve') return refuse('vault-class-unsuitable', `payouts belong to the reserve; vault ${vaultId} is of class ${cls}`, 'vaultId');
  if (licenceId === undefined) return refuse('licence-required', 'a pool account names the licence to credit', 'purpose.licenceId');
  return undefined;
}

function plainPurpose({ kind, id, assetId, licenceId }: AddressPurpose): AddressPurpose {
  return { kind, id, ...(assetId === undefined ? {} : { assetId }), ...(licenceId === undefined ? {} : { licenceId }) };
}

/** One vault: its registration, the addresses given out of it, and whether it is frozen. */
export const vaultDecider: Decider<VaultState, VaultCommand, VaultEvent> = {
  initialState: () => ({ registered: undefined, addresses: new Map(), nextIndex: 0, frozenBy: new Set() }),
  decide(command, state) {
    switch (command.kind) {
      case 'register':
        return register(command, state);
      case 'assign':
        return assign(command, state);
      case 'freeze': {
        const { vaultId, depositId, spentBy } = command.freeze;
        if (state.registered === undefined) return refuse('vault-not-found', `vault ${vaultId} is not registered`, 'vaultId');
        return state.frozenBy.has(spendKey({ depositId, spentBy })) ? accept() : accept({ type: 'custody.vault-frozen', data: { vaultId, depositId, spentBy } });
      }
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'custody.vault-registered':
        return { ...state, registered: event.data };
      case 'custody.address-assigned': {
        const { purpose, index } = event.data;
        return { ...state, addresses: new Map(state.addresses).set(purposeKey(purpose), event.data), nextIndex: Math.max(state.nextIndex, index + 1) };
      }
      case 'custody.vault-frozen':
        return { ...state, frozenBy: new Set(state.frozenBy).add(spendKey(event.data)) };
    }
  },
};

function spendKey({ depositId, spentBy }: Pick<VaultFrozen, 'depositId' | 'spentBy'>): string {
  return `${depositId} ${spentBy}`;
}
