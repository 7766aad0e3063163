import { streamOf, type PollAdvanced } from '@qazyna/contracts';
import { handleCommand, loadState, type EventMetadata, type EventStore } from '@qazyna/event-store';
import type { StatementResult } from '../pools/statement-results.view.js';
import type { StatementsService } from '../pools/statements.service.js';
import { beginningOf, pollDecider, type PollState } from './poll.js';
import type { PollSettings } from './poll-settings.source.js';
import { fetchPage, PageFault, type PagePatience, type PageSurroundings } from './pool-page.client.js';
import { POOL_FAMILIES, type PageSequence } from './pool-requests.adapter.js';
import type { RequestRate } from './request-rate.js';

/** A list that changes while it is read is read again this often. */
const RESTARTS_MAX = 3;
const PAGES_MAX = 10_000;
const POLLER = { subject: 'pool-poller', organisation: 'qazyna' };

export interface RunReport {
  readonly pages: number;
  readonly rows: number;
  /** Rows by result, such as `accepted` and `duplicate`. */
  readonly results: Readonly<Record<string, number>>;
  /** The cursor after the run; undefined while nothing was ever met. */
  readonly through: string | undefined;
}

export interface RunParts {
  readonly store: EventStore;
  readonly statements: Pick<StatementsService, 'receive'>;
  readonly rate: RequestRate;
  readonly patience: PagePatience;
  readonly surroundings: PageSurroundings;
}

interface Tally {
  pages: number;
  rows: number;
  readonly results: Record<string, number>;
  newest: string | undefined;
}

/** How far a poll has got. */
export async function cursorOf(store: EventStore, pollId: string): Promise<PollState> {
  return (await loadState(store, pollDecider, streamOf.poolPoll(pollId))).state;
}

/**
 * One complete look at what a pool lists. Each page is kept and carried out before the next is asked for, and the
 * cursor moves only after the last of a list or span: a crash in between repeats pages, whose rows are known by their ids.
 * @throws {PageFault} the run did not come to its end; the cursor stays
 */
export async function runPoll(poll: PollSettings, parts: RunParts, correlationId: string, signal: AbortSignal): Promise<RunReport> {
  const { store, surroundings } = parts;
  const cursor = await cursorOf(store, poll.pollId);
  const begun = surroundings.now();
  const from = beginningOf(cursor, poll);
  const metadata = { actor: POLLER, correlationId };
  const tally: Tally = { pages: 0, rows: 0, results: {}, newest: undefined };
  const family = POOL_FAMILIES.get(poll.format);
  let state = cursor;
  for (const sequence of family?.sequences(poll, from, begun) ?? []) {
    await readSequence(sequence, poll, parts, from, tally, metadata, signal);
    // Spans come oldest first: after each one, everything up to its newest row is taken.
    if (tally.newest !== undefined) state = await advance(poll, tally, begun, state, parts, metadata);
  }
  return { pages: tally.pages, rows: tally.rows, results: tally.results, through: state?.through };
}

async function advance({ pollId, pool, account }: PollSettings, { newest, rows, pages }: Tally, begun: Date, state: PollState, { store }: RunParts, metadata: Omit<EventMetadata, 'schemaVersion'>): Promise<PollState> {
  // A row dated ahead of time must not carry the cursor past rows that are still to come.
  const through = newest === undefined || Date.parse(newest) > begun.getTime() ? begun.toISOString() : newest;
  const command: PollAdvanced = { pollId, pool, account, through, rows, pages };
  const outcome = await handleCommand(store, pollDecider, { stream: streamOf.poolPoll(pollId), command, commandId: `through:${through}`, metadata, expectNew: state === undefined });
  return outcome.kind === 'accepted' ? outcome.state : state;
}

async function readSequence(sequence: PageSequence, poll: PollSettings, parts: RunParts, from: Date, tally: Tally, metadata: Omit<EventMetadata, 'schemaVersion'>, signal: AbortSignal): Promise<void> {
  let restarts = 0;
  let total: number | undefined;
  let rows = 0;
  let previous: string | undefined;
  for (let page = 0; ; page += 1) {
    if (page >= PAGES_MAX) throw new PageFault('list-changing', `the list did not end after ${PAGES_MAX} pages`, false);
    const result = await readPage(sequence, { page, rows }, poll, parts, metadata, signal);
    tally.pages += 1;
    tally.rows += result.results.length;
    for (const [status, count] of Object.entries(result.summary)) tally.results[status] = (tally.results[status] ?? 0) + count;
    if (result.span !== undefined && (tally.newest === undefined || Date.parse(result.span.to) > Date.parse(tally.newest))) tally.newest = result.span.to;

    // Rows that come or go while pages are read move others across page borders: what was read cannot be trusted to be all.
    if (page > 0 && result.page.total !== total) {
      restarts += 1;
      if (restarts > RESTARTS_MAX) throw new PageFault('list-changing', `the list changed ${restarts} times while it was read`, true);
      [total, rows, previous, page] = [undefined, 0, undefined, -1];
      continue;
    }
    total = result.page.total;
    if (!sequence.paged || !followedByAnother(result, page)) return;
    if (result.sha256 === previous) throw new PageFault('page-repeated', `page ${page} is page ${page - 1} again: the pool does not turn pages`, false);
    rows += result.results.length;
    previous = result.sha256;
    if (sequence.newestFirst && result.span !== undefined && Date.parse(result.span.from) < from.getTime()) return;
  }
}

/** A pool may give fewer rows than were asked for, so only its own word, or an empty page, ends a list. */
function followedByAnother({ results, page: { more, pages } }: StatementResult, page: number): boolean {
  const another = more ?? (pages === undefined ? results.length > 0 : page + 1 < pages);
  if (another && results.length === 0) throw new PageFault('page-truncated', `page ${page} is empty, and the pool says that more follow`, false);
  return another;
}

function readPage(sequence: PageSequence, at: { readonly page: number; readonly rows: number }, { pool, account, format }: PollSettings, { statements, rate, patience, surroundings }: RunParts, metadata: Omit<EventMetadata, 'schemaVersion'>, signal: AbortSignal): Promise<StatementResult> {
  const take = async (raw: Uint8Array): Promise<StatementResult> => {
    const result = await statements.receive({ pool, account, format, media: 'json', raw, broughtBy: 'poll' }, metadata);
    // A page cut short, or a notice of maintenance in HTML: asked for again, it may be whole.
    if ('refusal' in result) throw new PageFault('page-unreadable', `${result.refusal.code}: ${result.refusal.message}`.slice(0, 500), AGAIN.has(result.refusal.code));
    // Its rows are recorded; that it is all there was is not believed.
    if (result.doubts.length > 0) throw new PageFault('page-truncated', result.doubts.map(({ message }) => message).join('; '), true);
    return result;
  };
  return fetchPage(() => sequence.request({ ...at, now: surroundings.now() }), take, rate, patience, surroundings, signal);
}

const AGAIN: ReadonlySet<string> = new Set(['statement-not-json', 'statement-shape', 'statement-refused-by-pool']);
