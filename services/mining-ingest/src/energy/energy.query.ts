import { Inject, Injectable } from '@nestjs/common';
import { Field, IdentifierField, type EnergyReadingRecorded } from '@qazyna/contracts';
import type { ReadModelHost } from '@qazyna/service-kit';
import { REGISTERS_READ_MODEL } from '../read-model.token.js';

/** Filters and paging of the list of energy readings. */
export class EnergyQuery {
  @IdentifierField.name({ optional: true, description: 'Only readings of this farm' })
  farmId?: string;

  @IdentifierField.name({ optional: true, description: 'Only readings of this meter' })
  meterId?: string;

  @Field.text({ optional: true, min: 7, max: 7, pattern: /^\d{4}-(0[1-9]|1[0-2])$/, patternMeans: 'a month such as 2026-03', description: 'Only readings of this month of the farm' })
  month?: string;

  @Field.oneOf(['standing', 'replaced'], { optional: true, description: 'Only readings that stand, or only those that a correction replaces' })
  state?: string;

  @Field.text({ optional: true, max: 512, description: 'The `next` of the page before' })
  after?: string;

  @Field.text({ optional: true, max: 9, description: 'Most items of a page, up to 1,000 (default 100)' })
  limit?: string;
}

export interface ListedReading extends EnergyReadingRecorded {
  readonly sequence: string;
  readonly replacedBy: string | null;
  readonly recordedAt: string;
}

@Injectable()
export class EnergyList {
  constructor(@Inject(REGISTERS_READ_MODEL) private readonly model: ReadModelHost) {}

  page({ farmId, meterId, month, state }: EnergyQuery, after: string | undefined, limit: number): ListedReading[] {
    const filters: [string, string | undefined][] = [['position > ?', after], ['farm_id = ?', farmId], ['meter_id = ?', meterId], ['month = ?', month]];
    const used = filters.filter((filter): filter is [string, string] => filter[1] !== undefined);
    const standing = state === undefined ? [] : [`replaced_by IS ${state === 'standing' ? '' : 'NOT '}NULL`];
    const conditions = [...used.map(([condition]) => condition), ...standing];
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    const rows = this.model.db
      .prepare(`SELECT position AS sequence, reading, replaced_by AS replacedBy, recorded_at AS recordedAt FROM readings ${where} ORDER BY position LIMIT ?`)
      .all(...used.map(([, value]) => value), limit);
    return rows.map(({ sequence, reading, replacedBy, recordedAt }) => ({
      ...(JSON.parse(reading as string) as EnergyReadingRecorded),
      sequence: sequence as string,
      replacedBy: replacedBy as string | null,
      recordedAt: recordedAt as string,
    }));
  }
}
