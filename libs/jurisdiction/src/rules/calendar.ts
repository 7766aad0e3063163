/** A state's days off. Days are counted as whole numbers since 1 January 1970, so no zone can shift them. */

export const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

export interface Calendar {
  /** IANA name of the zone whose midnights count. */
  readonly timeZone: string;
  readonly weekend: readonly Weekday[];
  /** Days off of every year, as `MM-DD`. */
  readonly yearlyHolidays: readonly string[];
  /** Days off of one year: moving feasts, and days moved by decree, as `YYYY-MM-DD`. */
  readonly holidays: readonly string[];
  /** Days that would be off and are worked by decree, as `YYYY-MM-DD`. */
  readonly workingDays: readonly string[];
}

const DAY_MS = 86_400_000;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Days since the epoch of a date that exists; undefined for 30 February. */
export function dayOf(date: string): number | undefined {
  const [, year, month, day] = DATE.exec(date) ?? [];
  if (year === undefined || Number(year) < 1000) return undefined;
  const time = Date.UTC(Number(year), Number(month) - 1, Number(day));
  return dateOf(time / DAY_MS) === date ? time / DAY_MS : undefined;
}

/** `YYYY-MM-DD` of a day. */
export function dateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

export function weekdayOf(day: number): Weekday {
  return WEEKDAYS[(((day + 4) % 7) + 7) % 7] as Weekday;
}

interface Lookup {
  readonly weekend: ReadonlySet<string>;
  readonly yearly: ReadonlySet<string>;
  readonly off: ReadonlySet<string>;
  readonly worked: ReadonlySet<string>;
}

const lookups = new WeakMap<Calendar, Lookup>();

function lookupOf(calendar: Calendar): Lookup {
  let lookup = lookups.get(calendar);
  if (lookup === undefined) {
    lookup = { weekend: new Set(calendar.weekend), yearly: new Set(calendar.yearlyHolidays), off: new Set(calendar.holidays), worked: new Set(calendar.workingDays) };
    lookups.set(calendar, lookup);
  }
  return lookup;
}

/** A decree that a day is worked goes before every rule that it is off. */
export function isBusinessDay(day: number, calendar: Calendar): boolean {
  const { weekend, yearly, off, worked } = lookupOf(calendar);
  const date = dateOf(day);
  if (worked.has(date)) return true;
  return !weekend.has(weekdayOf(day)) && !yearly.has(date.slice(5)) && !off.has(date);
}
