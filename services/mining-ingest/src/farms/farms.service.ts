import { Inject, Injectable } from '@nestjs/common';
import { contentHash, streamOf, type FarmAmendment, type FarmQuota, type FarmRegistration } from '@qazyna/contracts';
import { handleCommand, loadState, type Clock, type EventMetadata, type EventStore, type Refusal } from '@qazyna/event-store';
import { energySourceRefusal, type JurisdictionProfile } from '@qazyna/jurisdiction';
import { CLOCK, EVENT_STORE, JURISDICTION } from '@qazyna/service-kit';
import { licenceDecider } from '../licences/licence.js';
import { licenceAt } from '../licences/licence-timeline.js';
import { farmDecider, type FarmCommand } from './farm.js';

type Metadata = Omit<EventMetadata, 'schemaVersion'>;

export type FarmOutcome = { readonly status: 'accepted' | 'duplicate' } | { readonly refusal: Refusal };

@Injectable()
export class FarmsService {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(JURISDICTION) private readonly jurisdiction: JurisdictionProfile,
  ) {}

  /** Registers a farm under a licence, once. @throws {StoreUnavailable | StoreTimeout} send it again */
  async register(registration: FarmRegistration, metadata: Metadata): Promise<FarmOutcome> {
    const refusal = energySourceRefusal(this.jurisdiction, registration.energySource) ?? (await this.notLicensed(registration));
    return refusal ? { refusal } : this.carryOut(registration.farmId, { kind: 'register', registration }, metadata);
  }

  /** @throws as `register` */
  async amend(farmId: string, { actId, effectiveFrom, energySource, meters, document }: FarmAmendment, metadata: Metadata): Promise<FarmOutcome> {
    const refusal = energySource === undefined ? undefined : energySourceRefusal(this.jurisdiction, energySource);
    if (refusal) return { refusal };
    const amendment = { farmId, actId, effectiveFrom, ...(energySource === undefined ? {} : { energySource }), ...(meters === undefined ? {} : { meters }), document };
    return this.carryOut(farmId, { kind: 'amend', amendment }, metadata);
  }

  /** @throws as `register` */
  setQuota(farmId: string, { actId, effectiveFrom, perMonthWh, document }: FarmQuota, metadata: Metadata): Promise<FarmOutcome> {
    return this.carryOut(farmId, { kind: 'set-quota', quota: { farmId, actId, effectiveFrom, perMonthWh, document } }, metadata);
  }

  private async carryOut(farmId: string, command: FarmCommand, metadata: Metadata): Promise<FarmOutcome> {
    const outcome = await handleCommand(this.store, farmDecider, {
      stream: streamOf.farm(farmId),
      command,
      commandId: `${command.kind}:${contentHash(command)}`,
      metadata,
      expectNew: command.kind === 'register',
    });
    if (outcome.kind === 'refused') return { refusal: outcome.refusal };
    return { status: outcome.duplicate || outcome.events.length === 0 ? 'duplicate' : 'accepted' };
  }

  private async notLicensed({ farmId, licenceId }: FarmRegistration): Promise<Refusal | undefined> {
    const { state } = await loadState(this.store, licenceDecider, streamOf.licence(licenceId));
    const { terms } = licenceAt(state, this.clock.now().toISOString());
    if (terms === undefined) return { code: 'licence-unknown', field: 'licenceId', message: `licence ${licenceId} is not registered` };
    if (terms.farms === undefined || terms.farms.includes(farmId)) return undefined;
    return { code: 'farm-not-licensed', field: 'farmId', message: `licence ${licenceId} covers ${terms.farms.join(', ')}: not farm ${farmId}` };
  }
}
