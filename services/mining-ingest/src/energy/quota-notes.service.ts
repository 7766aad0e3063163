import { Inject, Injectable } from '@nestjs/common';
import { streamOf, type LicenceQuotaNoted } from '@qazyna/contracts';
import { loadState, type Clock, type EventMetadata, type EventStore } from '@qazyna/event-store';
import { CLOCK, EVENT_STORE } from '@qazyna/service-kit';
import { farmDecider } from '../farms/farm.js';
import { farmMonthOf, nextFarmMonth, type FarmMonth } from '../farms/farm-month.js';
import { allowanceWh, overPercent } from '../farms/quota.js';
import { LicencesService } from '../licences/licences.service.js';
import { energyDrawnWh, energyMonthDecider } from './energy-month.js';

type Metadata = Omit<EventMetadata, 'schemaVersion'>;

/** Months looked at again after a quota that takes effect in the past. */
const MONTHS_MAX = 240;
/** Looks at registers that change under the note. */
const LOOKS_MAX = 10;

/** Counts a farm's energy against its quota, and tells the licence. */
@Injectable()
export class QuotaNotes {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(LicencesService) private readonly licences: LicencesService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** After readings of the month that a moment lies in. @throws {StoreUnavailable | StoreTimeout} do it again */
  async noteMonthOf(farmId: string, moment: string, metadata: Metadata): Promise<void> {
    const { state: farm } = await loadState(this.store, farmDecider, streamOf.farm(farmId));
    await this.note(farmId, farmMonthOf(moment, farm.registered?.utcOffset), metadata);
  }

  /** After a quota: every month from its effect to the present. Later months are counted when their readings come. */
  async noteMonthsSince(farmId: string, effectiveFrom: string, metadata: Metadata): Promise<void> {
    const { state: farm } = await loadState(this.store, farmDecider, streamOf.farm(farmId));
    // The time before a first quota counts at that quota: its whole month, and it alone, may lie before.
    const offset = farm.registered?.utcOffset;
    const now = this.clock.now().getTime();
    let month = farmMonthOf(effectiveFrom, offset);
    for (let count = 0; count < MONTHS_MAX && Date.parse(month.from) <= now; count++) {
      await this.note(farmId, month, metadata);
      month = nextFarmMonth(month, offset);
    }
  }

  /** A note is repeated until the registers did not change while it was made, so that the last one says how things are. */
  private async note(farmId: string, month: FarmMonth, metadata: Metadata): Promise<void> {
    let noted = await this.look(farmId, month);
    for (let look = 0; noted !== undefined && look < LOOKS_MAX; look++) {
      await this.licences.noteQuota(noted, metadata);
      const now = await this.look(farmId, month);
      if (now === undefined || now.basis === noted.basis) return;
      noted = now;
    }
  }

  private async look(farmId: string, { month, from, to }: FarmMonth): Promise<LicenceQuotaNoted | undefined> {
    const energy = await loadState(this.store, energyMonthDecider, streamOf.energy(farmId, month));
    const farm = await loadState(this.store, farmDecider, streamOf.farm(farmId));
    if (energy.expected === 'no-stream' || farm.expected === 'no-stream' || typeof energy.expected !== 'bigint' || typeof farm.expected !== 'bigint') return undefined;
    const licenceId = farm.state.registered?.licenceId;
    if (licenceId === undefined) return undefined;
    const energyWh = energyDrawnWh(energy.state);
    const allowed = allowanceWh(farm.state.quotas.values(), { month, from, to });
    if (allowed === undefined) return undefined;
    return {
      licenceId,
      farmId,
      month,
      from,
      to,
      energyWh: energyWh.toString(),
      allowanceWh: allowed.toString(),
      overPercent: overPercent(energyWh, allowed),
      // Streams only grow, so a higher sum knows at least as much of each.
      basis: (energy.expected + farm.expected).toString(),
    };
  }
}
