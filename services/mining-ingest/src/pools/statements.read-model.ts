import type { StatementReceived, StatutoryEntryRecorded } from '@qazyna/contracts';
import type { RecordedEvent } from '@qazyna/event-store';
import type { ReadModelDefinition, ReadModelWriter } from '@qazyna/service-kit';

/** Lists of statements, without their bytes (those stay in the streams), and of the statutory feed's entries. */
export const statementsReadModel: ReadModelDefinition = {
  name: 'mining-statements',
  version: 2,
  streamPrefixes: ['statement-', 'statutory-'],
  schema: `
    CREATE TABLE statements (
      statement_id TEXT PRIMARY KEY, sequence TEXT NOT NULL UNIQUE, pool TEXT NOT NULL, account TEXT NOT NULL, sha256 TEXT NOT NULL, format TEXT NOT NULL,
      media TEXT NOT NULL, brought_by TEXT NOT NULL, bytes INTEGER NOT NULL, row_count INTEGER NOT NULL, redacted INTEGER NOT NULL, counts TEXT NOT NULL,
      doubts TEXT NOT NULL, unreadable TEXT NOT NULL, received_at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX statements_by_account ON statements (pool, account, sequence);
    CREATE INDEX statements_by_time ON statements (received_at);
    CREATE TABLE statutory_entries (
      entry_id TEXT PRIMARY KEY, sequence TEXT NOT NULL UNIQUE, pool TEXT NOT NULL, account TEXT NOT NULL, feed_sequence TEXT NOT NULL, taxpayer TEXT NOT NULL,
      miner TEXT NOT NULL, licence_number TEXT NOT NULL, licence_date TEXT NOT NULL, wallet TEXT NOT NULL, distributed_at TEXT NOT NULL, amount TEXT,
      statement_sha256 TEXT NOT NULL, recorded_at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX statutory_by_account ON statutory_entries (pool, account, sequence);
    CREATE INDEX statutory_by_licence ON statutory_entries (licence_number, sequence);
  `,
  apply(db, event) {
    if (event.type === 'mining.statutory-entry-recorded') recordEntry(db, event);
    if (event.type !== 'mining.statement-received') return;
    const statement = event.data as unknown as StatementReceived;
    const { pool, account, sha256, rows, unreadable, format, media, broughtBy, bytes, redacted, counts, doubts } = statement;
    db.run(
      'INSERT INTO statements VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      event.stream.slice('statement-'.length), event.position, pool, account, sha256,
      // Statements from before these fields were the pool's own, in JSON, handed in.
      format ?? pool, media ?? 'json', broughtBy ?? 'upload', bytes ?? Buffer.byteLength(statement.rawBase64, 'base64'), rows, redacted === true ? 1 : 0,
      JSON.stringify(counts ?? null), JSON.stringify(doubts ?? []), JSON.stringify(unreadable), event.recordedAt.toISOString(),
    );
  },
};

function recordEntry(db: ReadModelWriter, { data, position, recordedAt }: RecordedEvent): void {
  const { entryId, pool, account, entry, statementSha256 } = data as unknown as StatutoryEntryRecorded;
  const { sequence, taxpayer, miner, licenceNumber, licenceDate, wallet, distributedAt, amount } = entry;
  db.run(
    'INSERT INTO statutory_entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    entryId, position, pool, account, sequence, taxpayer, miner, licenceNumber, licenceDate, wallet, new Date(distributedAt).toISOString(), amount ?? null,
    statementSha256, recordedAt.toISOString(),
  );
}
