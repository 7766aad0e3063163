import type { AssetLocation, ExactShare, HoldReason, JournalEntryPosted, LegalDocument } from '@qazyna/contracts';
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
  readonly factId: string;
  readonly act: string;
  /** `applied`, `held` (it waits for `waitsFor`), or `overtaken` (annulled, or passed by: `code` and `message`). */
  readonly state: string;
  readonly effectiveAt: string;
  readonly document: LegalDocument;
  /** Assets it names; absent: all that were reported by then. */
  readonly assetIds?: readonly string[];
  /** Of a correction: the fact it corrects. */
  readonly corrects?: string;
  readonly annuls?: boolean;
  readonly waitsFor?: string;
  readonly code?: string;
  readonly message?: string;
}

/** An asset of a case as it stands. Of where it is no more than is public: no address, account or evidence reference. */
export interface TracedAsset {
  readonly assetId: string;
  readonly asset: string;
  readonly baseUnits: string;
  readonly location: Pick<AssetLocation, 'kind' | 'exchange' | 'make' | 'model' | 'fund'>;
  readonly parts: readonly { readonly legalStatus: string; readonly share: ExactShare }[];
}

/** What an agency announced: a claim, and the law's acts over it, in the order of their effect. */
export interface TracedCase {
  readonly caseId: string;
  readonly agency: string;
  readonly caseNumber: string;
  readonly legalStatus: string;
  readonly effectiveAt: string;
  readonly acts: readonly TracedAct[];
  readonly claimedAssets: readonly TracedAsset[];
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
