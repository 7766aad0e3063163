import { Inject, Injectable } from '@nestjs/common';
import { AddressError, parseAddress } from '@qazyna/bitcoin';
import { contentHash, poolAccountIdOf, streamOf, type PersonReference, type PoolAccountAct, type PoolAccountRegistration, type PoolAccountTerms, type WalletChange } from '@qazyna/contracts';
import { handleCommand, loadState, type Clock, type EventMetadata, type EventStore, type Refusal } from '@qazyna/event-store';
import { bitcoinAsset } from '@qazyna/ledger';
import { CLOCK, CONFIG, EVENT_STORE, type PlatformConfig } from '@qazyna/service-kit';
import { licenceDecider } from '../licences/licence.js';
import { poolAccountDecider, type PoolAccountCommand, type PoolAccountState } from './pool-account.js';

type Metadata = Omit<EventMetadata, 'schemaVersion'>;

export type PoolAccountOutcome = { readonly status: 'accepted' | 'duplicate'; readonly poolAccountId: string; readonly effectiveFrom?: string } | { readonly refusal: Refusal };

const HOUR_MS = 3_600_000;

@Injectable()
export class PoolAccountsService {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: PlatformConfig,
  ) {}

  /** Registers a pool account with its payout wallet, once. @throws {StoreUnavailable | StoreTimeout} send it again */
  async register(registration: PoolAccountRegistration, metadata: Metadata): Promise<PoolAccountOutcome> {
    const { network, payoutAddress } = registration;
    const refusal = this.brokenRule(network, payoutAddress) ?? (await this.missingLicence(registration));
    if (refusal) return { refusal };
    const poolAccountId = poolAccountIdOf(registration.pool, registration.account);
    return this.carryOut(poolAccountId, { kind: 'register', registration }, `register:${contentHash(registration)}`, metadata);
  }

  /** Another wallet for the account: without effect before another person confirms it. @throws as `register` */
  async propose(poolAccountId: string, change: WalletChange, metadata: Metadata): Promise<PoolAccountOutcome> {
    const account = await this.load(poolAccountId);
    const refusal = account && this.brokenRule(account.network, change.payoutAddress);
    if (refusal) return { refusal };
    const by = personOf(metadata);
    return this.carryOut(poolAccountId, { kind: 'propose', change, by, now: this.now() }, `propose:${contentHash({ change, by })}`, metadata);
  }

  /** The second pair of eyes: the change cools off from now. @throws as `register` */
  async confirm(poolAccountId: string, changeId: string, metadata: Metadata): Promise<PoolAccountOutcome> {
    const coolingMs = this.config.walletCoolingHours * HOUR_MS;
    const outcome = await this.carryOut(poolAccountId, { kind: 'confirm', changeId, by: personOf(metadata), now: this.now(), coolingMs }, `confirm:${changeId}`, metadata);
    if ('refusal' in outcome) return outcome;
    const effectiveFrom = (await this.load(poolAccountId))?.changes.find((change) => change.changeId === changeId)?.effectiveFrom;
    return effectiveFrom === undefined ? outcome : { ...outcome, effectiveFrom };
  }

  /** Takes a change back that has no effect yet. @throws as `register` */
  withdraw(poolAccountId: string, changeId: string, metadata: Metadata): Promise<PoolAccountOutcome> {
    return this.carryOut(poolAccountId, { kind: 'withdraw', changeId, by: personOf(metadata), now: this.now() }, `withdraw:${changeId}`, metadata);
  }

  /** @throws as `register` */
  act(poolAccountId: string, act: PoolAccountAct, metadata: Metadata): Promise<PoolAccountOutcome> {
    return this.carryOut(poolAccountId, { kind: 'act', act }, `act:${contentHash(act)}`, metadata);
  }

  /** The pool's fee, or the hash rate behind the account, from a day on. @throws as `register` */
  setTerms(poolAccountId: string, terms: PoolAccountTerms, metadata: Metadata): Promise<PoolAccountOutcome> {
    return this.carryOut(poolAccountId, { kind: 'terms', terms }, `terms:${contentHash(terms)}`, metadata);
  }

  private async carryOut(poolAccountId: string, command: PoolAccountCommand, commandId: string, metadata: Metadata): Promise<PoolAccountOutcome> {
    const outcome = await handleCommand(this.store, poolAccountDecider, { stream: streamOf.poolAccount(poolAccountId), command, commandId, metadata, expectNew: command.kind === 'register' });
    if (outcome.kind === 'refused') return { refusal: outcome.refusal };
    return { status: outcome.duplicate || outcome.events.length === 0 ? 'duplicate' : 'accepted', poolAccountId };
  }

  private async load(poolAccountId: string): Promise<PoolAccountState> {
    return (await loadState(this.store, poolAccountDecider, streamOf.poolAccount(poolAccountId))).state;
  }

  private now(): string {
    return this.clock.now().toISOString();
  }

  private brokenRule(network: PoolAccountRegistration['network'], payoutAddress: string): Refusal | undefined {
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
    return state.issued ? undefined : { code: 'licence-unknown', field: 'licenceId', message: `licence ${licenceId} is not registered` };
  }
}

/** Two people are told apart by the identity provider's subject. */
function personOf({ actor }: Metadata): PersonReference {
  return { subject: actor.subject, organisation: actor.organisation };
}
