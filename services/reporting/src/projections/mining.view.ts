import type { PayoutAccepted, PayoutHeld, PayoutReceived } from '@qazyna/contracts';
import type { RecordedEvent } from '@qazyna/event-store';
import type { ReadModelWriter } from '@qazyna/service-kit';
import { conflictRaised } from './intake.view.js';

export const MINING_SCHEMA = `
  CREATE TABLE payouts (
    payout_id TEXT PRIMARY KEY, pool TEXT NOT NULL, account TEXT NOT NULL, status TEXT NOT NULL, asset TEXT NOT NULL, amount TEXT NOT NULL,
    address TEXT NOT NULL, txid TEXT NOT NULL, licence_id TEXT, reasons TEXT NOT NULL DEFAULT '[]', credited INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX payouts_by_txid ON payouts (txid);
  CREATE TABLE payout_claims (asset TEXT NOT NULL, status TEXT NOT NULL, payouts INTEGER NOT NULL, amount TEXT NOT NULL, PRIMARY KEY (asset, status)) STRICT, WITHOUT ROWID;
`;

export function applyMiningEvent(db: ReadModelWriter, event: RecordedEvent): void {
  switch (event.type) {
    case 'mining.payout-received': {
      const { payoutId, claim } = event.data as unknown as PayoutReceived;
      const { pool, account, asset, amount, address, txid } = claim;
      db.run(`INSERT INTO payouts (payout_id, pool, account, status, asset, amount, address, txid) VALUES (?, ?, ?, 'received', ?, ?, ?, ?)`, payoutId, pool, account, asset, amount, address, txid);
      countClaim(db, asset, 'received', BigInt(amount), 1);
      return;
    }
    case 'mining.payout-accepted': {
      const { payoutId, licenceId } = event.data as unknown as PayoutAccepted;
      db.run('UPDATE payouts SET licence_id = ? WHERE payout_id = ?', licenceId, payoutId);
      setStatus(db, payoutId, 'accepted');
      return;
    }
    case 'mining.payout-held': {
      const { payoutId, reasons } = event.data as unknown as PayoutHeld;
      db.run('UPDATE payouts SET reasons = ? WHERE payout_id = ?', JSON.stringify(reasons), payoutId);
      setStatus(db, payoutId, 'held');
      return;
    }
    case 'mining.payout-rejected':
      setStatus(db, event.data['payoutId'] as string, 'rejected');
      return;
    case 'mining.conflict-raised':
      conflictRaised(db, event, 'mining-ingest');
  }
}

/**
 * Marks whether the journal credits a payout at this moment; while it does, it is no mere claim. A payout unknown here
 * cannot be: custody learns of it from the event that made its row.
 */
export function setCredited(db: ReadModelWriter, payoutId: string, credited: boolean): void {
  const row = db.get('SELECT asset, status, amount, credited FROM payouts WHERE payout_id = ?', payoutId);
  if (row === undefined || row['credited'] === (credited ? 1 : 0)) return;
  db.run('UPDATE payouts SET credited = ? WHERE payout_id = ?', credited ? 1 : 0, payoutId);
  countClaim(db, row['asset'] as string, row['status'] as string, BigInt(row['amount'] as string), credited ? -1 : 1);
}

function setStatus(db: ReadModelWriter, payoutId: string, status: string): void {
  const row = db.get('SELECT asset, status, amount, credited FROM payouts WHERE payout_id = ?', payoutId);
  if (row === undefined) throw new Error(`payout ${payoutId} was ${status} before it was received`);
  db.run('UPDATE payouts SET status = ? WHERE payout_id = ?', status, payoutId);
  if (row['credited'] === 1) return;
  const amount = BigInt(row['amount'] as string);
  countClaim(db, row['asset'] as string, row['status'] as string, amount, -1);
  countClaim(db, row['asset'] as string, status, amount, 1);
}

function countClaim(db: ReadModelWriter, asset: string, status: string, amount: bigint, times: 1 | -1): void {
  const row = db.get('SELECT payouts, amount FROM payout_claims WHERE asset = ? AND status = ?', asset, status);
  const total = BigInt((row?.['amount'] as string | undefined) ?? '0') + BigInt(times) * amount;
  db.run(
    'INSERT INTO payout_claims VALUES (?, ?, ?, ?) ON CONFLICT (asset, status) DO UPDATE SET payouts = payouts + excluded.payouts, amount = excluded.amount',
    asset, status, times, total.toString(),
  );
}
