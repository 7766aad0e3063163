import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONTRACT_PAGE_SIZE, eventStoreContract } from '../contract.js';
import { SqliteEventStore } from './sqlite-event-store.js';

eventStoreContract('SQLite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qazyna-sqlite-'));
  const open = (): SqliteEventStore => SqliteEventStore.open({ file: join(folder, 'events.db'), pageSize: CONTRACT_PAGE_SIZE });
  let store = open();
  return Promise.resolve({
    store,
    async reopen() {
      await store.close();
      return (store = open());
    },
    async dispose() {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  });
});
