import { startEventStoreDbDouble } from '@qazyna/testing';
import { CONTRACT_PAGE_SIZE, eventStoreContract } from '../contract.js';
import { EventStoreDbStore } from './eventstoredb-store.js';

eventStoreContract('EventStoreDB (official client, double of the server)', async () => {
  const server = await startEventStoreDbDouble({ claimBatchAppend: true });
  const open = (): Promise<EventStoreDbStore> =>
    EventStoreDbStore.connect({ url: server.url, pageSize: CONTRACT_PAGE_SIZE, subscriptionQueueMax: 40, reconnectPauseMsMax: 200 });
  const stores = [await open()];
  return {
    store: stores[0] as EventStoreDbStore,
    async reopen() {
      const store = await open();
      stores.push(store);
      return store;
    },
    heldEvents: () => stores[0]?.heldEvents ?? 0,
    heldEventsMax: 40,
    cutConnections: (downMs) => server.dropConnections(downMs),
    slowAppends: (delayMs) => server.delayAppends(delayMs),
    async dispose() {
      for (const store of stores) await store.close();
      await server.stop();
    },
  };
});
