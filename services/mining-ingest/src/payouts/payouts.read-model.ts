import type { LicenceIssued, PayoutAccepted, PayoutHeld, PayoutReceived, PayoutRejected, PoolAccountRegistered } from '@qazyna/contracts';
import type { ReadModelDefinition } from '@qazyna/service-kit';

/** Lists of licences, pool accounts and payouts: disposable, rebuilt from the streams when this version changes. */
export const miningReadModel: ReadModelDefinition = {
  name: 'mining-ingest',
  version: 1,
  streamPrefixes: ['licence-', 'pool-account-', 'payout-'],
  schema: `
    CREATE TABLE licences (licence_id TEXT PRIMARY KEY, kind TEXT NOT NULL, holder TEXT NOT NULL, valid_from TEXT NOT NULL, valid_until TEXT) STRICT;
    CREATE TABLE pool_accounts (
      pool_account_id TEXT PRIMARY KEY, pool TEXT NOT NULL, account TEXT NOT NULL, licence_id TEXT NOT NULL, network TEXT NOT NULL,
      asset TEXT NOT NULL, payout_address TEXT NOT NULL
    ) STRICT;
    CREATE TABLE payouts (
      payout_id TEXT PRIMARY KEY, sequence TEXT NOT NULL UNIQUE, pool TEXT NOT NULL, account TEXT NOT NULL, status TEXT NOT NULL, claim TEXT NOT NULL,
      way TEXT NOT NULL, statement_sha256 TEXT, licence_id TEXT, reasons TEXT NOT NULL DEFAULT '[]', decision TEXT,
      received_at TEXT NOT NULL, changed_at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX payouts_by_status ON payouts (status, sequence);
    CREATE INDEX payouts_by_account ON payouts (pool, account, sequence);
  `,
  apply(db, event) {
    const at = event.recordedAt.toISOString();
    switch (event.type) {
      case 'mining.licence-issued': {
        const { licenceId, kind, holder, validFrom, validUntil } = event.data as unknown as LicenceIssued;
        db.run('INSERT INTO licences VALUES (?, ?, ?, ?, ?)', licenceId, kind, holder, validFrom, validUntil ?? null);
        return;
      }
      case 'mining.pool-account-registered': {
        const { poolAccountId, pool, account, licenceId, network, asset, payoutAddress } = event.data as unknown as PoolAccountRegistered;
        db.run('INSERT INTO pool_accounts VALUES (?, ?, ?, ?, ?, ?, ?)', poolAccountId, pool, account, licenceId, network, asset, payoutAddress);
        return;
      }
      case 'mining.payout-received': {
        const { payoutId, claim, way, statementSha256 } = event.data as unknown as PayoutReceived;
        db.run(
          `INSERT INTO payouts (payout_id, sequence, pool, account, status, claim, way, statement_sha256, received_at, changed_at) VALUES (?, ?, ?, ?, 'received', ?, ?, ?, ?, ?)`,
          payoutId, event.position, claim.pool, claim.account, JSON.stringify(claim), way, statementSha256 ?? null, at, at,
        );
        return;
      }
      case 'mining.payout-accepted': {
        const { payoutId, licenceId } = event.data as unknown as PayoutAccepted;
        db.run(`UPDATE payouts SET status = 'accepted', licence_id = ?, changed_at = ? WHERE payout_id = ?`, licenceId, at, payoutId);
        return;
      }
      case 'mining.payout-held': {
        const { payoutId, reasons } = event.data as unknown as PayoutHeld;
        db.run(`UPDATE payouts SET status = 'held', reasons = ?, changed_at = ? WHERE payout_id = ?`, JSON.stringify(reasons), at, payoutId);
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
