import { Inject, Injectable } from '@nestjs/common';
import type { ReadModelHost } from '@qazyna/service-kit';
import { CUSTODY_READ_MODEL } from '../custody.tokens.js';
import { confirmationsAt } from './confirmations.js';
import type { DepositQuery } from './deposits.dto.js';

export interface ListedDeposit {
  readonly depositId: string;
  readonly txid: string;
  readonly vout: number;
  /** `taken-back`: its block left the chain; it is chased until it is back. */
  readonly state: 'seen' | 'confirmed' | 'taken-back';
  readonly vaultId: string;
  readonly address: string;
  readonly asset: string;
  readonly amount: string;
  readonly height: number;
  readonly blockHash: string;
  readonly blockTime: string;
  readonly confirmations: number;
  readonly coinbase: boolean;
  readonly purpose: { readonly kind: string; readonly id: string; readonly assetId?: string };
  readonly payoutId: string | null;
  /** The transaction that spent it without an approval. */
  readonly spentBy: string | null;
  /** Why the coins are in the vault and credited to nobody: the code of the screening; null when it does not hold them. */
  readonly heldForScreening: string | null;
  readonly sequence: string;
}

const COLUMNS = `deposit_id AS depositId, txid, vout, state, vault_id AS vaultId, address, asset, amount, height, block_hash AS blockHash, block_time AS blockTime,
  coinbase, purpose_kind AS purposeKind, purpose_id AS purposeId, purpose_asset_id AS purposeAssetId, payout_id AS payoutId, spent_by AS spentBy, hold_code AS heldForScreening, sequence`;

@Injectable()
export class DepositList {
  constructor(@Inject(CUSTODY_READ_MODEL) private readonly model: ReadModelHost) {}

  page(query: DepositQuery, after: string | undefined, limit: number): ListedDeposit[] {
    const filters: [string, string | undefined][] = [
      ['sequence > ?', after],
      ['state = ?', query.state],
      ['vault_id = ?', query.vault],
      [`purpose_kind = 'case' AND purpose_id = ?`, query.case],
      ['payout_id = ?', query.payout],
      ['txid = ?', query.txid],
    ];
    const used = filters.filter((filter): filter is [string, string] => filter[1] !== undefined);
    const conditions = [...used.map(([condition]) => condition), ...(query.held === 'yes' ? ['held = 1'] : [])];
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    const rows = this.model.db.prepare(`SELECT ${COLUMNS} FROM deposits ${where} ORDER BY sequence LIMIT ?`).all(...used.map(([, value]) => value), limit);
    const tip = (this.model.db.prepare('SELECT max(height) AS height FROM blocks').get()?.['height'] ?? -1) as number;
    return rows.map(({ coinbase, purposeKind, purposeId, purposeAssetId, ...row }) => ({
      ...(row as unknown as ListedDeposit),
      coinbase: coinbase === 1,
      purpose: { kind: purposeKind as string, id: purposeId as string, ...(purposeAssetId === null ? {} : { assetId: purposeAssetId as string }) },
      confirmations: row['state'] === 'taken-back' ? 0 : confirmationsAt(row['height'] as number, tip),
    }));
  }
}
