import { Inject, Injectable } from '@nestjs/common';
import type { AddressAssigned, VaultRegistered } from '@qazyna/contracts';
import { VaultsService } from './vaults.service.js';

export type ListedVault = VaultRegistered & {
  /** No new address is given out of a frozen vault. */
  readonly frozen: boolean;
  readonly addresses: readonly Pick<AddressAssigned, 'index' | 'address' | 'purpose'>[];
};

@Injectable()
export class VaultsQuery {
  constructor(@Inject(VaultsService) private readonly vaults: VaultsService) {}

  all(): readonly ListedVault[] {
    const { directory } = this.vaults;
    return directory.all().map(({ vaultId, registered }) => ({
      ...registered,
      frozen: directory.isFrozen(vaultId),
      addresses: directory.addressesOf(vaultId).map(({ index, address, purpose }) => ({ index, address, purpose })),
    }));
  }
}
