import { EventStoreDbStore } from '@qazyna/event-store';
import { CONTRACT_PAGE_SIZE, eventStoreContract } from '@qazyna/event-store/contract';
import { describeWith, Missing, type Requirement } from '@qazyna/testing';
import { GenericContainer, getContainerRuntimeClient, Wait, type StartedTestContainer } from 'testcontainers';

const IMAGE = 'eventstore/eventstore:23.10.5-jammy';

/** A server that was given, or what starts one. */
type EventStoreServer = { readonly url: string } | 'docker';

const EVENTSTOREDB: Requirement<EventStoreServer> = {
  name: 'an EventStoreDB server',
  enable: 'set EVENTSTORE_URL to a connection string (a server whose log may be written to), or run Docker',
  requiredInCi: false,
  async find() {
    const url = process.env['EVENTSTORE_URL'];
    if (url !== undefined && url !== '') return { url };
    try {
      await getContainerRuntimeClient();
      return 'docker';
    } catch {
      return new Missing('EVENTSTORE_URL is not set and Docker does not answer');
    }
  },
};

await describeWith(EVENTSTOREDB, 'the event store on a real EventStoreDB', (server) => {
  let container: StartedTestContainer | undefined;
  let url: string;

  beforeAll(async () => {
    if (server !== 'docker') {
      url = server.url;
      return;
    }
    container = await new GenericContainer(IMAGE)
      .withEnvironment({ EVENTSTORE_INSECURE: 'true', EVENTSTORE_CLUSTER_SIZE: '1', EVENTSTORE_MEM_DB: 'true' })
      .withExposedPorts(2113)
      .withWaitStrategy(Wait.forHttp('/health/live', 2113).forStatusCode(204))
      .start();
    url = `esdb://${container.getHost()}:${container.getMappedPort(2113)}?tls=false`;
  }, 180_000);
  afterAll(async () => {
    await container?.stop();
  });

  eventStoreContract('EventStoreDB', async () => {
    const open = (): Promise<EventStoreDbStore> => EventStoreDbStore.connect({ url, pageSize: CONTRACT_PAGE_SIZE, subscriptionQueueMax: 40 });
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
      async dispose() {
        for (const store of stores) await store.close();
      },
    };
  });
});
