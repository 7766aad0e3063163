import type { StatementReceived } from '@qazyna/contracts';
import type { ReadModelDefinition } from '@qazyna/service-kit';

/** The list of statements, without their bytes: those stay in the streams. */
export const statementsReadModel: ReadModelDefinition = {
  name: 'mining-statements',
  version: 1,
  streamPrefixes: ['statement-'],
  schema: `
    CREATE TABLE statements (
      statement_id TEXT PRIMARY KEY, sequence TEXT NOT NULL UNIQUE, pool TEXT NOT NULL, account TEXT NOT NULL, sha256 TEXT NOT NULL, format TEXT NOT NULL,
      media TEXT NOT NULL, brought_by TEXT NOT NULL, bytes INTEGER NOT NULL, row_count INTEGER NOT NULL, redacted INTEGER NOT NULL, counts TEXT NOT NULL,
      doubts TEXT NOT NULL, unreadable TEXT NOT NULL, received_at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX statements_by_account ON statements (pool, account, sequence);
    CREATE INDEX statements_by_time ON statements (received_at);
  `,
  apply(db, event) {
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
