import { createHash } from 'node:crypto';
import { currentCorrelation } from '../correlation/correlation.js';
import { ProblemError } from './problem.js';

export const PAGE_LIMIT_DEFAULT = 100;
export const PAGE_LIMIT_MAX = 1000;

/** The query of a list. */
export interface PageQuery {
  /** The `next` of the page before; absent for the first. */
  readonly after?: string | undefined;
  readonly limit?: string | undefined;
}

export interface PageRequest {
  /** What the list's own `pageOf` put into the cursor. */
  readonly after: string | undefined;
  readonly limit: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Give it as `after` for the next page; null when this is the last. */
  readonly next: string | null;
}

const CURSOR_PREFIX = 'c2:';
/** Parameters that say how much of a list is shown and how, not which list it is. */
const NOT_OF_THE_LIST = ['after', 'limit', 'format'];

/**
 * Reads `after` and `limit`.
 * @throws {ProblemError} 400 when the cursor was not made by this list with these filters or the limit is not within bounds
 */
export function parseCursor(query: PageQuery, limitMax: number = PAGE_LIMIT_MAX): PageRequest {
  const limit = query.limit === undefined ? Math.min(PAGE_LIMIT_DEFAULT, limitMax) : Number(/^\d{1,9}$/.test(query.limit) ? query.limit : 0);
  if (limit < 1 || limit > limitMax) {
    const message = `limit must be a whole number from 1 to ${limitMax}`;
    throw new ProblemError(400, 'validation-failed', message, { errors: [{ field: 'limit', code: 'limit', message }] });
  }
  return { after: query.after === undefined ? undefined : openCursor(query.after), limit };
}

/** A page from up to `limit + 1` items: the extra one only says that there are more. */
export function pageOf<T>(items: readonly T[], limit: number, keyOf: (item: T) => string): Page<T> {
  const shown = items.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown, next: items.length > limit && last !== undefined ? sealCursor(keyOf(last)) : null };
}

/** A page whose items were picked from more that were looked at: the cursor is the place of the last of those. */
export function pageUpTo<T>(items: readonly T[], lookedUpTo: string | undefined): Page<T> {
  return { items, next: lookedUpTo === undefined ? null : sealCursor(lookedUpTo) };
}

function sealCursor(key: string): string {
  return Buffer.from(`${CURSOR_PREFIX}${listAskedFor()}:${key}`, 'utf8').toString('base64url');
}

/**
 * The list of the running request by its path and filters, in few characters. A place in another list, or among other
 * filters, is none in this one: it would silently leave out what comes before it.
 */
function listAskedFor(): string {
  const { url } = currentCorrelation() ?? {};
  if (url === undefined) return '';
  const { pathname, searchParams } = new URL(url, 'http://list');
  for (const name of NOT_OF_THE_LIST) searchParams.delete(name);
  searchParams.sort();
  return createHash('sha256').update(`${pathname}?${searchParams.toString()}`).digest('base64url').slice(0, 12);
}

function openCursor(cursor: string): string {
  const text = cursor.length <= 512 && /^[A-Za-z0-9_-]+$/.test(cursor) ? Buffer.from(cursor, 'base64url').toString('utf8') : '';
  const prefix = `${CURSOR_PREFIX}${listAskedFor()}:`;
  if (!text.startsWith(prefix)) {
    const message = 'after must be the "next" of an earlier page of this list, asked for with the same filters';
    throw new ProblemError(400, 'validation-failed', message, { errors: [{ field: 'after', code: 'cursor', message }] });
  }
  return text.slice(prefix.length);
}
