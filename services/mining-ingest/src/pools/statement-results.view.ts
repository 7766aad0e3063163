import type { EarningsResult } from '../earnings-reporter.token.js';
import type { PayoutResult } from '../payouts/payouts.service.js';
import type { StatementDoubt, StatementPage, StatementRow } from './statement.js';

/** Where a row stands: its number from 0, and its line in a file whose rows are lines. */
interface Placed {
  readonly row: number;
  readonly line?: number;
}

/** Nothing could be claimed from the row; the kept bytes have it. */
export interface UnreadableResult {
  readonly status: 'unreadable';
  readonly code: string;
  readonly field: string;
  readonly message: string;
}

/** A row that is recorded and never credited. */
export interface InformationResult {
  readonly status: 'information';
  readonly code: string;
  readonly message: string;
}

/** Earnings with nobody to take them are counted; the statement's bytes keep them. */
export type EarningsRowResult = { readonly kind: 'earnings'; readonly date: string } & (EarningsResult | { readonly status: 'recorded' });

export type StatutoryOutcome =
  | { readonly status: 'recorded' | 'duplicate' }
  | { readonly status: 'refused'; readonly code: string; readonly field?: string; readonly message: string };

export type StatutoryRowResult = { readonly kind: 'statutory'; readonly sequence: string } & StatutoryOutcome;

export type RowResult = Placed & (({ readonly paymentId: string } & PayoutResult) | EarningsRowResult | StatutoryRowResult | InformationResult | UnreadableResult);

export interface StatementResult {
  readonly statementId: string;
  /** SHA-256 of the raw bytes. */
  readonly sha256: string;
  readonly format: string;
  /** True when these bytes were received for this account before. */
  readonly duplicate: boolean;
  /** True when nothing was recorded: each result says what would become of its row now. */
  readonly dryRun: boolean;
  /** Rows by their result, such as `accepted`, `held`, `unreadable`. */
  readonly summary: Readonly<Record<string, number>>;
  /** What does not add up in the envelope; the rows count all the same. */
  readonly doubts: readonly StatementDoubt[];
  readonly page: StatementPage;
  /** Times of the oldest and the newest payout or day of earnings in it. */
  readonly span?: { readonly from: string; readonly to: string };
  readonly results: readonly RowResult[];
}

export function spanOf(rows: readonly StatementRow[]): { readonly from: string; readonly to: string } | undefined {
  let from: string | undefined;
  let to: string | undefined;
  for (const row of rows) {
    const time = row.kind === 'payout' ? row.claim.paidAt : row.kind === 'earnings' ? `${row.date}T00:00:00.000Z` : row.kind === 'statutory' ? row.entry.distributedAt : undefined;
    if (time === undefined) continue;
    if (from === undefined || Date.parse(time) < Date.parse(from)) from = time;
    if (to === undefined || Date.parse(time) > Date.parse(to)) to = time;
  }
  return from === undefined || to === undefined ? undefined : { from, to };
}

export function countByStatus(results: readonly RowResult[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { status } of results) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

export function countByKind(rows: readonly StatementRow[]): { readonly payouts: number; readonly earnings: number; readonly statutory: number; readonly information: number; readonly unreadable: number } {
  const of = (kind: StatementRow['kind']): number => rows.reduce((count, row) => count + (row.kind === kind ? 1 : 0), 0);
  return { payouts: of('payout'), earnings: of('earnings'), statutory: of('statutory'), information: of('information'), unreadable: of('unreadable') };
}
