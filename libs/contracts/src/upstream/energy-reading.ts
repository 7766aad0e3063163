import { Field } from '../fields.js';
import { IdentifierField } from '../identifiers.js';
import { ENERGY_SOURCE } from './licence-act.js';
import { LegalDocument } from './seizure-fact.js';

export const ENERGY_READING_TYPE = 'qazyna.mining.energy-reading.v1';

/** Whole watt-hours as a decimal string. The base unit of energy is the watt-hour: 1 kWh is "1000". */
export const WATT_HOURS = { max: 16, pattern: /^(0|[1-9][0-9]{0,15})$/, patternMeans: 'whole watt-hours, as a decimal string' } as const;
const UTC_OFFSET = /^[+-](0[0-9]|1[0-4]):(00|15|30|45)$/;
const METERS = { max: 200, maxLength: 64, pattern: /^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$/, patternMeans: 'a meter id in letters, digits, "." and "-"' } as const;
export const READING_ID = { max: 120, pattern: /^[A-Za-z0-9.-]+~\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z~\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z~\d{1,3}$/, patternMeans: '"meter~from~to~revision"' } as const;

/** What the regulator's meter of a farm showed over a period. A correction is a reading that names the one it replaces. */
export class EnergyReading {
  @IdentifierField.name({ description: 'Farm', example: 'ekibastuz-1' })
  farmId!: string;

  @IdentifierField.name({ description: 'Meter of the farm', example: 'M-7' })
  meterId!: string;

  @Field.instant({ description: 'First moment of the period, on a whole second', example: '2026-03-01T00:00:00Z' })
  from!: string;

  @Field.instant({ description: 'First moment after the period, in the same calendar month of the farm', example: '2026-03-01T01:00:00Z' })
  to!: string;

  @Field.text({ ...WATT_HOURS, description: 'Energy drawn, in whole watt-hours', example: '1250000' })
  energyWh!: string;

  @Field.integer({ optional: true, min: 0, max: 999, description: 'Number of the correction; 0 or absent for the first reading of the period' })
  revision?: number;

  @Field.text({ ...READING_ID, optional: true, description: 'For a correction: the reading it replaces, `meter~from~to~revision`' })
  corrects?: string;
}

/** A farm that mines under a licence. */
export class FarmRegistration {
  @IdentifierField.name({ description: 'Farm', example: 'ekibastuz-1' })
  farmId!: string;

  @IdentifierField.name({ description: 'Licence it mines under', example: 'KZ-CM-0001' })
  licenceId!: string;

  @Field.text({ ...ENERGY_SOURCE, description: 'What drives its miners', example: 'coal' })
  energySource!: string;

  @Field.texts({ ...METERS, description: 'Meters that the energy regulator reads', example: ['M-7'] })
  meters!: string[];

  @Field.text({ optional: true, min: 6, max: 6, pattern: UTC_OFFSET, patternMeans: 'an offset such as +05:00', description: 'Offset from UTC by which its months are counted; +00:00 if absent', example: '+05:00' })
  utcOffset?: string;
}

/** A change of a farm from a moment on: another energy source, other meters. */
export class FarmAmendment {
  @IdentifierField.name({ description: 'Id of the change; one id is one change', example: 'A-2026-3' })
  actId!: string;

  @Field.instant({ description: 'From when it has effect' })
  effectiveFrom!: string;

  @Field.text({ ...ENERGY_SOURCE, optional: true, description: 'What drives its miners from then on', example: 'gas' })
  energySource?: string;

  @Field.texts({ ...METERS, optional: true, description: 'Its meters from then on' })
  meters?: string[];

  @Field.nested(() => LegalDocument, { description: 'The document behind the change' })
  document!: LegalDocument;
}

/** Energy a farm may draw in a calendar month, from a moment on; a change within a month counts by the share of time. */
export class FarmQuota {
  @IdentifierField.name({ description: 'Id of the act that sets it; one id is one act', example: 'Q-2026-1' })
  actId!: string;

  @Field.instant({ description: 'From when it has effect' })
  effectiveFrom!: string;

  @Field.text({ ...WATT_HOURS, description: 'Watt-hours a month', example: '7300000000' })
  perMonthWh!: string;

  @Field.nested(() => LegalDocument, { description: 'The document behind it' })
  document!: LegalDocument;
}
