import { InMemoryCheckpoints, SqliteEventStore, type NewEvent, type Position } from '@qazyna/event-store';
import { KafkaBus, QazynaTransport, Relay, type ChainBreak, type MessageBatch } from '@qazyna/messaging';
import { describeWith, KAFKA, type RunningKafka } from '@qazyna/testing';
import kafkajs, { type Admin } from 'kafkajs';
import { randomUUID } from 'node:crypto';
import { until } from '../system/caller.js';

const PARTITIONS = 4;
const ORIGIN = { service: 'custody', streamPrefixes: ['s-'] };

await describeWith(KAFKA, 'records that Kafka no longer has', (source) => {
  const topic = `gaps.${randomUUID()}`;
  const group = `gaps-${randomUUID()}`;
  const store = SqliteEventStore.open({ file: ':memory:' });
  const checkpoints = new InMemoryCheckpoints();
  const appended: string[] = [];
  const handled: string[] = [];
  const found: ChainBreak[] = [];
  let repaired = 0;
  let kafka: RunningKafka;
  let bus: KafkaBus;
  let admin: Admin;

  beforeAll(async () => {
    kafka = await source.start();
    bus = await KafkaBus.connect({ clientId: 'gaps', brokers: kafka.brokers });
    admin = new kafkajs.Kafka({ clientId: 'gaps-admin', brokers: [...kafka.brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
    await admin.connect();
    await bus.ensureTopics([{ name: topic, partitions: PARTITIONS }]);
  }, 120_000);
  afterAll(async () => {
    await admin?.disconnect();
    await bus?.close();
    await store.close();
    await kafka?.stop();
  }, 60_000);

  async function append(events: number): Promise<Position> {
    for (let n = 0; n < events; n++) {
      const event: NewEvent = { id: randomUUID(), type: 't', data: {}, metadata: { schemaVersion: 1, actor: { subject: 's', organisation: 'o' }, correlationId: 'c' } };
      await store.append(`s-${randomUUID()}`, 'no-stream', [event]);
      appended.push(event.id);
    }
    return (await store.head()) as Position;
  }

  async function relayAll(): Promise<void> {
    const relay = new Relay({ name: 'relay', store, bus, checkpoints, topic, ...ORIGIN });
    relay.start();
    await until('relayed', async () => (await relay.status()).caughtUp, Boolean);
    await relay.stop();
  }

  /** A member of its own, as after a restart: what it knows of its place it has from Kafka. */
  async function consumeAll(): Promise<void> {
    const member = await KafkaBus.connect({ clientId: 'gaps-member', brokers: kafka.brokers });
    const observer = {
      found: (broken: ChainBreak) => Promise.resolve(void found.push(broken)),
      repaired: (_broken: ChainBreak, events: number) => Promise.resolve(void (repaired += events)),
      stopped: (broken: ChainBreak) => {
        throw new Error(`not to be repaired: ${JSON.stringify(broken)}`);
      },
    };
    const transport = new QazynaTransport({
      bus: member,
      validator: { validate: (_type, value) => ({ ok: true, value }) },
      chain: { store, topics: new Map([[topic, ORIGIN]]), observer },
    });
    transport.addHandler(topic, (batch: MessageBatch) => Promise.resolve(void handled.push(...batch.map(({ event }) => event.id))), true, { group });
    await new Promise<void>((resolve, reject) => transport.listen((error) => (error === undefined ? resolve() : reject(new Error('no start', { cause: error })))));
    await until('all handled', async () => {
      const lags = await bus.lag(group, [topic]);
      return new Set(handled).size === appended.length && lags.every(({ committed, end }) => committed === end);
    }, Boolean);
    await transport.close();
    await member.close();
  }

  it('a deleted range is read from the store', async () => {
    await append(200);
    await relayAll();
    const bounds = await admin.fetchTopicOffsets(topic);
    const cut = bounds.map(({ partition, high }) => ({ partition, offset: String(Math.floor(Number(high) / 2)) }));
    await admin.deleteTopicRecords({ topic, partitions: cut });
    await consumeAll();
    expect(found.map(({ kind, place }) => [kind, place])).toEqual(Array.from({ length: PARTITIONS }, () => ['gap', 'none']));
    expect(repaired).toBe(cut.reduce((sum, { offset }) => sum + Number(offset), 0));
    expect(handled).toHaveLength(200);
  }, 90_000);

  it('a range in front of a group that has a place is, too: another member finds the place', async () => {
    found.length = 0;
    repaired = 0;
    await append(100);
    await relayAll();
    await admin.deleteTopicRecords({ topic, partitions: (await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => ({ partition, offset: String(Number(high) - 5) })) });
    await consumeAll();
    expect(found).toHaveLength(PARTITIONS);
    expect(found.some(({ place }) => place === 'none')).toBe(false);
    expect(repaired).toBe(100 - 5 * PARTITIONS);
    expect(handled).toHaveLength(300);
  }, 90_000);

  it('so is what a checkpoint moved forward left out', async () => {
    found.length = 0;
    repaired = 0;
    await checkpoints.save('relay', await append(60));
    await append(100);
    await relayAll();
    await consumeAll();
    expect(repaired).toBe(60);
    expect(handled).toHaveLength(460);
  }, 90_000);

  it('a topic that was made again, empty, is filled up from the store with the first message that comes', async () => {
    found.length = 0;
    repaired = 0;
    await append(60);
    await relayAll();
    await admin.deleteTopics({ topics: [topic] });
    await until('the topic is gone', async () => !(await admin.listTopics()).includes(topic), Boolean);
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: PARTITIONS, replicationFactor: 1 }] });
    await append(100);
    await relayAll();
    await consumeAll();
    expect(found).toHaveLength(PARTITIONS);
    expect(repaired).toBeGreaterThanOrEqual(60);
  }, 120_000);
});
