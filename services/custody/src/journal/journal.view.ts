import type { JournalEntryPosted } from '@qazyna/contracts';
import type { RecordedEvent } from '@qazyna/event-store';
import type { ReadModelWriter } from '@qazyna/service-kit';
import { refreshActs, refreshDue } from '../deposits/deposits.view.js';

/** `postings` answers as-of questions; `balances` is their running sum, kept so that a list of accounts is cheap. */
export const JOURNAL_SCHEMA = `
  CREATE TABLE entries (
    number INTEGER PRIMARY KEY, entry_id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, effective_at TEXT NOT NULL, recorded_at TEXT NOT NULL,
    deposit_id TEXT, compensated INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX entries_of_deposit ON entries (deposit_id, number) WHERE deposit_id IS NOT NULL;
  CREATE INDEX entries_by_effect ON entries (effective_at);
  CREATE TABLE postings (
    account TEXT NOT NULL, number INTEGER NOT NULL, asset TEXT NOT NULL, amount TEXT NOT NULL, effective_at TEXT NOT NULL, recorded_at TEXT NOT NULL,
    PRIMARY KEY (account, number, asset)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE balances (account TEXT NOT NULL, asset TEXT NOT NULL, class TEXT NOT NULL, amount TEXT NOT NULL, PRIMARY KEY (account, asset)) STRICT, WITHOUT ROWID;
`;

export function applyJournalEvent(db: ReadModelWriter, event: RecordedEvent): void {
  const entry = event.data as unknown as JournalEntryPosted;
  const recordedAt = event.recordedAt.toISOString();
  db.run(
    'INSERT INTO entries (number, entry_id, kind, effective_at, recorded_at, deposit_id, body) VALUES (?, ?, ?, ?, ?, ?, ?)',
    event.revision, entry.entryId, entry.kind, entry.effectiveAt, recordedAt, entry.depositId ?? null, JSON.stringify(entry),
  );
  for (const { account, asset, amount } of entry.postings) {
    db.run('INSERT INTO postings VALUES (?, ?, ?, ?, ?, ?)', account, event.revision, asset, amount, entry.effectiveAt, recordedAt);
    const known = db.get('SELECT amount FROM balances WHERE account = ? AND asset = ?', account, asset)?.['amount'] as string | undefined;
    const [accountClass = ''] = account.split(':');
    db.run('INSERT OR REPLACE INTO balances VALUES (?, ?, ?, ?)', account, asset, accountClass, (BigInt(known ?? '0') + BigInt(amount)).toString());
  }
  if (entry.depositId !== undefined) markDeposit(db, entry, entry.depositId, recordedAt);
}

/** Keeps what the journal holds for a deposit beside what its stream says, so that a difference is work to do. */
function markDeposit(db: ReadModelWriter, entry: JournalEntryPosted, depositId: string, recordedAt: string): void {
  if (entry.kind === 'compensation') {
    const corrected = db.get('SELECT kind, body FROM entries WHERE entry_id = ?', entry.corrects ?? '');
    db.run('UPDATE entries SET compensated = 1 WHERE entry_id = ?', entry.corrects ?? '');
    const kind = corrected?.['kind'];
    if (kind === 'deposit') db.run('UPDATE deposits SET posted_revision = NULL, unidentified = 0 WHERE deposit_id = ?', depositId);
    else if (kind === 'identification') db.run('UPDATE deposits SET unidentified = 1 WHERE deposit_id = ?', depositId);
    else if (kind === 'reclassification') setPosted(db, depositId, (JSON.parse(corrected?.['body'] as string) as JournalEntryPosted).cause, false, recordedAt);
  } else if (entry.kind === 'deposit') {
    const revision = Number(entry.cause.slice(entry.cause.lastIndexOf('@') + 1));
    const unidentified = entry.postings.some(({ account }) => account.includes(':unidentified:')) ? 1 : 0;
    db.run('UPDATE deposits SET posted_revision = ?, unidentified = ? WHERE deposit_id = ?', revision, unidentified, depositId);
  } else if (entry.kind === 'identification') {
    db.run('UPDATE deposits SET unidentified = 0 WHERE deposit_id = ?', depositId);
  } else if (entry.kind === 'reclassification') {
    setPosted(db, depositId, entry.cause, true, recordedAt);
  }
  for (const { account, amount } of entry.postings) {
    const isCredit = amount.startsWith('-') ? 1 : 0;
    if (account.includes(':screening-hold:')) db.run('UPDATE deposits SET on_hold = ? WHERE deposit_id = ?', isCredit, depositId);
    else if (entry.kind === 'screening' && account.includes(':unidentified:')) db.run('UPDATE deposits SET unidentified = ? WHERE deposit_id = ?', isCredit, depositId);
  }
  refreshDue(db, depositId);
}

/** Keeps which acts the journal has posted for a deposit and not taken back. */
function setPosted(db: ReadModelWriter, depositId: string, cause: string, posted: boolean, recordedAt: string): void {
  const row = db.get('SELECT acts_posted FROM deposits WHERE deposit_id = ?', depositId);
  if (row === undefined) return;
  const others = (JSON.parse(row['acts_posted'] as string) as string[]).filter((each) => each !== cause);
  db.run('UPDATE deposits SET acts_posted = ? WHERE deposit_id = ?', JSON.stringify(posted ? [...others, cause].sort() : others), depositId);
  refreshActs(db, depositId, recordedAt);
}
