import type { JournalEntryPosted } from '@qazyna/contracts';
import type { RecordedEvent } from '@qazyna/event-store';
import type { ReadModelWriter } from '@qazyna/service-kit';
import { decodeEntry } from '@qazyna/ledger';
import { refreshActs, refreshDue } from '../deposits/deposits.view.js';
import { postedEntries, postedTerms, type PostedEntry } from './posted-entries.js';

/** `postings` answers as-of questions; `balances` is their running sum, kept so that a list of accounts is cheap. */
export const JOURNAL_SCHEMA = `
  CREATE TABLE entries (
    number INTEGER PRIMARY KEY, entry_id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, effective_at TEXT NOT NULL, recorded_at TEXT NOT NULL,
    deposit_id TEXT, body TEXT NOT NULL
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
    const kind = db.get('SELECT kind FROM entries WHERE entry_id = ?', entry.corrects ?? '')?.['kind'];
    if (kind === 'deposit') db.run('UPDATE deposits SET posted_revision = NULL, unidentified = 0 WHERE deposit_id = ?', depositId);
    else if (kind === 'identification') db.run('UPDATE deposits SET unidentified = 1 WHERE deposit_id = ?', depositId);
    else if (kind === 'reclassification' || kind === 'compensation') noteTerms(db, depositId, recordedAt);
  } else if (entry.kind === 'deposit') {
    const revision = Number(entry.cause.slice(entry.cause.lastIndexOf('@') + 1));
    const unidentified = entry.postings.some(({ account }) => account.includes(':unidentified:')) ? 1 : 0;
    db.run('UPDATE deposits SET posted_revision = ?, unidentified = ? WHERE deposit_id = ?', revision, unidentified, depositId);
  } else if (entry.kind === 'identification') {
    db.run('UPDATE deposits SET unidentified = 0 WHERE deposit_id = ?', depositId);
  } else if (entry.kind === 'reclassification') {
    noteTerms(db, depositId, recordedAt);
  }
  for (const { account, amount } of entry.postings) {
    const isCredit = amount.startsWith('-') ? 1 : 0;
    if (account.includes(':screening-hold:')) db.run('UPDATE deposits SET on_hold = ? WHERE deposit_id = ?', isCredit, depositId);
    else if (entry.kind === 'screening' && account.includes(':unidentified:')) db.run('UPDATE deposits SET unidentified = ? WHERE deposit_id = ?', isCredit, depositId);
  }
  refreshDue(db, depositId);
}

/** Keeps which acts the journal has posted for a deposit, and until when. */
function noteTerms(db: ReadModelWriter, depositId: string, recordedAt: string): void {
  db.run('UPDATE deposits SET acts_posted = ? WHERE deposit_id = ?', JSON.stringify(postedTerms(postedEntries(entriesOf(db, depositId)))), depositId);
  refreshActs(db, depositId, recordedAt);
}

interface Reader {
  all(sql: string, ...values: readonly string[]): readonly Record<string, unknown>[];
}

/** Every entry of a deposit, in the order of the journal. */
export function entriesOf(db: Reader, depositId: string): PostedEntry[] {
  return db.all('SELECT body FROM entries WHERE deposit_id = ? ORDER BY number', depositId).map(({ body }) => {
    const json = JSON.parse(body as string) as { readonly payoutId?: string; readonly caseId?: string };
    const { payoutId, caseId } = json;
    return { entry: decodeEntry(json), ...(payoutId === undefined ? {} : { payoutId }), ...(caseId === undefined ? {} : { caseId }) };
  });
}
