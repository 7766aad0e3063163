import type { CampaignOpened, DonationAccepted, DonationDecided, DonationHeld, DonationReported, PurchaseFilled, PurchaseOrdered, PurchasePartDecided, PurchasePartHeld, PurchaseSettled } from '@qazyna/contracts';
import type { RecordedEvent } from '@qazyna/event-store';
import type { ReadModelDefinition, ReadModelWriter } from '@qazyna/service-kit';

/** Lists of orders, their parts, campaigns and gifts: disposable, rebuilt from the streams when this version changes. */
export const acquisitionsReadModel: ReadModelDefinition = {
  name: 'intake-acquisitions',
  version: 1,
  streamPrefixes: ['purchase-', 'campaign-', 'donation-'],
  schema: `
    CREATE TABLE purchases (
      order_id TEXT PRIMARY KEY, agency TEXT NOT NULL, asset TEXT, amount TEXT, currency TEXT, limit_price TEXT, venue TEXT, mandate TEXT,
      ordered_at TEXT, filled TEXT NOT NULL DEFAULT '0', settled TEXT NOT NULL DEFAULT '0', held INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE TABLE purchase_parts (
      order_id TEXT NOT NULL, part_id TEXT NOT NULL, status TEXT NOT NULL, code TEXT, message TEXT, reason TEXT, detail TEXT NOT NULL, recorded_at TEXT NOT NULL, position TEXT NOT NULL,
      PRIMARY KEY (order_id, part_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX purchase_parts_held ON purchase_parts (position) WHERE status = 'held';
    CREATE TABLE campaigns (campaign_id TEXT PRIMARY KEY, agency TEXT NOT NULL, purpose TEXT, opens_at TEXT NOT NULL, ends_at TEXT, detail TEXT NOT NULL) STRICT;
    CREATE TABLE donations (
      position TEXT NOT NULL UNIQUE, donation_id TEXT PRIMARY KEY, campaign_id TEXT NOT NULL, asset TEXT NOT NULL, amount TEXT NOT NULL, address TEXT NOT NULL, sender TEXT,
      txid TEXT NOT NULL, output_index INTEGER NOT NULL, received_at TEXT NOT NULL, status TEXT NOT NULL, code TEXT, message TEXT, reason TEXT
    ) STRICT;
    CREATE INDEX donations_by_campaign ON donations (campaign_id, position);
    CREATE INDEX donations_by_status ON donations (status, position);
  `,
  apply(db, event) {
    switch (event.type) {
      case 'intake.purchase-ordered':
        return ordered(db, event.data as unknown as PurchaseOrdered);
      case 'intake.purchase-filled': {
        const fill = event.data as unknown as PurchaseFilled;
        part(db, event, fill.orderId, `fill:${fill.fillId}`, fill);
        db.run('UPDATE purchases SET filled = ? WHERE order_id = ?', fill.filled, fill.orderId);
        return;
      }
      case 'intake.purchase-settled': {
        const settlement = event.data as unknown as PurchaseSettled;
        part(db, event, settlement.orderId, `settlement:${settlement.settlementId}`, settlement);
        db.run('UPDATE purchases SET settled = ? WHERE order_id = ?', settlement.settled, settlement.orderId);
        return;
      }
      case 'intake.purchase-part-held':
        return partHeld(db, event, event.data as unknown as PurchasePartHeld);
      case 'intake.purchase-part-decided':
        return partDecided(db, event.data as unknown as PurchasePartDecided);
      case 'intake.campaign-opened': {
        const campaign = event.data as unknown as CampaignOpened;
        const { campaignId, agency, purpose, opensAt, endsAt } = campaign;
        db.run('INSERT INTO campaigns VALUES (?, ?, ?, ?, ?, ?)', campaignId, agency, purpose ?? null, opensAt, endsAt ?? null, JSON.stringify(campaign));
        return;
      }
      default:
        return applyDonation(db, event);
    }
  },
};

function applyDonation(db: ReadModelWriter, event: RecordedEvent): void {
  switch (event.type) {
    case 'intake.donation-reported': {
      const { donationId, campaignId, asset, amount, address, sender, txid, outputIndex, receivedAt } = event.data as unknown as DonationReported;
      db.run(
        `INSERT INTO donations (position, donation_id, campaign_id, asset, amount, address, sender, txid, output_index, received_at, status) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'reported')`,
        event.position, donationId, campaignId, asset, amount, address, sender ?? null, txid, outputIndex, receivedAt,
      );
      return;
    }
    case 'intake.donation-accepted':
      db.run(`UPDATE donations SET status = 'accepted' WHERE donation_id = ?`, (event.data as unknown as DonationAccepted).donationId);
      return;
    case 'intake.donation-held': {
      const { donationId, code, message } = event.data as unknown as DonationHeld;
      db.run(`UPDATE donations SET status = 'held', code = ?, message = ? WHERE donation_id = ?`, code, message, donationId);
      return;
    }
    case 'intake.donation-decided': {
      const { donationId, decision, reason } = event.data as unknown as DonationDecided;
      db.run(`UPDATE donations SET status = CASE WHEN ? = 'reject' THEN 'rejected' ELSE status END, reason = ? WHERE donation_id = ?`, decision, reason, donationId);
    }
  }
}

function ordered(db: ReadModelWriter, { orderId, agency, asset, amount, currency, limitPrice, venue, mandate, orderedAt }: PurchaseOrdered): void {
  db.run(
    `INSERT INTO purchases (order_id, agency, asset, amount, currency, limit_price, venue, mandate, ordered_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (order_id) DO UPDATE SET agency = excluded.agency, asset = excluded.asset, amount = excluded.amount, currency = excluded.currency, limit_price = excluded.limit_price,
       venue = excluded.venue, mandate = excluded.mandate, ordered_at = excluded.ordered_at`,
    orderId, agency, asset, amount, currency, limitPrice ?? null, venue ?? null, mandate ?? null, orderedAt,
  );
}

function part(db: ReadModelWriter, event: RecordedEvent, orderId: string, partId: string, detail: object): void {
  db.run(
    `INSERT INTO purchase_parts (order_id, part_id, status, detail, recorded_at, position) VALUES (?, ?, 'counted', ?, ?, ?)
     ON CONFLICT (order_id, part_id) DO UPDATE SET status = 'counted', detail = excluded.detail, recorded_at = excluded.recorded_at, position = excluded.position`,
    orderId, partId, JSON.stringify(detail), event.recordedAt.toISOString(), event.position,
  );
  countHeld(db, orderId);
}

function partHeld(db: ReadModelWriter, event: RecordedEvent, { orderId, partId, agency, code, message, fill, settlement }: PurchasePartHeld): void {
  db.run('INSERT INTO purchases (order_id, agency) VALUES (?, ?) ON CONFLICT (order_id) DO NOTHING', orderId, agency);
  db.run(
    `INSERT INTO purchase_parts (order_id, part_id, status, code, message, detail, recorded_at, position) VALUES (?, ?, 'held', ?, ?, ?, ?, ?)
     ON CONFLICT (order_id, part_id) DO UPDATE SET code = excluded.code, message = excluded.message, recorded_at = excluded.recorded_at, position = excluded.position`,
    orderId, partId, code, message, JSON.stringify(fill ?? settlement), event.recordedAt.toISOString(), event.position,
  );
  countHeld(db, orderId);
}

function partDecided(db: ReadModelWriter, { orderId, partId, decision, reason }: PurchasePartDecided): void {
  db.run(`UPDATE purchase_parts SET status = CASE WHEN ? = 'reject' THEN 'rejected' ELSE status END, reason = ? WHERE order_id = ? AND part_id = ?`, decision, reason, orderId, partId);
  countHeld(db, orderId);
}

function countHeld(db: ReadModelWriter, orderId: string): void {
  db.run(`UPDATE purchases SET held = (SELECT count(*) FROM purchase_parts WHERE purchase_parts.order_id = purchases.order_id AND status = 'held') WHERE order_id = ?`, orderId);
}
