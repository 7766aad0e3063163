import type { BlockConnected, BlockDisconnected, DepositConfirmed, DepositMatched, DepositSeen, DepositTakenBack, UnapprovedSpendDetected, VaultRegistered } from '@qazyna/contracts';
import type { RecordedEvent } from '@qazyna/event-store';
import type { ReadModelWriter } from '@qazyna/service-kit';

export const CUSTODY_SCHEMA = `
  CREATE TABLE vaults (vault_id TEXT PRIMARY KEY, class TEXT NOT NULL, tier TEXT NOT NULL, network TEXT NOT NULL, asset TEXT NOT NULL) STRICT;
  CREATE TABLE deposits (
    deposit_id TEXT PRIMARY KEY, txid TEXT NOT NULL, vault_id TEXT NOT NULL, address TEXT NOT NULL, asset TEXT NOT NULL, amount TEXT NOT NULL,
    state TEXT NOT NULL, height INTEGER NOT NULL, block_hash TEXT NOT NULL, purpose_kind TEXT NOT NULL, purpose_id TEXT NOT NULL, purpose_asset_id TEXT, payout_id TEXT
  ) STRICT;
  CREATE INDEX deposits_by_txid ON deposits (txid);
  CREATE INDEX deposits_by_purpose ON deposits (purpose_kind, purpose_id);
  CREATE INDEX deposits_by_payout ON deposits (payout_id);
  CREATE TABLE blocks (network TEXT NOT NULL, height INTEGER NOT NULL, hash TEXT NOT NULL, time TEXT NOT NULL, PRIMARY KEY (network, height)) STRICT, WITHOUT ROWID;
`;

export function applyCustodyEvent(db: ReadModelWriter, event: RecordedEvent): void {
  switch (event.type) {
    case 'custody.vault-registered': {
      const vault = event.data as unknown as VaultRegistered;
      db.run('INSERT INTO vaults VALUES (?, ?, ?, ?, ?)', vault.vaultId, vault.class, vault.tier, vault.network, vault.asset);
      return;
    }
    case 'custody.deposit-seen':
      return depositSeen(db, event.data as unknown as DepositSeen);
    case 'custody.deposit-confirmed':
      return setState(db, (event.data as unknown as DepositConfirmed).depositId, 'confirmed');
    case 'custody.deposit-taken-back':
      return setState(db, (event.data as unknown as DepositTakenBack).depositId, 'taken-back');
    case 'custody.unapproved-spend-detected':
      return setState(db, (event.data as unknown as UnapprovedSpendDetected).depositId, 'spent-without-approval');
    case 'custody.deposit-matched': {
      const { depositId, payoutId } = event.data as unknown as DepositMatched;
      db.run('UPDATE deposits SET payout_id = ? WHERE deposit_id = ?', payoutId, depositId);
      return;
    }
    case 'custody.block-connected': {
      const { network, height, hash, time } = event.data as unknown as BlockConnected;
      db.run('INSERT OR REPLACE INTO blocks VALUES (?, ?, ?, ?)', network, height, hash, time);
      return;
    }
    case 'custody.block-disconnected': {
      const { network, height } = event.data as unknown as BlockDisconnected;
      db.run('DELETE FROM blocks WHERE network = ? AND height >= ?', network, height);
    }
  }
}

function depositSeen(db: ReadModelWriter, { depositId, vaultId, address, asset, amount, height, blockHash, purpose }: DepositSeen): void {
  const [txid = depositId] = depositId.split('.');
  db.run(
    `INSERT INTO deposits VALUES (?, ?, ?, ?, ?, ?, 'seen', ?, ?, ?, ?, ?, NULL)
     ON CONFLICT (deposit_id) DO UPDATE SET state = 'seen', height = excluded.height, block_hash = excluded.block_hash`,
    depositId, txid, vaultId, address, asset, amount, height, blockHash, purpose.kind, purpose.id, purpose.assetId ?? null,
  );
}

function setState(db: ReadModelWriter, depositId: string, state: string): void {
  db.run('UPDATE deposits SET state = ? WHERE deposit_id = ?', state, depositId);
}

