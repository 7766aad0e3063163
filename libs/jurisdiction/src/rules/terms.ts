import { isBusinessDay, type Calendar } from './calendar.js';
import { instantOf, localOf } from './zones.js';

export type { Calendar } from './calendar.js';

export const TERM_UNITS = ['hours', 'calendar-days', 'business-days'] as const;
export const TERM_BEGINNINGS = ['at-the-act', 'same-day', 'next-day'] as const;
export const DAY_OFF_RULES = ['stands', 'next-business-day', 'previous-business-day'] as const;

/** How a law counts a term. */
export interface Term {
  readonly length: number;
  readonly unit: (typeof TERM_UNITS)[number];
  /**
   * `at-the-act`: runs from the moment of the act and ends at the same time of day; the only way to count hours.
   * `same-day`: the day of the act is the first, and the term ends with its last day, at local midnight.
   * `next-day`: the day after the act is the first, and the term ends with its last day, at local midnight.
   */
  readonly begins: (typeof TERM_BEGINNINGS)[number];
  /** What becomes of a term whose last day is a day off. Hours always stand. */
  readonly onDayOff: (typeof DAY_OFF_RULES)[number];
}

/** Longest run of days off that is believed; a calendar beyond it is a mistake and must not hang a clock. */
const DAYS_OFF_MAX = 400;
const DAY_MS = 86_400_000;

/** A start that is no instant, or a calendar without business days. */
export class TermError extends Error {
  readonly code = 'term-error';
  override readonly name = 'TermError';
}

/**
 * The instant at which a term is over: from then on it has lapsed. Pure; only the start, the law's way of counting and
 * the state's calendar decide. Where a local time occurs twice, a term ends at the first, a day at the last of the two.
 * @param start RFC 3339 in UTC
 * @returns RFC 3339 in UTC, with milliseconds
 */
export function deadlineOf(start: string, term: Term, calendar: Calendar): string {
  const from = Date.parse(start);
  if (Number.isNaN(from) || !start.endsWith('Z')) throw new TermError(`${JSON.stringify(start)} is no instant in UTC`);
  if (term.unit === 'hours') return new Date(from + term.length * 3_600_000).toISOString();
  const local = localOf(from, calendar.timeZone);
  const actDay = Math.floor(local / DAY_MS);
  const counted = term.begins === 'same-day' ? dayBefore(actDay) : actDay;
  const last = settled(lastDay(counted, term, calendar), actDay, term, calendar);
  const over =
    term.begins === 'at-the-act'
      ? instantOf(last * DAY_MS + (local - actDay * DAY_MS), calendar.timeZone, 'first')
      : instantOf((last + 1) * DAY_MS, calendar.timeZone, 'last');
  return new Date(over).toISOString();
}

const dayBefore = (day: number): number => day - 1;

/** The last day of a term, the first being the one after `counted`. */
function lastDay(counted: number, { length, unit }: Term, calendar: Calendar): number {
  if (unit === 'calendar-days') return counted + length;
  let day = counted;
  for (let left = length; left > 0; left -= 1) day = businessDay(day + 1, 1, calendar);
  return day;
}

/** Where the law lets a last day move that is off. However far back it moves, the term has a length. */
function settled(last: number, actDay: number, { begins, onDayOff }: Term, calendar: Calendar): number {
  if (onDayOff === 'stands' || isBusinessDay(last, calendar)) return last;
  if (onDayOff === 'next-business-day') return businessDay(last, 1, calendar);
  return Math.max(businessDay(last, -1, calendar), begins === 'at-the-act' ? actDay + 1 : actDay);
}

/** The business day nearest to a day in one direction, itself included. */
function businessDay(from: number, step: 1 | -1, calendar: Calendar): number {
  let day = from;
  for (let seen = 0; !isBusinessDay(day, calendar); seen += 1) {
    if (seen > DAYS_OFF_MAX) throw new TermError(`the calendar has no business day within ${DAYS_OFF_MAX} days`);
    day += step;
  }
  return day;
}

/** The instants at which to warn before a deadline, earliest first; those that are not after the start are left out. */
export function warningsBefore(deadline: string, hours: readonly number[], start: string): readonly string[] {
  return [...hours]
    .sort((a, b) => b - a)
    .map((lead) => new Date(Date.parse(deadline) - lead * 3_600_000).toISOString())
    .filter((at) => at > new Date(start).toISOString());
}
