import type { AddressAssigned, VaultRegistered } from '@qazyna/contracts';
import type { KnownVault, VaultEvent } from './vault.js';

export interface DirectoryVault extends KnownVault {
  readonly registered: VaultRegistered;
}

/**
 * Every vault and every address given out, in memory: the follower asks it for each output of each block. An address is
 * in it before anyone is told the address, so no payment can come too early.
 */
export class VaultDirectory {
  private readonly vaults = new Map<string, DirectoryVault>();
  private readonly addresses = new Map<string, AddressAssigned>();
  private readonly frozen = new Set<string>();

  /** @param keysOf whole keys of a descriptor */
  constructor(private readonly keysOf: (vault: VaultRegistered) => readonly string[]) {}

  apply(event: VaultEvent): void {
    if (event.type === 'custody.vault-registered') {
      const { vaultId, class: cls } = event.data;
      if (!this.vaults.has(vaultId)) this.vaults.set(vaultId, { vaultId, class: cls, keys: this.keysOf(event.data), registered: event.data });
    } else if (event.type === 'custody.address-assigned') {
      this.addresses.set(event.data.address, event.data);
    } else {
      this.frozen.add(event.data.vaultId);
    }
  }

  all(): readonly DirectoryVault[] {
    return [...this.vaults.values()];
  }

  vault(vaultId: string): DirectoryVault | undefined {
    return this.vaults.get(vaultId);
  }

  /** To whom an address was given. */
  assignment(address: string): AddressAssigned | undefined {
    return this.addresses.get(address);
  }

  isFrozen(vaultId: string): boolean {
    return this.frozen.has(vaultId);
  }

  addressesOf(vaultId: string): readonly AddressAssigned[] {
    return [...this.addresses.values()].filter((each) => each.vaultId === vaultId);
  }

  get addressCount(): number {
    return this.addresses.size;
  }
}
