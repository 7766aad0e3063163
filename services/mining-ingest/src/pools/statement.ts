import type { PayoutClaim } from '@qazyna/contracts';
import type { EarningsRow } from '../earnings/earnings-row.js';

/** What was understood of one row of a pool's statement. */
export type StatementRow =
  | { readonly kind: 'payout'; readonly row: number; readonly claim: PayoutClaim }
  | EarningsRow
  /** Recorded and never credited: what the format carries beside payouts and earnings, such as a Lightning payment. */
  | { readonly kind: 'information'; readonly row: number; readonly code: string; readonly message: string }
  /** Nothing can be claimed from it; the raw bytes keep it. */
  | { readonly kind: 'unreadable'; readonly row: number; readonly code: string; readonly field: string; readonly message: string };

/** The statement as a whole is not what the pool sends. */
export class UnreadableStatement extends Error {
  override readonly name = 'UnreadableStatement';
  constructor(
    readonly code: 'statement-not-json' | 'statement-shape' | 'statement-refused-by-pool',
    message: string,
    readonly field = '',
  ) {
    super(message);
  }
}

export interface StatementContext {
  readonly account: string;
  /** Asset of the registered account: a statement names a currency, not a network. */
  readonly asset: string;
  readonly decimals: number;
}

/** One adapter per pool family: the pool's own bytes in, canonical claims out. */
export interface PoolStatementParser {
  readonly pool: string;
  parse(raw: Uint8Array, context: StatementContext): readonly StatementRow[];
}
