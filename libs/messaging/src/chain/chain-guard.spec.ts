import { InMemoryCheckpoints, SqliteEventStore, type NewEvent, type Position } from '@qazyna/event-store';
import { randomUUID } from 'node:crypto';
import { until } from '../contract/harness.js';
import { noticeValidator } from '../contract/notices-service.js';
import type { MessageBatch } from '../delivery/batch.js';
import { EmbeddedBus } from '../embedded/embedded-bus.js';
import { QazynaTransport } from '../nest/qazyna-transport.js';
import type { ReceivedRecord } from '../port.js';
import { Relay } from '../relay/relay.js';
import type { ChainBreak } from './chain-guard.js';

const TOPIC = 'events';
const ORIGIN = { service: 'custody', streamPrefixes: ['s-'] };
const everything = { validate: (_type: string, value: unknown): ReturnType<typeof noticeValidator.validate> => ({ ok: true, value }) };

describe('a consumer of a relayed topic', () => {
  let store: SqliteEventStore;
  let bus: EmbeddedBus;
  let checkpoints: InMemoryCheckpoints;
  let transport: QazynaTransport;
  let appended: string[];
  let handled: string[];
  let found: ChainBreak[];
  let repaired: number[];
  let stopped: ChainBreak[];

  beforeEach(async () => {
    store = SqliteEventStore.open({ file: ':memory:' });
    bus = EmbeddedBus.open({ file: ':memory:', pauses: { firstMs: 1, maxMs: 5 } });
    checkpoints = new InMemoryCheckpoints();
    [appended, handled, found, repaired, stopped] = [[], [], [], [], []];
    await bus.ensureTopics([{ name: TOPIC, partitions: 3 }]);
    transport = await consumer();
  });
  afterEach(async () => {
    await transport.close();
    await bus.close();
    await store.close();
  });

  async function consumer(): Promise<QazynaTransport> {
    const observer = {
      found: (broken: ChainBreak) => Promise.resolve(void found.push(broken)),
      repaired: (_broken: ChainBreak, events: number) => Promise.resolve(void repaired.push(events)),
      stopped: (broken: ChainBreak) => void stopped.push(broken),
    };
    const made = new QazynaTransport({ bus, validator: everything, chain: { store, topics: new Map([[TOPIC, ORIGIN]]), observer } });
    made.addHandler(TOPIC, (batch: MessageBatch) => Promise.resolve(void handled.push(...batch.map(({ event }) => event.id))), true, { group: 'g' });
    await new Promise<void>((resolve, reject) => made.listen((error) => (error === undefined ? resolve() : reject(new Error('no start', { cause: error })))));
    return made;
  }

  async function append(events: number): Promise<Position> {
    for (let n = 0; n < events; n++) {
      const event: NewEvent = { id: randomUUID(), type: 't', data: {}, metadata: { schemaVersion: 1, actor: { subject: 's', organisation: 'o' }, correlationId: 'c' } };
      await store.append(`s-${randomUUID()}`, 'no-stream', [event]);
      appended.push(event.id);
    }
    return (await store.head()) as Position;
  }

  async function relayAll(): Promise<void> {
    const relay = new Relay({ name: 'relay', store, bus, checkpoints, topic: TOPIC, ...ORIGIN, pauses: { firstMs: 1, maxMs: 5 } });
    relay.start();
    await until(async () => (await relay.status()).caughtUp, 'relayed');
    await relay.stop();
  }

  const allHandled = (): Promise<void> => until(() => new Set(handled).size === appended.length, 'all handled');

  it('handles each message once and raises nothing, over restarts of relay and consumer', async () => {
    for (let round = 0; round < 3; round++) {
      await append(20);
      await relayAll();
      await allHandled();
      await transport.close();
      transport = await consumer();
    }
    expect(handled).toHaveLength(60);
    expect(found).toEqual([]);
  });

  it('reads from the store what a checkpoint moved forward left out, and goes on', async () => {
    await append(20);
    await relayAll();
    await allHandled();
    await checkpoints.save('relay', await append(30));
    await append(30);
    await relayAll();
    await allHandled();
    expect(new Set(found.map(({ kind }) => kind))).toEqual(new Set(['gap']));
    expect(repaired.reduce((sum, events) => sum + events, 0)).toBe(30);
    expect(handled).toHaveLength(80);
  });

  it('takes what a checkpoint moved back repeats for duplicates', async () => {
    const middle = await append(10);
    await append(10);
    await relayAll();
    await allHandled();
    await checkpoints.save('relay', middle);
    await append(10);
    await relayAll();
    await allHandled();
    expect(found).toEqual([]);
    expect(handled).toHaveLength(40);
  });

  it('handles nothing after a message that the log does not have', async () => {
    await append(20);
    await relayAll();
    await allHandled();
    await bus.subscribe({ topics: [TOPIC], group: 'forger', handler: forge });
    await until(() => stopped.length >= 3, 'tries');
    expect(new Set(stopped.map(({ kind }) => kind))).toEqual(new Set(['fork']));
    expect(handled).toHaveLength(20);
    expect(repaired).toEqual([]);
  });

  let forged = false;
  /** The first record again, as if it were the newest, with an id of its own. */
  async function forge([record]: readonly ReceivedRecord[]): Promise<void> {
    if (forged || record === undefined) return;
    forged = true;
    await bus.publish(TOPIC, [{ ...record, headers: { ...record.headers, ce_id: randomUUID(), ce_position: '9'.repeat(19) } }]);
  }
});
