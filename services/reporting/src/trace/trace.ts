import type { AssetLocation, HoldReason, JournalEntryPosted, LegalDocument } from '@qazyna/contracts';
import type { AsOf } from '../holdings/holdings.js';

export const TRACE_KINDS = ['case', 'payout', 'entry', 'txid'] as const;
export type TraceKind = (typeof TRACE_KINDS)[number];

/** Most deposits and entries of one trace; a case with more is paged through the journal. */
export const TRACE_ROWS_MAX = 1000;

export interface TracedDeposit {
  readonly depositId: string;
  readonly txid: string;
  readonly vaultId: string;
  readonly address: string;
  readonly asset: string;
  readonly baseUnits: string;
  readonly state: string;
  readonly height: number;
  readonly blockHash: string;
  readonly purpose: { readonly kind: string; readonly id: string };
  readonly payoutId: string | null;
}

export interface TracedEntry extends JournalEntryPosted {
  /** Its number in the journal. */
  readonly number: string;
  readonly recordedAt: string;
}

/** Where the traced coins stand in the public figures now. */
export interface TracedFigure {
  readonly class: string;
  readonly account: string;
  readonly asset: string;
  /** What the traced entries together put there. */
  readonly baseUnits: string;
  readonly coins: string;
  readonly holdings: string;
}

export interface TracedAct {
  readonly act: string;
  readonly legalStatus: string;
  readonly effectiveAt: string;
  readonly document: LegalDocument;
  readonly factId: string;
}

/** What an agency announced: a claim, and the law's acts over it. */
export interface TracedCase {
  readonly caseId: string;
  readonly agency: string;
  readonly caseNumber: string;
  readonly legalStatus: string;
  readonly effectiveAt: string;
  readonly acts: readonly TracedAct[];
  readonly claimedAssets: readonly { readonly asset: string; readonly baseUnits: string; readonly location: AssetLocation }[];
}

/** What a pool announced. */
export interface TracedPayout {
  readonly payoutId: string;
  readonly pool: string;
  readonly account: string;
  readonly status: string;
  readonly asset: string;
  readonly baseUnits: string;
  readonly address: string;
  readonly txid: string;
  readonly licenceId: string | null;
  readonly reasons: readonly HoldReason[];
  /** Whether the journal credits it at this moment. */
  readonly credited: boolean;
}

export interface Trace {
  readonly subject: { readonly kind: TraceKind; readonly id: string };
  readonly asOf: AsOf;
  readonly cases: readonly TracedCase[];
  readonly payouts: readonly TracedPayout[];
  readonly deposits: readonly TracedDeposit[];
  readonly entries: readonly TracedEntry[];
  readonly figures: readonly TracedFigure[];
  /** True when there is more than a trace shows. */
  readonly truncated: boolean;
}
