import type { BlockConnected, ClaimDisputed, ClaimRegistered, DepositMatched } from '@qazyna/contracts';
import type { RecordedEvent } from '@qazyna/event-store';
import type { ReadModelWriter } from '@qazyna/service-kit';

/** `ready`: a block that was followed through holds its transaction, so every output of it that pays us is known. */
export const CLAIMS_SCHEMA = `
  CREATE TABLE claims (
    payout_id TEXT PRIMARY KEY, pool_account_id TEXT NOT NULL, licence_id TEXT NOT NULL, asset TEXT NOT NULL, amount TEXT NOT NULL, address TEXT NOT NULL,
    txid TEXT NOT NULL, output_index INTEGER, state TEXT NOT NULL, deposit_id TEXT, code TEXT, message TEXT, ready INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX claims_by_transaction ON claims (txid);
  CREATE INDEX claims_ready ON claims (ready) WHERE ready = 1;
`;

export function applyClaimEvent(db: ReadModelWriter, event: RecordedEvent): void {
  switch (event.type) {
    case 'custody.claim-registered': {
      const { payoutId, poolAccountId, licenceId, asset, amount, address, txid, outputIndex } = event.data as unknown as ClaimRegistered;
      db.run(
        `INSERT INTO claims (payout_id, pool_account_id, licence_id, asset, amount, address, txid, output_index, state, ready) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'waiting',
           EXISTS (SELECT 1 FROM deposits JOIN blocks ON blocks.height = deposits.height AND blocks.hash = deposits.block_hash WHERE deposits.txid = ?))`,
        payoutId, poolAccountId, licenceId, asset, amount, address, txid, outputIndex ?? null, txid,
      );
      return;
    }
    case 'custody.claim-disputed': {
      const { payoutId, code, message } = event.data as unknown as ClaimDisputed;
      db.run(`UPDATE claims SET state = 'disputed', code = ?, message = ?, ready = 0 WHERE payout_id = ?`, code, message, payoutId);
      return;
    }
    case 'custody.deposit-matched': {
      const { payoutId, depositId } = event.data as unknown as DepositMatched;
      db.run(`UPDATE claims SET state = 'matched', deposit_id = ?, ready = 0 WHERE payout_id = ?`, depositId, payoutId);
      return;
    }
    case 'custody.block-connected':
      db.run(
        `UPDATE claims SET ready = 1 WHERE state = 'waiting' AND txid IN (SELECT txid FROM deposits WHERE block_hash = ?)`,
        (event.data as unknown as BlockConnected).hash,
      );
  }
}
