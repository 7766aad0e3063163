import { streamOf } from '@qazyna/contracts';
import type { ReadModelDefinition } from '../read-models/read-model.js';
import type { PublisherEvent } from './publisher.js';

/** What is listed of the publishers. Nothing is ever judged by it: the doors read the streams. */
export const publishersReadModel: ReadModelDefinition = {
  name: 'publishers',
  version: 1,
  streamPrefixes: [streamOf.publisher('')],
  schema: `
    CREATE TABLE publishers (publisher_id TEXT PRIMARY KEY, organisation TEXT NOT NULL, remit TEXT NOT NULL, keys INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE grants (publisher_id TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (kind, name, publisher_id)) STRICT, WITHOUT ROWID;
  `,
  apply(db, recorded) {
    const event = recorded as unknown as PublisherEvent;
    switch (event.type) {
      case 'operations.publisher-registered': {
        const { publisherId, organisation, remit } = event.data;
        db.run('INSERT INTO publishers VALUES (?, ?, ?, 0)', publisherId, organisation, JSON.stringify(remit));
        break;
      }
      case 'operations.publisher-remit-changed':
        db.run('UPDATE publishers SET remit = ? WHERE publisher_id = ?', JSON.stringify(event.data.remit), event.data.publisherId);
        db.run('DELETE FROM grants WHERE publisher_id = ?', event.data.publisherId);
        break;
      case 'operations.publisher-key-added':
        return db.run('UPDATE publishers SET keys = keys + 1 WHERE publisher_id = ?', event.data.publisherId);
      default:
        return;
    }
    const { publisherId, remit } = event.data;
    for (const { agency, pool, register } of remit.grants) {
      db.run('INSERT OR IGNORE INTO grants VALUES (?, ?, ?)', publisherId, agency !== undefined ? 'agency' : pool !== undefined ? 'pool' : 'register', agency ?? pool ?? register ?? '');
    }
  },
};
