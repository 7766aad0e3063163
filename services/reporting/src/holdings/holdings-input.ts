import type { AssetPart } from '@qazyna/contracts';
import { findAsset } from '@qazyna/ledger';
import type { ClaimedAsset } from './claims.js';
import type { HoldingsInput } from './holdings.js';

/** A row of a table of the view, or what it was at an earlier time; every column as text. */
export type FigureRow = Readonly<Record<string, string | null>>;
export type FigureTable = 'balances' | 'controlled' | 'case_assets' | 'issuer_freezes' | 'payout_claims';

/** The view as it stands, or as it stood. */
export interface FigureRows {
  rows(table: FigureTable): readonly FigureRow[];
  legalStatusOf(caseId: string): string | undefined;
  tierOf(vaultId: string): string | undefined;
}

export function holdingsInput(view: FigureRows): HoldingsInput {
  return {
    balances: view.rows('balances').map((row) => ({ account: text(row, 'account'), asset: text(row, 'asset'), amount: amountOf(row) })),
    assets: findAsset,
    legalStatusOf: (caseId) => view.legalStatusOf(caseId),
    tierOf: (vaultId) => view.tierOf(vaultId),
    claimedAssets: claimedAssets(view),
    controlled: view.rows('controlled').map((row) => ({ caseId: text(row, 'case_id'), assetId: text(row, 'asset_id') || undefined, asset: text(row, 'asset'), amount: amountOf(row) })),
    payoutClaims: view.rows('payout_claims').map((row) => ({ asset: text(row, 'asset'), status: text(row, 'status'), payouts: Number.parseInt(text(row, 'payouts'), 10), amount: amountOf(row) })),
  };
}

function claimedAssets(view: FigureRows): ClaimedAsset[] {
  const keyOf = (row: FigureRow): string => JSON.stringify([row['case_id'], row['asset_id']]);
  const frozen = new Set(view.rows('issuer_freezes').map(keyOf));
  return view.rows('case_assets').map((row) => ({
    caseId: text(row, 'case_id'),
    assetId: text(row, 'asset_id'),
    asset: text(row, 'asset'),
    amount: amountOf(row),
    location: JSON.parse(text(row, 'location')) as ClaimedAsset['location'],
    parts: (JSON.parse(text(row, 'parts')) as Pick<AssetPart, 'legalStatus' | 'share'>[]).map(({ legalStatus, share }) => ({ legalStatus, numerator: BigInt(share.numerator), denominator: BigInt(share.denominator) })),
    frozenByIssuer: frozen.has(keyOf(row)),
    inherited: row['inherited'] !== null,
  }));
}

function amountOf(row: FigureRow): bigint {
  return BigInt(text(row, 'amount'));
}

function text(row: FigureRow, column: string): string {
  return row[column] ?? '';
}
