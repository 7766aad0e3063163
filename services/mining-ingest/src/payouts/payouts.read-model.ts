import type { PayoutAccepted, PayoutDetailsAdded, PayoutHeld, PayoutReceived, PayoutRejected, PoolAccountRegistered } from '@qazyna/contracts';
import type { ReadModelDefinition } from '@qazyna/service-kit';
import { detailsOf } from './payout.js';

/** The list of payouts: disposable, rebuilt from the streams when this version changes. */
export const miningReadModel: ReadModelDefinition = {
  name: 'mining-ingest',
  version: 4,
  streamPrefixes: ['pool-account-', 'payout-'],
  schema: `
    CREATE TABLE account_licences (pool TEXT NOT NULL, account TEXT NOT NULL, licence_id TEXT NOT NULL, PRIMARY KEY (pool, account)) STRICT, WITHOUT ROWID;
    CREATE TABLE payouts (
      payout_id TEXT PRIMARY KEY, sequence TEXT NOT NULL UNIQUE, pool TEXT NOT NULL, account TEXT NOT NULL, status TEXT NOT NULL, claim TEXT NOT NULL,
      way TEXT NOT NULL, statement_sha256 TEXT, licence_id TEXT, asset TEXT NOT NULL, paid_at TEXT NOT NULL, reasons TEXT NOT NULL DEFAULT '[]', decision TEXT,
      received_at TEXT NOT NULL, changed_at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX payouts_by_status ON payouts (status, sequence);
    CREATE INDEX payouts_by_account ON payouts (pool, account, sequence);
    CREATE INDEX payouts_by_payment ON payouts (pool, account, paid_at);
    CREATE INDEX payouts_by_licence ON payouts (licence_id, sequence);
    CREATE TABLE payout_reasons (code TEXT NOT NULL, sequence TEXT NOT NULL, PRIMARY KEY (code, sequence)) STRICT, WITHOUT ROWID;
  `,
  apply(db, event) {
    const at = event.recordedAt.toISOString();
    switch (event.type) {
      case 'mining.pool-account-registered': {
        const { pool, account, licenceId } = event.data as unknown as PoolAccountRegistered;
        db.run('INSERT INTO account_licences VALUES (?, ?, ?)', pool, account, licenceId);
        // What came before its account was registered finds its licence now.
        db.run('UPDATE payouts SET licence_id = ? WHERE pool = ? AND account = ? AND licence_id IS NULL', licenceId, pool, account);
        return;
      }
      case 'mining.payout-received': {
        const { payoutId, claim, way, statementSha256 } = event.data as unknown as PayoutReceived;
        const licence = db.get('SELECT licence_id FROM account_licences WHERE pool = ? AND account = ?', claim.pool, claim.account);
        db.run(
          `INSERT INTO payouts (payout_id, sequence, pool, account, status, claim, way, statement_sha256, licence_id, asset, paid_at, received_at, changed_at)
           VALUES (?, ?, ?, ?, 'received', ?, ?, ?, ?, ?, ?, ?, ?)`,
          payoutId, event.position, claim.pool, claim.account, JSON.stringify(claim), way, statementSha256 ?? null, (licence?.['licence_id'] as string | undefined) ?? null,
          claim.asset, new Date(Date.parse(claim.paidAt)).toISOString(), at, at,
        );
        return;
      }
      case 'mining.payout-details-added': {
        const added = event.data as unknown as PayoutDetailsAdded;
        db.run('UPDATE payouts SET claim = json_patch(claim, ?), changed_at = ? WHERE payout_id = ?', JSON.stringify(detailsOf(added)), at, added.payoutId);
        return;
      }
      case 'mining.payout-accepted': {
        const { payoutId, licenceId, release } = event.data as unknown as PayoutAccepted;
        db.run(`UPDATE payouts SET status = 'accepted', licence_id = ?, decision = ?, changed_at = ? WHERE payout_id = ?`, licenceId, release?.reason ?? null, at, payoutId);
        return;
      }
      case 'mining.payout-held': {
        const { payoutId, reasons } = event.data as unknown as PayoutHeld;
        db.run(`UPDATE payouts SET status = 'held', reasons = ?, changed_at = ? WHERE payout_id = ?`, JSON.stringify(reasons), at, payoutId);
        const sequence = db.get('SELECT sequence FROM payouts WHERE payout_id = ?', payoutId)?.['sequence'] as string;
        for (const { code } of reasons) db.run('INSERT OR IGNORE INTO payout_reasons VALUES (?, ?)', code, sequence);
        return;
      }
      case 'mining.payout-rejected': {
        const { payoutId, reason } = event.data as unknown as PayoutRejected;
        db.run(`UPDATE payouts SET status = 'rejected', decision = ?, changed_at = ? WHERE payout_id = ?`, reason, at, payoutId);
        return;
      }
    }
  },
};
