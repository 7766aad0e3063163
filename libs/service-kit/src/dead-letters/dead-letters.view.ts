import { streamOf } from '@qazyna/contracts';
import type { ReadModelDefinition } from '../read-models/read-model.js';
import type { DeadLetterEvent } from './dead-letter.js';

/** What is listed of the letters. Disposable: every column follows from the letters' streams. */
export const deadLettersReadModel: ReadModelDefinition = {
  name: 'dead-letters',
  version: 1,
  streamPrefixes: [streamOf.deadLetter('')],
  schema: `
    CREATE TABLE letters (
      letter_id TEXT PRIMARY KEY, sequence TEXT NOT NULL UNIQUE, topic TEXT NOT NULL, source_partition INTEGER NOT NULL, source_offset TEXT NOT NULL,
      consumer_group TEXT NOT NULL, code TEXT NOT NULL, field TEXT, type TEXT, attempts INTEGER NOT NULL, dead_lettered_at TEXT NOT NULL,
      size INTEGER NOT NULL, sha256 TEXT NOT NULL, state TEXT NOT NULL, replays INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX letters_by_state ON letters (state, sequence);
    CREATE TABLE outcomes (topic TEXT NOT NULL, consumer_group TEXT NOT NULL, outcome TEXT NOT NULL, letters INTEGER NOT NULL, PRIMARY KEY (topic, consumer_group, outcome)) STRICT, WITHOUT ROWID;
  `,
  apply(db, recorded) {
    const event = recorded as unknown as DeadLetterEvent;
    const become = (state: string): void => db.run('UPDATE letters SET state = ? WHERE letter_id = ?', state, event.data.letterId);
    const count = (outcome: string): void =>
      db.run(
        `INSERT INTO outcomes SELECT topic, consumer_group, ?, 1 FROM letters WHERE letter_id = ?
         ON CONFLICT (topic, consumer_group, outcome) DO UPDATE SET letters = letters + 1`,
        outcome,
        event.data.letterId,
      );
    switch (event.type) {
      case 'operations.dead-letter-noted': {
        const { letterId, topic, partition, offset, group, code, field, type, attempts, deadLetteredAt, size, sha256 } = event.data;
        db.run(
          'INSERT INTO letters VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)',
          letterId, recorded.position, topic, partition, offset, group, code, field ?? null, type ?? null, attempts, deadLetteredAt, size, sha256, 'open',
        );
        return;
      }
      case 'operations.dead-letter-replay-requested':
        return db.run('UPDATE letters SET state = ?, replays = ? WHERE letter_id = ?', 'replaying', event.data.replay, event.data.letterId);
      case 'operations.dead-letter-replayed':
        become('replayed');
        return count('replayed');
      case 'operations.dead-letter-refused-again':
        become('open');
        return count('refused-again');
      case 'operations.dead-letter-discarded':
        become('discarded');
        return count('discarded');
    }
  },
};
