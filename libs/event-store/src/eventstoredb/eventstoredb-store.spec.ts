import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { startEventStoreDbDouble, type EventStoreDbDouble } from '@qazyna/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { contractEvent } from '../contract.js';
import { StoreTimeout, StoreUnavailable, StoreUnusable, type RecordedEvent } from '../port.js';
import { EventStoreDbStore } from './eventstoredb-store.js';

describe('the EventStoreDB adapter', () => {
  let server: EventStoreDbDouble;
  let store: EventStoreDbStore;
  beforeEach(async () => {
    server = await startEventStoreDbDouble();
    store = await EventStoreDbStore.connect({ url: server.url, reconnectPauseMsMax: 100 });
  });
  afterEach(async () => {
    await store.close();
    await server.stop();
  });

  const logged = async (): Promise<RecordedEvent[]> => {
    const events: RecordedEvent[] = [];
    for await (const page of store.readAll()) events.push(...page);
    return events;
  };

  it('says that a server cannot be reached, at the first call and at later ones', async () => {
    await server.stop();
    await expect(EventStoreDbStore.connect({ url: server.url, timeoutMs: 2_000 })).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(store.append('a', 'no-stream', [contractEvent()], { timeoutMs: 2_000 })).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(store.ping({ timeoutMs: 2_000 })).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(logged()).rejects.toBeInstanceOf(StoreUnavailable);
  });

  it.each(['not a url', 'esdb://127.0.0.1:2113?tls=false&throwOnAppendFailure=false'])('refuses the connection string %s', async (url) => {
    await expect(EventStoreDbStore.connect({ url })).rejects.toBeInstanceOf(StoreUnusable);
  });

  it('knows an append that was applied and never answered for the same one', async () => {
    const event = contractEvent({ n: 1 });
    server.applyThenTimeOut();
    await expect(store.append('a', 'no-stream', [event], { timeoutMs: 100 })).rejects.toBeInstanceOf(StoreTimeout);
    expect((await store.append('a', 'no-stream', [event])).revision).toBe(0n);
    expect(await logged()).toHaveLength(1);
  });

  it('gets a definite answer for appends that a broken connection left open', async () => {
    server.delayAppends(50);
    const appends = Array.from({ length: 200 }, (_, n) => store.append(`s-${n}`, 'no-stream', [contractEvent({ n })]));
    while (server.size === 0) await sleep(1);
    const dropped = server.dropConnections(100);
    const outcomes = await Promise.allSettled(appends);
    await dropped;
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(StoreUnavailable);
    const streams = new Set((await logged()).map((event) => event.stream));
    outcomes.forEach((outcome, n) => expect([n, streams.has(`s-${n}`)]).toEqual([n, outcome.status === 'fulfilled']));
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled').length).toBeGreaterThan(0);
  });

  it('bounds a stream of which only the end is read, once, and appends to it go on', async () => {
    for (let n = 0; n < 5; n++) await store.append('lease', n === 0 ? 'no-stream' : BigInt(n - 1), [contractEvent({ n })]);
    await store.keepNewest('lease', 2);
    const size = server.size;
    await store.keepNewest('lease', 2);
    expect(server.size).toBe(size);
    expect((await store.append('lease', 4n, [contractEvent({ n: 5 })])).revision).toBe(5n);
    const shown: bigint[] = [];
    for await (const page of store.readStream('lease')) shown.push(...page.map(({ revision }) => revision));
    expect(shown).toEqual([4n, 5n]);
    expect(await logged()).toHaveLength(6);
  });

  it('hands over what comes one by one in pages, and loses nothing', async () => {
    const stop = new AbortController();
    const pages: number[] = [];
    const seen = new Set<string>();
    const following = (async () => {
      for await (const message of store.subscribe({ filter: { streamPrefixes: ['s-'] }, signal: stop.signal })) {
        if (message.kind !== 'events') continue;
        pages.push(message.events.length);
        for (const { stream } of message.events) seen.add(stream);
        if (seen.size === 400) return;
      }
    })();
    for (let n = 0; n < 400; n += 40) await Promise.all(Array.from({ length: 40 }, (_, index) => store.append(`s-${n + index}`, 'no-stream', [contractEvent({ n })])));
    await following;
    stop.abort();
    expect(pages.reduce((sum, page) => sum + page, 0)).toBe(400);
    expect(pages.length).toBeLessThan(200);
  });

  it("shows nothing of the server's own streams", async () => {
    const other = EventStoreDBClient.connectionString(server.url);
    const stats = (): Promise<unknown> => other.appendToStream('$stats-127.0.0.1:2113', jsonEvent({ type: '$statsCollected', data: { cpu: 1 } }));
    await stats();
    await store.append('a', 'no-stream', [contractEvent({ n: 1 })]);
    await stats();
    expect((await logged()).map((event) => event.stream)).toEqual(['a']);
    expect(await store.head()).toBe((await logged())[0]?.position);
    for await (const message of store.subscribe()) {
      if (message.kind === 'events') expect(message.events.map((event) => event.stream)).toEqual(['a']);
      if (message.kind === 'caught-up') break;
    }
    await other.dispose();
  });

  it('refuses to read an event that Qazyna did not write', async () => {
    const other = EventStoreDBClient.connectionString(server.url);
    await other.appendToStream('a', jsonEvent({ type: 'stray', data: 'text' }));
    await expect(logged()).rejects.toBeInstanceOf(StoreUnusable);
    await other.dispose();
  });

  it('brings subscriptions back after each of several breaks, and tells of them', async () => {
    const breaks: Error[] = [];
    const watching = await EventStoreDbStore.connect({ url: server.url, reconnectPauseMsMax: 100, onDisconnect: (error) => breaks.push(error) });
    const got: unknown[] = [];
    const following = (async () => {
      for await (const message of watching.subscribe({ filter: { streamPrefixes: ['s-'] }, signal: AbortSignal.timeout(10_000) })) {
        if (message.kind === 'events') got.push(...message.events.map((event) => event.data['n']));
        if (got.length >= 30) return;
      }
    })();
    for (let n = 0; n < 30; n++) {
      if (n % 10 === 5) await server.dropConnections(20);
      await expect(appendFirmly(store, `s-${n}`, n)).resolves.toBeUndefined();
    }
    await following;
    expect(got).toEqual(Array.from({ length: 30 }, (_, n) => n));
    expect(breaks.length).toBeGreaterThanOrEqual(1);
    await watching.close();
  });
});

async function appendFirmly(store: EventStoreDbStore, stream: string, n: number): Promise<void> {
  const event = contractEvent({ n });
  for (let attempt = 1; ; attempt++) {
    try {
      await store.append(stream, 'no-stream', [event]);
      return;
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || attempt > 100) throw error;
      await sleep(20);
    }
  }
}
