import type { PoolAccountRegistered } from '@qazyna/contracts';
import type { EventMetadata } from '@qazyna/event-store';
import type { EarningsRow } from './earnings/earnings-row.js';

/** Earnings read from one statement (or a chunk of a long one), of one registered account. */
export interface EarningsReport {
  readonly account: PoolAccountRegistered;
  readonly rows: readonly EarningsRow[];
  /** SHA-256 of the statement's raw bytes. */
  readonly statementSha256: string;
  readonly metadata: Omit<EventMetadata, 'schemaVersion'>;
}

/** What became of one row; `row` is the statement's. */
export type EarningsResult =
  | { readonly status: 'accepted' | 'duplicate' }
  | { readonly status: 'flagged'; readonly reasons: readonly { readonly code: string; readonly message: string }[] }
  | { readonly status: 'refused'; readonly code: string; readonly field?: string; readonly message: string };

/** Takes earnings; results in the order of the rows. The same row of the same day again is a duplicate. */
export interface EarningsReporter {
  /** @throws {StoreUnavailable | StoreTimeout} send it again: what was recorded is not recorded twice */
  report(report: EarningsReport): Promise<readonly EarningsResult[]>;
}

export const EARNINGS_REPORTER = Symbol('EarningsReporter');
