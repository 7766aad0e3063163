import { Inject, Injectable } from '@nestjs/common';
import { Field, IdentifierField, type HoldReason, type PayoutClaim } from '@qazyna/contracts';
import type { ReadModelHost } from '@qazyna/service-kit';
import { MINING_READ_MODEL } from '../read-model.token.js';

export const PAYOUT_STATUSES = ['received', 'accepted', 'held', 'rejected'] as const;

/** Filters and paging of the list of payouts. */
export class PayoutQuery {
  @Field.oneOf(PAYOUT_STATUSES, { optional: true, description: 'Only payouts in this state' })
  status?: (typeof PAYOUT_STATUSES)[number];

  @Field.oneOf(PAYOUT_STATUSES, { optional: true, description: 'The same as `status`' })
  state?: (typeof PAYOUT_STATUSES)[number];

  @Field.text({ optional: true, max: 64, pattern: /^[a-z][a-z0-9-]*$/, patternMeans: 'a code such as licence-suspended', description: 'Only payouts that are or were held for this reason, by its code', example: 'licence-suspended' })
  reason?: string;

  @IdentifierField.pool({ optional: true })
  pool?: string;

  @IdentifierField.name({ optional: true, description: 'Account at the pool' })
  account?: string;

  @IdentifierField.name({ optional: true, description: 'Only payouts of accounts under this licence' })
  licenceId?: string;

  @IdentifierField.asset({ optional: true })
  asset?: string;

  @Field.instant({ optional: true, description: 'Only payouts that the pool paid at this moment or later' })
  paidFrom?: string;

  @Field.instant({ optional: true, description: 'Only payouts that the pool paid before this moment' })
  paidBefore?: string;

  @Field.text({ optional: true, max: 512, description: 'The `next` of the page before' })
  after?: string;

  @Field.text({ optional: true, max: 9, description: 'Most items of a page, up to 1,000 (default 100)' })
  limit?: string;
}

export interface ListedPayout {
  readonly payoutId: string;
  readonly sequence: string;
  readonly status: string;
  readonly claim: PayoutClaim;
  readonly way: string;
  readonly statementSha256: string | null;
  readonly licenceId: string | null;
  readonly reasons: readonly HoldReason[];
  readonly decision: string | null;
  readonly receivedAt: string;
  readonly changedAt: string;
}

const COLUMNS = `payout_id AS payoutId, sequence, status, claim, way, statement_sha256 AS statementSha256, licence_id AS licenceId,
  reasons, decision, received_at AS receivedAt, changed_at AS changedAt`;

@Injectable()
export class PayoutList {
  constructor(@Inject(MINING_READ_MODEL) private readonly model: ReadModelHost) {}

  /** In order of receipt, from after the cursor's sequence. */
  page({ status, state, reason, pool, account, licenceId, asset, paidFrom, paidBefore }: PayoutQuery, after: string | undefined, limit: number): ListedPayout[] {
    const moment = (time: string | undefined): string | undefined => (time === undefined ? undefined : new Date(Date.parse(time)).toISOString());
    const filters: [string, string | undefined][] = [
      ['sequence > ?', after],
      ['status = ?', status],
      ['status = ?', state],
      ['sequence IN (SELECT sequence FROM payout_reasons WHERE code = ?)', reason],
      ['pool = ?', pool],
      ['account = ?', account],
      ['licence_id = ?', licenceId],
      ['asset = ?', asset],
      ['paid_at >= ?', moment(paidFrom)],
      ['paid_at < ?', moment(paidBefore)],
    ];
    const used = filters.filter((filter): filter is [string, string] => filter[1] !== undefined);
    const where = used.length === 0 ? '' : `WHERE ${used.map(([condition]) => condition).join(' AND ')}`;
    const rows = this.model.db.prepare(`SELECT ${COLUMNS} FROM payouts ${where} ORDER BY sequence LIMIT ?`).all(...used.map(([, value]) => value), limit);
    return rows.map((row) => listed(row as unknown as Row));
  }

  one(payoutId: string): ListedPayout | undefined {
    const row = this.model.db.prepare(`SELECT ${COLUMNS} FROM payouts WHERE payout_id = ?`).get(payoutId);
    return row === undefined ? undefined : listed(row as unknown as Row);
  }
}

type Row = Omit<ListedPayout, 'claim' | 'reasons'> & { readonly claim: string; readonly reasons: string };

function listed(row: Row): ListedPayout {
  return { ...row, claim: JSON.parse(row.claim) as PayoutClaim, reasons: JSON.parse(row.reasons) as HoldReason[] };
}
