import { InMemoryCheckpoints, SqliteEventStore, type CheckpointStore, type NewEvent } from '@qazyna/event-store';
import { randomUUID } from 'node:crypto';
import { decodeRecord } from '../cloud-events/kafka-binding.js';
import { until } from '../contract/harness.js';
import { EmbeddedBus } from '../embedded/embedded-bus.js';
import type { ReceivedRecord } from '../port.js';
import { Relay } from './relay.js';

const TOPIC = 'events';
const newEvent = (n: number): NewEvent => ({
  id: randomUUID(),
  type: 'custody.deposit-seen',
  data: { n: String(n) },
  metadata: { schemaVersion: 1, actor: { subject: 'officer-7', organisation: 'custodian' }, correlationId: 'c-1', causationId: 'm-1' },
});

describe('relay', () => {
  let store: SqliteEventStore;
  let bus: EmbeddedBus;
  let checkpoints: CheckpointStore;
  let seen: ReceivedRecord[];

  beforeEach(async () => {
    store = SqliteEventStore.open({ file: ':memory:' });
    bus = EmbeddedBus.open({ file: ':memory:' });
    checkpoints = new InMemoryCheckpoints();
    seen = [];
    await bus.ensureTopics([{ name: TOPIC, partitions: 1 }]);
    await bus.subscribe({ topics: [TOPIC], group: 'spec', handler: (records) => Promise.resolve(void seen.push(...records)) });
  });
  afterEach(async () => {
    await bus.close();
    await store.close();
  });

  const relay = (more: Partial<ConstructorParameters<typeof Relay>[0]> = {}): Relay =>
    new Relay({ name: 'custody', store, bus, checkpoints, topic: TOPIC, streamPrefixes: ['deposit-'], service: 'custody', pauses: { firstMs: 1, maxMs: 5 }, ...more });

  it('publishes events of its streams as CloudEvents, in order, and goes on from its checkpoint', async () => {
    const events = [newEvent(0), newEvent(1)];
    await store.append('deposit-1', 'no-stream', events);
    await store.append('vault-1', 'no-stream', [newEvent(9)]);
    const first = relay();
    first.start();
    await until(() => seen.length >= 2, 'two messages');
    await until(async () => (await first.status()).caughtUp, 'caught up');
    await first.stop();
    const message = decodeRecord(seen[0] as ReceivedRecord);
    expect(message).toMatchObject({
      id: events[0]?.id,
      source: '/qazyna/custody',
      type: 'qazyna.custody.deposit-seen.v1',
      subject: 'deposit-1',
      data: { n: '0' },
      extensions: { partitionkey: 'deposit-1', streamrevision: '0', previousposition: 'none', previousinpartition: 'none', correlationid: 'c-1', causationid: 'm-1', actorsubject: 'officer-7', actororganisation: 'custodian' },
    });
    expect(seen[0]?.key).toBe('deposit-1');

    const later = newEvent(2);
    await store.append('deposit-1', 1n, [later]);
    const second = relay();
    second.start();
    await until(() => seen.length >= 3, 'the third message');
    await second.stop();
    expect(seen.map((record) => decodeRecord(record).id)).toEqual([...events, later].map(({ id }) => id));
  });

  it('repeats and never loses when it dies between publish and checkpoint', async () => {
    const events = Array.from({ length: 5 }, (_, n) => newEvent(n));
    await store.append('deposit-1', 'no-stream', events);
    const dying: CheckpointStore = { load: (name) => checkpoints.load(name), save: () => Promise.reject(new Error('killed')) };
    const first = relay({ checkpoints: dying });
    first.start();
    await until(() => seen.length >= 5, 'the first publish');
    await first.stop();
    const second = relay();
    second.start();
    await until(async () => (await second.status()).caughtUp, 'caught up');
    await second.stop();
    await until(() => seen.length >= 10, 'the repetition');
    const ids = seen.map((record) => decodeRecord(record).id);
    expect(new Set(ids)).toEqual(new Set(events.map(({ id }) => id)));
    expect(ids.slice(-5)).toEqual(events.map(({ id }) => id));
  });

  it('tries again until the bus takes it, and says why it is behind meanwhile', async () => {
    await store.append('deposit-1', 'no-stream', [newEvent(0)]);
    let away = true;
    const flaky = { partitioner: (topic: string) => bus.partitioner(topic), publish: (topic: string, records: Parameters<EmbeddedBus['publish']>[1]) => (away ? Promise.reject(new Error('broker away')) : bus.publish(topic, records)) };
    const behind = relay({ bus: flaky as unknown as EmbeddedBus });
    behind.start();
    await until(async () => (await behind.status()).failure === 'broker away', 'the reason');
    expect((await behind.status()).caughtUp).toBe(false);
    expect(await checkpoints.load('custody')).toBeUndefined();
    away = false;
    await until(async () => (await behind.status()).caughtUp, 'caught up');
    expect((await behind.status()).failure).toBeUndefined();
    await behind.stop();
  });
});
