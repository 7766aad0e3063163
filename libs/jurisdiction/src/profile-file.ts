import { Field, SEIZURE_ACTS, type SeizureAct } from '@qazyna/contracts';
import { SOURCE_KINDS, type Names, type RequirableField, type SourceKind } from './rules/profile.js';
import { WEEKDAYS, type Weekday } from './rules/calendar.js';
import { DAY_OFF_RULES, TERM_BEGINNINGS, TERM_UNITS, type Term } from './rules/terms.js';

/** The profile as a file says it: the classes check it field by field and are its JSON Schema. */

const DATE = /^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$/;
const MONTH_DAY = /^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$/;
const HOURS_MAX = 24 * 366;
const WORD = /^[A-Za-z][A-Za-z0-9.-]*$/;

export class TermInFile {
  @Field.integer({ min: 1, max: HOURS_MAX, description: 'How many hours or days', example: 10 })
  length!: number;

  @Field.oneOf(TERM_UNITS, { description: 'What is counted. Calendar days include days off, business days leave them out', example: 'calendar-days' })
  unit!: Term['unit'];

  @Field.oneOf(TERM_BEGINNINGS, { description: '"at-the-act": from the moment of the act to the same time of day. "same-day" and "next-day": whole days, the first being the day of the act or the one after; the term ends with its last day, at local midnight', example: 'next-day' })
  begins!: Term['begins'];

  @Field.oneOf(DAY_OFF_RULES, { description: 'What becomes of a term whose last day is a day off', example: 'next-business-day' })
  onDayOff!: Term['onDayOff'];
}

export class CalendarInFile {
  @Field.texts({ min: 0, max: 6, maxLength: 9, pattern: new RegExp(`^(${WEEKDAYS.join('|')})$`), patternMeans: 'a weekday in lower-case English', description: 'Days of the week that are off', example: ['saturday', 'sunday'] })
  weekend!: Weekday[];

  @Field.texts({ min: 0, max: 100, maxLength: 5, pattern: MONTH_DAY, patternMeans: 'a day of the year as MM-DD', description: 'Days off of every year', example: ['01-01'] })
  yearlyHolidays!: string[];

  @Field.texts({ min: 0, max: 3000, maxLength: 10, pattern: DATE, patternMeans: 'a date as YYYY-MM-DD', description: 'Days off of one year: moving feasts, and days moved by decree', example: ['2026-05-27'] })
  holidays!: string[];

  @Field.texts({ min: 0, max: 3000, maxLength: 10, pattern: DATE, patternMeans: 'a date as YYYY-MM-DD', description: 'Days that would be off and are worked by decree', example: [] })
  workingDays!: string[];
}

export class ActInFile {
  @Field.oneOf(SEIZURE_ACTS, { description: 'The act, by the name that messages use' })
  act!: SeizureAct;

  @Field.translations({ description: 'What the state calls it, by language' })
  names!: Names;

  @Field.text({ max: 300, description: 'Where the law speaks of it' })
  legalBasis!: string;
}

export class RestrictionInFile {
  @Field.nested(() => TermInFile, { description: 'How long a restriction stands without a court' })
  term!: TermInFile;

  @Field.integers({ min: 0, max: HOURS_MAX, maxCount: 10, description: 'Hours before it lapses at which to warn', example: [72, 24] })
  warningHours!: number[];
}

export class PlausibilityInFile {
  @Field.integer({ min: 0, max: 1_000_000, description: 'Parts per million by which a day under FPPS may differ, on either side', example: 20_000 })
  fppsDayPpm!: number;

  @Field.integer({ min: 0, max: 1_000_000, description: 'The same over a week', example: 5_000 })
  fppsWeekPpm!: number;

  @Field.integer({ min: 1, max: 366, description: 'Days over which PPLNS is judged', example: 30 })
  pplnsWindowDays!: number;

  @Field.integer({ min: 0, max: 1_000_000, description: 'Parts per million by which PPLNS may differ over that window', example: 100_000 })
  pplnsPpm!: number;
}

export class SourceInFile {
  @Field.oneOf(SOURCE_KINDS, { description: 'The source; what is not listed, the reserve does not have' })
  source!: SourceKind;

  @Field.translations({ description: 'What the state calls it, by language' })
  names!: Names;

  @Field.text({ max: 300, description: 'Where the law allows it' })
  legalBasis!: string;

  @Field.texts({ min: 0, max: 20, maxLength: 40, pattern: WORD, patternMeans: 'the name of a field', description: 'Fields that the state demands beyond what messages always carry', example: ['mandate', 'venue'] })
  requiredFields!: RequirableField[];

  @Field.texts({ optional: true, min: 1, max: 20, maxLength: 40, pattern: WORD, patternMeans: 'a word', description: 'Mining only: what a licence\'s energy may come from. Left out: anything', example: ['hydro'] })
  energySources?: string[];

  @Field.integer({ optional: true, min: 1, max: 50, description: 'Donations only: how many assets one campaign may ask for. Left out: 50' })
  assetsMax?: number;
}

export class CurrencyInFile {
  @Field.text({ min: 3, max: 3, pattern: /^[A-Z]{3}$/, patternMeans: 'an ISO 4217 code', description: 'Currency of prices', example: 'USD' })
  code!: string;

  @Field.integer({ min: 0, max: 8, description: 'Digits after the point in a price', example: 2 })
  decimals!: number;
}

/** A state's profile. */
export class ProfileFile {
  @Field.text({ optional: true, max: 200, description: 'For editors: where this schema is' })
  $schema?: string;

  @Field.integer({ min: 1, max: 1, description: 'Version of this format' })
  format!: 1;

  @Field.text({ min: 2, max: 16, pattern: /^[a-z][a-z0-9-]*$/, patternMeans: 'lower-case letters, digits and hyphens', description: 'Short name of the state; the file is called after it', example: 'xx' })
  code!: string;

  @Field.translations({ description: 'Name of the state, by language' })
  names!: Names;

  @Field.text({ max: 64, description: 'IANA name of the time zone whose midnights count', example: 'Europe/Berlin' })
  timeZone!: string;

  @Field.nested(() => CalendarInFile, { description: 'Days off' })
  calendar!: CalendarInFile;

  @Field.list(() => ActInFile, { min: 0, max: SEIZURE_ACTS.length, description: 'The acts that the state\'s law has' })
  acts!: ActInFile[];

  @Field.nested(() => RestrictionInFile, { description: 'The clock of restrictions' })
  restriction!: RestrictionInFile;

  @Field.nested(() => TermInFile, { description: 'How long an order may be appealed against' })
  appealTerm!: TermInFile;

  @Field.integer({ min: 0, max: HOURS_MAX, description: 'Hours before payouts to a changed wallet are accepted', example: 72 })
  walletCoolingOffHours!: number;

  @Field.nested(() => PlausibilityInFile, { description: 'How far payouts may differ from what the hash rate would earn' })
  plausibility!: PlausibilityInFile;

  @Field.list(() => SourceInFile, { min: 1, max: SOURCE_KINDS.length, description: 'Where the reserve\'s assets may come from' })
  sources!: SourceInFile[];

  @Field.list(() => CurrencyInFile, { min: 1, max: 20, description: 'Currencies in which prices may be given' })
  currencies!: CurrencyInFile[];
}
