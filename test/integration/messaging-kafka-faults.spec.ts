import { InMemoryCheckpoints, SqliteEventStore, type NewEvent } from '@qazyna/event-store';
import { decodeRecord, KafkaBus, Relay } from '@qazyna/messaging';
import { describeWith, OWN_KAFKA, type RunningKafka } from '@qazyna/testing';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const PAUSES = { firstMs: 50, maxMs: 500 };

async function until(condition: () => boolean | Promise<boolean>, what: string, withinMs = 90_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await sleep(50);
  }
}

await describeWith(OWN_KAFKA, 'a broker that is killed and comes back', (source) => {
  let kafka: RunningKafka;
  beforeAll(async () => {
    kafka = await source.start();
  }, 120_000);
  afterAll(() => kafka.stop());

  it('loses no relayed event, and the consumer goes on by itself', async () => {
    const bus = await KafkaBus.connect({ brokers: kafka.brokers, clientId: 'faults', pauses: PAUSES, sessionTimeoutMs: 10_000 });
    const store = SqliteEventStore.open({ file: ':memory:' });
    const topic = `faults.${randomUUID()}`;
    await bus.ensureTopics([{ name: topic, partitions: 1 }]);
    const seen = new Set<string>();
    await bus.subscribe({
      topics: [topic],
      group: randomUUID(),
      handler: (records) => {
        for (const record of records) seen.add(decodeRecord(record).id);
        return Promise.resolve();
      },
    });
    const relay = new Relay({ name: 'faults', store, bus, checkpoints: new InMemoryCheckpoints(), topic, streamPrefixes: ['s-'], service: 'faults', pauses: PAUSES });
    relay.start();
    const sent: string[] = [];
    const append = async (count: number): Promise<void> => {
      const events = Array.from({ length: count }, (): NewEvent => ({
        id: randomUUID(),
        type: 'faults.happened',
        data: {},
        metadata: { schemaVersion: 1, actor: { subject: 's', organisation: 'o' }, correlationId: 'c' },
      }));
      await store.append(`s-${sent.length}`, 'no-stream', events);
      sent.push(...events.map(({ id }) => id));
    };
    await append(100);
    await until(() => seen.size === 100, 'the first hundred');
    await append(400);
    await kafka.kill9();
    await append(500);
    await expect(bus.ping()).rejects.toMatchObject({ code: 'bus-unavailable' });
    expect((await relay.status()).caughtUp).toBe(false);
    await kafka.restart();
    await until(() => seen.size >= 1_000, 'all thousand');
    await until(async () => (await relay.status()).caughtUp, 'the relay caught up');
    expect([...seen].sort()).toEqual([...sent].sort());
    await expect(bus.ping()).resolves.toBeUndefined();
    await relay.stop();
    await bus.close();
    await store.close();
  }, 180_000);

  it('rejects a publish that no broker acknowledged, and takes the same one later', async () => {
    const bus = await KafkaBus.connect({ brokers: kafka.brokers, clientId: 'faults', pauses: PAUSES });
    const topic = `faults.${randomUUID()}`;
    await bus.ensureTopics([{ name: topic, partitions: 1 }]);
    const record = { key: 'k', headers: {}, value: Buffer.from('once') };
    await bus.publish(topic, [record]);
    await kafka.kill9();
    await expect(bus.publish(topic, [record])).rejects.toMatchObject({ code: 'bus-unavailable' });
    await kafka.restart();
    await until(() => bus.publish(topic, [record]).then(() => true, () => false), 'the publish after the restart');
    const [lag] = await bus.lag('nobody', [topic]);
    expect(lag?.end).toBeGreaterThanOrEqual(2n);
    await bus.close();
  }, 180_000);
});
