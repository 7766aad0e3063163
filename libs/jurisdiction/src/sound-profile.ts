import { parseMessage, type FieldError } from '@qazyna/contracts';
import { ProfileFile, type SourceInFile, type TermInFile } from './profile-file.js';
import { dayOf, WEEKDAYS } from './rules/calendar.js';
import { REQUIRABLE_FIELDS, type JurisdictionProfile, type SourceRule } from './rules/profile.js';
import { deadlineOf, TermError } from './rules/terms.js';
import { isTimeZone } from './rules/zones.js';

const ASSETS_MAX = 50;

export type CheckedProfile = { readonly ok: true; readonly profile: JurisdictionProfile } | { readonly ok: false; readonly errors: readonly FieldError[] };

/** Checks a parsed profile: its fields first, then what no single field can say. */
export function checkProfile(data: unknown): CheckedProfile {
  const parsed = parseMessage(ProfileFile, data);
  if (!parsed.ok) return parsed;
  const errors = crossChecks(parsed.value);
  return errors.length > 0 ? { ok: false, errors } : { ok: true, profile: profileOf(parsed.value) };
}

function crossChecks(file: ProfileFile): FieldError[] {
  const errors: FieldError[] = [];
  const fault = (field: string, rule: string, message: string): void => void errors.push({ field, rule, message: `${field} ${message}` });
  if (!isTimeZone(file.timeZone)) fault('timeZone', 'isTimeZone', `must be a zone of the tz database, which has no ${JSON.stringify(file.timeZone)}`);
  for (const list of ['holidays', 'workingDays'] as const) {
    file.calendar[list].forEach((date, index) => {
      if (dayOf(date) === undefined) fault(`calendar.${list}.${index}`, 'isDate', `must be a date that exists, and ${date} does not`);
    });
  }
  file.calendar.yearlyHolidays.forEach((date, index) => {
    // A leap year, so that 29 February may be named.
    if (dayOf(`2024-${date}`) === undefined) fault(`calendar.yearlyHolidays.${index}`, 'isDate', `must be a day that exists, and ${date} does not`);
  });
  const off = new Set(file.calendar.holidays);
  file.calendar.workingDays.forEach((date, index) => {
    if (off.has(date)) fault(`calendar.workingDays.${index}`, 'notBoth', `cannot be worked and off: ${date} stands in calendar.holidays too`);
  });
  unique(file.acts.map(({ act }) => act), 'acts', 'act', fault);
  unique(file.sources.map(({ source }) => source), 'sources', 'source', fault);
  unique(file.currencies.map(({ code }) => code), 'currencies', 'code', fault);
  file.sources.forEach((source, index) => sourceFaults(source, `sources.${index}`, fault));
  for (const [field, term] of [['restriction.term', file.restriction.term], ['appealTerm', file.appealTerm]] as const) termFaults(term, field, fault);
  actFaults(file, fault);
  followFaults(file, fault);
  if (errors.length === 0) endlessTerms(file, fault);
  return errors;
}

type Fault = (field: string, rule: string, message: string) => void;

function unique(values: readonly string[], field: string, key: string, fault: Fault): void {
  values.forEach((value, index) => {
    if (values.indexOf(value) !== index) fault(`${field}.${index}.${key}`, 'isUnique', `must occur once, and ${value} stands above already`);
  });
}

function sourceFaults({ source, requiredFields, energySources, assetsMax }: SourceInFile, at: string, fault: Fault): void {
  const known: readonly string[] = REQUIRABLE_FIELDS[source];
  requiredFields.forEach((field, index) => {
    if (!known.includes(field)) fault(`${at}.requiredFields.${index}`, 'isRequirable', `must be one of ${known.join(', ')} for ${source}, not ${field}`);
  });
  if (energySources !== undefined && source !== 'mining') fault(`${at}.energySources`, 'miningOnly', 'is for mining only');
  if (assetsMax !== undefined && source !== 'donation') fault(`${at}.assetsMax`, 'donationOnly', 'is for donations only');
}

function termFaults({ unit, begins, onDayOff }: TermInFile, at: string, fault: Fault): void {
  if (unit !== 'hours') return;
  if (begins !== 'at-the-act') fault(`${at}.begins`, 'hoursRun', 'must be at-the-act where hours are counted');
  if (onDayOff !== 'stands') fault(`${at}.onDayOff`, 'hoursRun', 'must be "stands" where hours are counted');
}

/** Cases need their acts, and acts their source. */
function actFaults({ acts, sources }: ProfileFile, fault: Fault): void {
  const cases = sources.some(({ source }) => source === 'seizure' || source === 'forfeiture');
  if (cases && acts.length === 0) fault('acts', 'actsOfCases', 'must list the acts of the law where seizure or forfeiture is a source');
  if (!cases && acts.length > 0) fault('acts', 'actsOfCases', 'must be empty where neither seizure nor forfeiture is a source');
  if (cases && !acts.some(({ act }) => act === 'reported')) fault('acts', 'actsOfCases', 'must list "reported": every case begins with it');
}

/** Acts that presuppose another one could never apply without it. */
const FOLLOWS = { 'evidence': 'arrest', 'pre-verdict-sale': 'arrest', 'confiscation-order': 'arrest', 'finality': 'confiscation-order', 'state-property-decision': 'finality' } as const;

function followFaults({ acts }: ProfileFile, fault: Fault): void {
  const listed = new Set(acts.map(({ act }) => act));
  acts.forEach(({ act }, index) => {
    const before = Object.hasOwn(FOLLOWS, act) ? FOLLOWS[act as keyof typeof FOLLOWS] : undefined;
    if (before !== undefined && !listed.has(before)) fault(`acts.${index}.act`, 'follows', `${act} follows ${before}, which must be listed too`);
  });
}

/** A calendar whose days are all off would leave a clock without an end. */
function endlessTerms(file: ProfileFile, fault: Fault): void {
  const profile = profileOf(file);
  for (const [field, term] of [['restriction.term', profile.restrictionTerm], ['appealTerm', profile.appealTerm]] as const) {
    try {
      for (const start of ['2026-01-01T00:00:00Z', '2026-07-01T00:00:00Z']) deadlineOf(start, term, profile.calendar);
    } catch (error) {
      if (!(error instanceof TermError)) throw error;
      fault(field, 'ends', `never ends: ${error.message}`);
    }
  }
}

function profileOf(file: ProfileFile): JurisdictionProfile {
  const { weekend, yearlyHolidays, holidays, workingDays } = file.calendar;
  return deepFreeze({
    format: 1,
    code: file.code,
    names: { ...file.names },
    timeZone: file.timeZone,
    calendar: { timeZone: file.timeZone, weekend: WEEKDAYS.filter((day) => weekend.includes(day)), yearlyHolidays: [...yearlyHolidays], holidays: [...holidays], workingDays: [...workingDays] },
    acts: file.acts.map(({ act, names, legalBasis }) => ({ act, names: { ...names }, legalBasis })),
    restrictionTerm: { ...file.restriction.term },
    restrictionWarningHours: [...file.restriction.warningHours].sort((a, b) => b - a),
    appealTerm: { ...file.appealTerm },
    walletCoolingOffHours: file.walletCoolingOffHours,
    plausibility: { ...file.plausibility },
    sources: file.sources.map((each): SourceRule => ({
      source: each.source,
      names: { ...each.names },
      legalBasis: each.legalBasis,
      requiredFields: [...each.requiredFields],
      energySources: [...(each.energySources ?? [])],
      assetsMax: each.assetsMax ?? ASSETS_MAX,
    })),
    currencies: file.currencies.map(({ code, decimals }) => ({ code, decimals })),
  });
}

function deepFreeze<T extends object>(value: T): T {
  for (const each of Object.values(value) as unknown[]) if (typeof each === 'object' && each !== null) deepFreeze(each);
  return Object.freeze(value);
}
