/** Times in entries: UTC to the millisecond in one spelling, so that they sort as text and compare as text. */

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
let lastValid = '';

/** Whether text is a time as entries write it; 31 February is refused, not moved to March. */
export function isInstant(text: unknown): text is string {
  if (typeof text !== 'string') return false;
  // Entries of one block share their time: reading it once per block is what makes folding fast.
  if (text === lastValid) return true;
  if (!INSTANT.test(text)) return false;
  const time = Date.parse(text);
  if (Number.isNaN(time) || new Date(time).toISOString() !== text) return false;
  lastValid = text;
  return true;
}

/**
 * A valid time in any spelling that upstreams use (RFC 3339 in UTC, milliseconds optional) in the one of entries.
 * @throws {RangeError} not a time in UTC, or no such day
 */
export function toInstant(time: Date | string): string {
  if (typeof time !== 'string') return time.toISOString();
  const padded = /\.\d{1,3}Z$/.test(time) ? time.replace(/\.(\d{1,3})Z$/, (_, ms: string) => `.${ms.padEnd(3, '0')}Z`) : time.replace(/Z$/, '.000Z');
  if (!isInstant(padded)) throw new RangeError(`${JSON.stringify(time)} is not a time in UTC, such as 2026-03-01T09:30:00Z`);
  return padded;
}
