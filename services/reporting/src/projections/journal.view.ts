import type { JournalEntryPosted } from '@qazyna/contracts';
import type { RecordedEvent } from '@qazyna/event-store';
import type { ReadModelWriter } from '@qazyna/service-kit';
import { countControlled } from './case-assets.view.js';
import { setCredited } from './mining.view.js';

export const JOURNAL_SCHEMA = `
  CREATE TABLE entries (
    number INTEGER PRIMARY KEY, entry_id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, effective_at TEXT NOT NULL, recorded_at TEXT NOT NULL, corrects TEXT,
    deposit_id TEXT, payout_id TEXT, case_id TEXT, body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX entries_by_deposit ON entries (deposit_id);
  CREATE INDEX entries_by_payout ON entries (payout_id);
  CREATE INDEX entries_by_case ON entries (case_id);
  CREATE INDEX entries_by_corrected ON entries (corrects);
  CREATE TABLE balances (account TEXT NOT NULL, asset TEXT NOT NULL, amount TEXT NOT NULL, PRIMARY KEY (account, asset)) STRICT, WITHOUT ROWID;
`;

const CREDIT_OF_A_LICENCE = 'reserve:mining:';

/** Adds an entry and its postings. Balances come from here and nowhere else. */
export function applyJournalEvent(db: ReadModelWriter, event: RecordedEvent): void {
  const entry = event.data as unknown as JournalEntryPosted;
  db.run(
    'INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    event.revision, entry.entryId, entry.kind, entry.effectiveAt, event.recordedAt.toISOString(), entry.corrects ?? null,
    entry.depositId ?? null, entry.payoutId ?? null, entry.caseId ?? null, JSON.stringify(entry),
  );
  for (const { account, asset, amount } of entry.postings) {
    const known = db.get('SELECT amount FROM balances WHERE account = ? AND asset = ?', account, asset)?.['amount'] as string | undefined;
    db.run('INSERT OR REPLACE INTO balances VALUES (?, ?, ?)', account, asset, (BigInt(known ?? '0') + BigInt(amount)).toString());
  }
  countControlled(db, entry);
  if (entry.payoutId === undefined) return;
  const credit = entry.postings.find(({ account }) => account.startsWith(CREDIT_OF_A_LICENCE));
  if (credit) setCredited(db, entry.payoutId, credit.amount.startsWith('-'));
}
