import { Inject, Injectable } from '@nestjs/common';
import { AddressError, parseAddress } from '@qazyna/bitcoin';
import { contentHash, poolAccountIdOf, streamOf, type PoolAccountRegistration } from '@qazyna/contracts';
import { handleCommand, loadState, type EventMetadata, type EventStore, type Refusal } from '@qazyna/event-store';
import { bitcoinAsset } from '@qazyna/ledger';
import { CONFIG, EVENT_STORE, type PlatformConfig } from '@qazyna/service-kit';
import { licenceDecider } from '../licences/licence.js';
import { poolAccountDecider } from './pool-account.js';

@Injectable()
export class PoolAccountsService {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CONFIG) private readonly config: PlatformConfig,
  ) {}

  /** Registers a pool account with its payout wallet, once. @throws {StoreUnavailable | StoreTimeout} send it again */
  async register(
    registration: PoolAccountRegistration,
    metadata: Omit<EventMetadata, 'schemaVersion'>,
  ): Promise<{ readonly status: 'accepted' | 'duplicate'; readonly poolAccountId: string } | { readonly refusal: Refusal }> {
    const refusal = this.brokenRule(registration) ?? (await this.missingLicence(registration));
    if (refusal) return { refusal };
    const poolAccountId = poolAccountIdOf(registration.pool, registration.account);
    const outcome = await handleCommand(this.store, poolAccountDecider, {
      stream: streamOf.poolAccount(poolAccountId),
      command: registration,
      commandId: `register:${contentHash(registration)}`,
      metadata,
      expectNew: true,
    });
    if (outcome.kind === 'refused') return { refusal: outcome.refusal };
    return { status: outcome.duplicate || outcome.events.length === 0 ? 'duplicate' : 'accepted', poolAccountId };
  }

  private brokenRule({ network, payoutAddress }: PoolAccountRegistration): Refusal | undefined {
    if (this.config.mode === 'production' && bitcoinAsset(network).test) {
      return { code: 'test-network-refused', field: 'network', message: `coins of ${network} are worth nothing: production takes mainnet only` };
    }
    try {
      parseAddress(payoutAddress, network);
      return undefined;
    } catch (error) {
      if (!(error instanceof AddressError)) throw error;
      return { code: error.code, field: 'payoutAddress', message: error.message };
    }
  }

  private async missingLicence({ licenceId }: PoolAccountRegistration): Promise<Refusal | undefined> {
    const { state } = await loadState(this.store, licenceDecider, streamOf.licence(licenceId));
    return state ? undefined : { code: 'licence-unknown', field: 'licenceId', message: `licence ${licenceId} is not registered` };
  }
}
