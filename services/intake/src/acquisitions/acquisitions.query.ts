import { Inject, Injectable } from '@nestjs/common';
import { Field, IdentifierField } from '@qazyna/contracts';
import type { ReadModelHost } from '@qazyna/service-kit';
import { ACQUISITIONS_READ_MODEL } from '../read-model.token.js';

export const DONATION_STATUSES = ['accepted', 'held', 'rejected'] as const;

class AcquisitionPage {
  @Field.text({ optional: true, max: 512, description: 'The `next` of the page before' })
  after?: string;

  @Field.text({ optional: true, max: 9, description: 'Most items of a page, up to 1,000 (default 100)' })
  limit?: string;
}

export class CampaignQuery extends AcquisitionPage {}

export class PurchaseQuery extends AcquisitionPage {
  @Field.oneOf(['yes'], { optional: true, description: 'Only orders with a fill or settlement that is held' })
  held?: 'yes';

  @IdentifierField.agency({ optional: true })
  agency?: string;
}

export class DonationQuery extends AcquisitionPage {
  @Field.oneOf(DONATION_STATUSES, { optional: true, description: 'Only gifts in this state' })
  status?: (typeof DONATION_STATUSES)[number];

  @IdentifierField.name({ optional: true, description: 'Only gifts to this campaign' })
  campaign?: string;
}

export interface ListedPurchase {
  readonly orderId: string;
  readonly agency: string;
  /** Null, as the rest, while only parts that wait have arrived. */
  readonly asset: string | null;
  readonly amount: string | null;
  readonly currency: string | null;
  readonly limitPrice: string | null;
  readonly venue: string | null;
  readonly mandate: string | null;
  readonly orderedAt: string | null;
  readonly filled: string;
  /** Announced as delivered; what arrived is in the journal. */
  readonly settled: string;
  readonly held: number;
}

export interface PurchaseHistory extends ListedPurchase {
  readonly parts: readonly { readonly partId: string; readonly status: string; readonly code: string | null; readonly message: string | null; readonly reason: string | null; readonly recordedAt: string; readonly detail: unknown }[];
}

export interface ListedCampaign {
  readonly campaignId: string;
  readonly agency: string;
  readonly addresses: readonly { readonly asset: string; readonly address: string }[];
  readonly purpose?: string;
  readonly opensAt: string;
  readonly endsAt?: string;
}

export interface ListedDonation {
  readonly position: string;
  readonly donationId: string;
  readonly campaignId: string;
  readonly asset: string;
  readonly amount: string;
  readonly address: string;
  readonly sender: string | null;
  readonly txid: string;
  readonly outputIndex: number;
  readonly receivedAt: string;
  readonly status: string;
  readonly code: string | null;
  readonly message: string | null;
  readonly reason: string | null;
}

const PURCHASE = `order_id AS orderId, agency, asset, amount, currency, limit_price AS limitPrice, venue, mandate, ordered_at AS orderedAt, filled, settled, held`;
const DONATION = `position, donation_id AS donationId, campaign_id AS campaignId, asset, amount, address, sender, txid, output_index AS outputIndex, received_at AS receivedAt, status, code, message, reason`;

@Injectable()
export class AcquisitionList {
  constructor(@Inject(ACQUISITIONS_READ_MODEL) private readonly model: ReadModelHost) {}

  purchases({ held, agency }: PurchaseQuery, after: string | undefined, limit: number): ListedPurchase[] {
    return this.rows<ListedPurchase>(`SELECT ${PURCHASE} FROM purchases`, [['order_id > ?', after], ['agency = ?', agency]], held === 'yes' ? ['held > 0'] : [], 'order_id', limit);
  }

  purchase(orderId: string): PurchaseHistory | undefined {
    const found = this.model.db.prepare(`SELECT ${PURCHASE} FROM purchases WHERE order_id = ?`).get(orderId);
    if (found === undefined) return undefined;
    const parts = this.model.db
      .prepare('SELECT part_id AS partId, status, code, message, reason, recorded_at AS recordedAt, detail FROM purchase_parts WHERE order_id = ? ORDER BY position')
      .all(orderId)
      .map((row) => ({ ...row, detail: JSON.parse(row['detail'] as string) as unknown }));
    return { ...(found as unknown as ListedPurchase), parts: parts as unknown as PurchaseHistory['parts'] };
  }

  campaigns(after: string | undefined, limit: number): ListedCampaign[] {
    return this.rows<{ readonly detail: string }>('SELECT detail FROM campaigns', [['campaign_id > ?', after]], [], 'campaign_id', limit).map(({ detail }) => {
      const { campaignId, agency, addresses, purpose, opensAt, endsAt } = JSON.parse(detail) as ListedCampaign;
      return { campaignId, agency, addresses, ...(purpose === undefined ? {} : { purpose }), opensAt, ...(endsAt === undefined ? {} : { endsAt }) };
    });
  }

  donations({ status, campaign }: DonationQuery, after: string | undefined, limit: number): ListedDonation[] {
    return this.rows<ListedDonation>(`SELECT ${DONATION} FROM donations`, [['position > ?', after], ['status = ?', status], ['campaign_id = ?', campaign]], [], 'position', limit);
  }

  private rows<T>(select: string, filters: readonly [string, string | undefined][], fixed: readonly string[], order: string, limit: number): T[] {
    const used = filters.filter((filter): filter is [string, string] => filter[1] !== undefined);
    const conditions = [...used.map(([condition]) => condition), ...fixed];
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    return this.model.db.prepare(`${select} ${where} ORDER BY ${order} LIMIT ?`).all(...used.map(([, value]) => value), limit) as unknown as T[];
  }
}
