import type { PayoutClaim, StatutoryEntry } from '@qazyna/contracts';
import type { EarningsRow } from '../earnings/earnings-row.js';

/** What was understood of one row of a pool's statement. */
export type StatementRow =
  | { readonly kind: 'payout'; readonly row: number; readonly claim: PayoutClaim }
  | EarningsRow
  /** What the pool declared to the authority; compared with payouts, never credited. */
  | { readonly kind: 'statutory'; readonly row: number; readonly entry: StatutoryEntry }
  /** Recorded and never credited: what the format carries beside payouts and earnings, such as a Lightning payment. */
  | { readonly kind: 'information'; readonly row: number; readonly code: string; readonly message: string }
  /** Nothing can be claimed from it; the raw bytes keep it. */
  | { readonly kind: 'unreadable'; readonly row: number; readonly code: string; readonly field: string; readonly message: string };

/** Something about the statement as a whole that does not add up. Its rows still count, one by one. */
export interface StatementDoubt {
  readonly code: string;
  readonly field: string;
  readonly message: string;
}

/** Where a page stands in a longer list, as far as its envelope says. */
export interface StatementPage {
  /** Rows of the whole list. */
  readonly total?: number;
  /** Pages of the whole list. */
  readonly pages?: number;
  /** Whether another page follows. */
  readonly more?: boolean;
}

export interface ParsedStatement {
  /** One for each row of the statement, in its order. */
  readonly rows: readonly StatementRow[];
  readonly doubts: readonly StatementDoubt[];
  readonly page: StatementPage;
  /** Line of the file, from 1, for each row, where rows are lines. */
  readonly lines?: readonly number[];
  /** What may be kept in place of bytes that name persons. Absent: the bytes themselves. */
  readonly kept?: Uint8Array;
}

export type StatementFaultCode = 'statement-not-json' | 'statement-not-csv' | 'statement-shape' | 'statement-refused-by-pool' | 'statement-media-type' | 'statement-too-long' | 'person-key-missing';

/** The statement as a whole is not what the pool sends. */
export class UnreadableStatement extends Error {
  override readonly name = 'UnreadableStatement';
  constructor(
    readonly code: StatementFaultCode,
    message: string,
    readonly field = '',
  ) {
    super(message);
  }
}

export const STATEMENT_MEDIA = ['json', 'csv', 'json-lines'] as const;
export type StatementMedia = (typeof STATEMENT_MEDIA)[number];

export interface StatementContext {
  readonly pool: string;
  readonly account: string;
  /** Asset of the registered account: a statement names a currency, not a network. */
  readonly asset: string;
  readonly decimals: number;
  /** An opaque reference in place of what names a person; the same input gives the same reference. */
  readonly referenceOf?: (personal: string) => string;
}

/** Most rows of one statement. */
export const STATEMENT_ROWS_MAX = 1_000_000;

/** One adapter per pool family: the pool's own bytes in, canonical claims out. */
export interface PoolStatementParser {
  readonly format: string;
  /** @throws {UnreadableStatement} the statement as a whole */
  parse(raw: Uint8Array, context: StatementContext, media: StatementMedia): ParsedStatement;
}
