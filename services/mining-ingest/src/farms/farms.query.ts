import { Inject, Injectable } from '@nestjs/common';
import { ENERGY_SOURCE, Field, IdentifierField, type EnergyReadingRecorded, type FarmAmended, type FarmQuotaSet } from '@qazyna/contracts';
import type { Clock } from '@qazyna/event-store';
import { CLOCK, type ReadModelHost } from '@qazyna/service-kit';
import { energyDrawnWh, energyGaps, energyMonthDecider, type EnergyGap } from '../energy/energy-month.js';
import { stateOf } from '../licences/register-state.js';
import { historyOf, rowsPassing, type HistoryItem } from '../licences/registers.query.js';
import { REGISTERS_READ_MODEL } from '../read-model.token.js';
import { farmAt, type Farm } from './farm.js';
import { farmMonthOf } from './farm-month.js';
import { allowanceWh, overPercent, quotasInOrder } from './quota.js';

/** Gaps shown of a month; more are counted. */
const GAPS_MAX = 1000;

/** Filters and paging of the list of farms. */
export class FarmQuery {
  @IdentifierField.name({ optional: true, description: 'Only farms under this licence' })
  licenceId?: string;

  @Field.text({ ...ENERGY_SOURCE, optional: true, description: 'Only farms driven by this now' })
  energySource?: string;

  @Field.text({ optional: true, max: 512, description: 'The `next` of the page before' })
  after?: string;

  @Field.text({ optional: true, max: 9, description: 'Most items of a page, up to 1,000 (default 100)' })
  limit?: string;
}

/** The month of a farm's energy. */
export class FarmEnergyQuery {
  @Field.text({ min: 7, max: 7, pattern: /^\d{4}-(0[1-9]|1[0-2])$/, patternMeans: 'a month such as 2026-03', description: 'Month of the farm', example: '2026-03' })
  month!: string;
}

export interface ListedFarm {
  readonly farmId: string;
  readonly licenceId: string;
  readonly energySource: string;
  readonly meters: readonly string[];
  readonly utcOffset: string;
  /** Watt-hours allowed in the present month; null without a quota. */
  readonly allowanceWh: string | null;
}

export interface ShownFarm extends ListedFarm {
  readonly amendments: readonly FarmAmended[];
  readonly quotas: readonly FarmQuotaSet[];
  readonly months: readonly string[];
  readonly history: readonly HistoryItem[];
}

export interface FarmEnergy {
  readonly farmId: string;
  readonly month: string;
  readonly from: string;
  readonly to: string;
  readonly energyWh: string;
  readonly allowanceWh: string | null;
  readonly overPercent: number;
  readonly readings: number;
  readonly corrected: number;
  /** Time up to now, or to the month's end, that no reading covers. */
  readonly gaps: readonly EnergyGap[];
  readonly gapsInAll: number;
}

@Injectable()
export class FarmList {
  constructor(
    @Inject(REGISTERS_READ_MODEL) private readonly model: ReadModelHost,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  page({ licenceId, energySource }: FarmQuery, after: string | undefined, limit: number): ListedFarm[] {
    const chunk = (from: string): { sql: string; values: string[] } =>
      licenceId === undefined
        ? { sql: 'SELECT farm_id AS key, state FROM farms WHERE farm_id > ? ORDER BY farm_id', values: [from] }
        : { sql: 'SELECT farm_id AS key, state FROM farms WHERE licence_id = ? AND farm_id > ? ORDER BY farm_id', values: [licenceId, from] };
    const read = (row: Record<string, unknown>): ListedFarm | undefined => {
      const item = this.listed(stateOf<Farm>(row['state'] as string));
      return energySource === undefined || item?.energySource === energySource ? item : undefined;
    };
    return rowsPassing(this.model, chunk, read, after ?? '', limit);
  }

  one(farmId: string): ShownFarm | undefined {
    const state = this.stateOf(farmId);
    if (state === undefined) return undefined;
    const listed = this.listed(state);
    if (listed === undefined) return undefined;
    const months = this.model.db.prepare('SELECT DISTINCT month FROM readings WHERE farm_id = ? ORDER BY month').all(farmId).map(({ month }) => month as string);
    return { ...listed, amendments: [...state.amendments.values()], quotas: quotasInOrder(state.quotas.values()) as FarmQuotaSet[], months, history: historyOf(this.model, `farm:${farmId}`) };
  }

  /** A month's energy against its allowance, with what no reading covers. Undefined for a farm nobody registered. */
  energy(farmId: string, monthName: string): FarmEnergy | undefined {
    const state = this.stateOf(farmId);
    if (state?.registered === undefined) return undefined;
    const month = farmMonthOf(`${monthName}-15T00:00:00Z`, state.registered.utcOffset);
    const rows = this.model.db.prepare('SELECT reading, replaced_by AS replacedBy FROM readings WHERE farm_id = ? AND month = ? ORDER BY from_at').all(farmId, monthName);
    const readings = rows.reduce(
      (folded, { reading }) => energyMonthDecider.evolve(folded, { type: 'mining.energy-reading-recorded', data: JSON.parse(reading as string) as EnergyReadingRecorded }),
      energyMonthDecider.initialState(),
    );
    const drawn = energyDrawnWh(readings);
    const allowed = allowanceWh(state.quotas.values(), month);
    const now = this.clock.now().toISOString();
    const end = Date.parse(now) < Date.parse(month.to) ? now : month.to;
    const meters = farmAt(state, month.from)?.meters ?? [];
    const gaps = Date.parse(end) > Date.parse(month.from) ? energyGaps(readings, meters, month.from, end) : [];
    return {
      farmId,
      ...month,
      energyWh: drawn.toString(),
      allowanceWh: allowed?.toString() ?? null,
      overPercent: overPercent(drawn, allowed),
      readings: rows.length,
      corrected: rows.filter(({ replacedBy }) => replacedBy !== null).length,
      gaps: gaps.slice(0, GAPS_MAX),
      gapsInAll: gaps.length,
    };
  }

  private stateOf(farmId: string): Farm | undefined {
    const row = this.model.db.prepare('SELECT state FROM farms WHERE farm_id = ?').get(farmId);
    return row === undefined ? undefined : stateOf<Farm>(row['state'] as string);
  }

  private listed(state: Farm): ListedFarm | undefined {
    const now = this.clock.now().toISOString();
    const standing = farmAt(state, now);
    if (state.registered === undefined || standing === undefined) return undefined;
    const { farmId, licenceId, utcOffset = '+00:00' } = state.registered;
    return { farmId, licenceId, ...standing, utcOffset, allowanceWh: allowanceWh(state.quotas.values(), farmMonthOf(now, utcOffset))?.toString() ?? null };
  }
}
