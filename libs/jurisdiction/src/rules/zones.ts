/**
 * Wall clocks of a time zone, by the tz database that the runtime carries. Nothing here reads the machine's own zone:
 * every question names its zone, and all arithmetic is on UTC.
 */

const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formats.set(timeZone, format);
  }
  return format;
}

/** Whether the runtime's tz database knows this zone by name; offsets such as "+05:00" are no zones. */
export function isTimeZone(name: string): boolean {
  if (!/^(UTC|[A-Z][A-Za-z]+(\/[A-Za-z0-9_+-]+){1,2})$/.test(name)) return false;
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** What the wall clock shows at an instant, read as if it were UTC: milliseconds of "local time". */
export function localOf(instantMs: number, timeZone: string): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(instantMs)) if (type !== 'literal') parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const sub = ((instantMs % 1000) + 1000) % 1000;
  return Date.UTC(year, month - 1, day, hour, minute, second) + sub;
}

function offsetAt(instantMs: number, timeZone: string): number {
  return localOf(instantMs, timeZone) - instantMs;
}

/**
 * The instant at which the wall clock shows a local time. A time that occurs twice (clocks go back) is the first or the
 * last of the two, as asked; a time that never occurs (clocks go forward) is the moment of the change.
 */
export function instantOf(localMs: number, timeZone: string, whenTwice: 'first' | 'last'): number {
  const offsets = [offsetAt(localMs - DAY_MS, timeZone), offsetAt(localMs, timeZone), offsetAt(localMs + DAY_MS, timeZone)];
  const found = offsets.map((offset) => localMs - offset).filter((instant) => localOf(instant, timeZone) === localMs);
  if (found.length > 0) return whenTwice === 'first' ? Math.min(...found) : Math.max(...found);
  // Skipped: find the first instant whose wall clock is past it.
  let [before, after] = [localMs - DAY_MS - offsets[0]!, localMs + DAY_MS - offsets[2]!];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (localOf(middle, timeZone) < localMs) before = middle;
    else after = middle;
  }
  return after;
}
