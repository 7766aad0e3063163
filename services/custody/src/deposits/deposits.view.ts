import type { BlockConnected, BlockDisconnected, DepositConfirmed, DepositMatched, DepositSeen, DepositTakenBack, UnapprovedSpendDetected } from '@qazyna/contracts';
import type { RecordedEvent } from '@qazyna/event-store';
import { toInstant } from '@qazyna/ledger';
import type { ReadModelWriter } from '@qazyna/service-kit';
import { wordsFor } from '../cases/effect-words.query.js';
import { nextDifference, type PostedTerm } from '../cases/effects.js';
import { reachedBy } from '../journal/reached.query.js';

export const DEPOSITS_SCHEMA = `
  CREATE TABLE deposits (
    sequence TEXT NOT NULL UNIQUE, deposit_id TEXT PRIMARY KEY, txid TEXT NOT NULL, vout INTEGER NOT NULL, vault_id TEXT NOT NULL, address TEXT NOT NULL,
    asset TEXT NOT NULL, amount TEXT NOT NULL, state TEXT NOT NULL, height INTEGER NOT NULL, block_hash TEXT NOT NULL, block_time TEXT NOT NULL,
    coinbase INTEGER NOT NULL, purpose_kind TEXT NOT NULL, purpose_id TEXT NOT NULL, purpose_asset_id TEXT, licence_id TEXT,
    confirmed_revision INTEGER, taken_back_revision INTEGER, matched_revision INTEGER, payout_id TEXT, matched_licence_id TEXT, spent_by TEXT,
    posted_revision INTEGER, unidentified INTEGER NOT NULL DEFAULT 0, acts_posted TEXT NOT NULL DEFAULT '[]', acts_due_at TEXT, due INTEGER NOT NULL DEFAULT 0,
    screened INTEGER NOT NULL DEFAULT 0, held INTEGER NOT NULL DEFAULT 0, hold_code TEXT, screening_revision INTEGER, screening_at TEXT, on_hold INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX deposits_by_transaction ON deposits (txid, amount);
  CREATE INDEX deposits_by_block ON deposits (block_hash);
  CREATE INDEX deposits_by_state ON deposits (state, height);
  CREATE INDEX deposits_by_purpose ON deposits (purpose_kind, purpose_id);
  CREATE INDEX deposits_by_vault ON deposits (vault_id, sequence);
  CREATE INDEX deposits_by_payout ON deposits (payout_id) WHERE payout_id IS NOT NULL;
  CREATE INDEX deposits_held ON deposits (held, sequence) WHERE held = 1;
  CREATE INDEX deposits_due ON deposits (due) WHERE due = 1;
  CREATE TABLE blocks (height INTEGER PRIMARY KEY, hash TEXT NOT NULL, time TEXT NOT NULL) STRICT;
`;

/** Whether the journal lacks something for a deposit: the mirror of `entriesDue`, in a form that can be indexed. */
const DUE = `
  CASE WHEN state = 'confirmed' THEN
    posted_revision IS NOT confirmed_revision
    OR held <> on_hold
    OR (held = 0 AND unidentified = 1 AND payout_id IS NOT NULL)
    OR (held = 0 AND acts_due_at IS NOT NULL)
  ELSE posted_revision IS NOT NULL END`;

export function refreshDue(db: ReadModelWriter, depositId: string): void {
  db.run(`UPDATE deposits SET due = ${DUE} WHERE deposit_id = ?`, depositId);
}

/** After a word on the case, or on one asset of it. What belongs to no named asset hears every word. */
export function refreshDueOfCase(db: ReadModelWriter, caseId: string, assetId: string | undefined, at: string): void {
  const ofAsset = assetId === undefined ? [] : [assetId];
  const rows = db.all(
    `SELECT deposit_id FROM deposits WHERE purpose_kind = 'case' AND purpose_id = ?${assetId === undefined ? '' : ' AND (purpose_asset_id = ? OR purpose_asset_id IS NULL)'}`,
    caseId, ...ofAsset,
  );
  for (const { deposit_id: depositId } of rows) refreshActs(db, depositId as string, at);
}

/** Compares what the journal has posted by acts over a case's coins with what the acts want, as of when this is said. */
export function refreshActs(db: ReadModelWriter, depositId: string, at: string): void {
  const row = db.get(`SELECT purpose_id, purpose_asset_id, asset, amount, block_time, acts_posted FROM deposits WHERE deposit_id = ? AND purpose_kind = 'case'`, depositId);
  if (row === undefined) return;
  const assetId = (row['purpose_asset_id'] as string | null) ?? undefined;
  const deposit = { assetId, asset: row['asset'] as string, amount: BigInt(row['amount'] as string), heldSince: toInstant(row['block_time'] as string) };
  const dueAt = nextDifference(deposit, wordsFor(db, row['purpose_id'] as string, assetId), JSON.parse(row['acts_posted'] as string) as PostedTerm[], reachedBy(db, depositId, toInstant(at)));
  db.run('UPDATE deposits SET acts_due_at = ? WHERE deposit_id = ?', dueAt ?? null, depositId);
  refreshDue(db, depositId);
}

export function applyDepositEvent(db: ReadModelWriter, event: RecordedEvent): void {
  switch (event.type) {
    case 'custody.deposit-seen':
      return seen(db, event, event.data as unknown as DepositSeen);
    case 'custody.deposit-confirmed':
      return change(db, (event.data as unknown as DepositConfirmed).depositId, `state = 'confirmed', confirmed_revision = ?`, event.revision);
    case 'custody.deposit-taken-back':
      return change(db, (event.data as unknown as DepositTakenBack).depositId, `state = 'taken-back', taken_back_revision = ?`, event.revision);
    case 'custody.deposit-matched': {
      const { depositId, payoutId, licenceId } = event.data as unknown as DepositMatched;
      return change(db, depositId, 'matched_revision = ?, payout_id = ?, matched_licence_id = ?', event.revision, payoutId, licenceId);
    }
    case 'custody.unapproved-spend-detected': {
      const { depositId, spentBy } = event.data as unknown as UnapprovedSpendDetected;
      return change(db, depositId, 'spent_by = ?', spentBy);
    }
    case 'custody.block-connected': {
      const { height, hash, time } = event.data as unknown as BlockConnected;
      db.run('INSERT OR REPLACE INTO blocks VALUES (?, ?, ?)', height, hash, time);
      return;
    }
    case 'custody.block-disconnected':
      db.run('DELETE FROM blocks WHERE hash = ?', (event.data as unknown as BlockDisconnected).hash);
  }
}

function seen(db: ReadModelWriter, event: RecordedEvent, deposit: DepositSeen): void {
  const { depositId, vaultId, address, asset, amount, height, blockHash, blockTime, coinbase, purpose, sources } = deposit;
  const [txid = '', vout = ''] = depositId.split('.');
  db.run(
    `INSERT INTO deposits (sequence, deposit_id, txid, vout, vault_id, address, asset, amount, state, height, block_hash, block_time, coinbase, purpose_kind, purpose_id, purpose_asset_id, licence_id, screened, held, hold_code)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'seen', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (deposit_id) DO UPDATE SET state = 'seen', height = excluded.height, block_hash = excluded.block_hash, block_time = excluded.block_time`,
    event.position, depositId, txid, Number(vout), vaultId, address, asset, amount, height, blockHash, blockTime, coinbase ? 1 : 0, purpose.kind, purpose.id, purpose.assetId ?? null, purpose.licenceId ?? null,
    sources === undefined ? 0 : 1, sources === undefined ? 0 : 1, sources === undefined ? null : 'not-screened',
  );
  refreshDue(db, depositId);
  if (purpose.kind === 'case') refreshActs(db, depositId, event.recordedAt.toISOString());
}

function change(db: ReadModelWriter, depositId: string, assignments: string, ...values: readonly (string | bigint)[]): void {
  db.run(`UPDATE deposits SET ${assignments} WHERE deposit_id = ?`, ...values, depositId);
  refreshDue(db, depositId);
}
