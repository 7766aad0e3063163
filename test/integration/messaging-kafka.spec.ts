import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { KafkaBus } from '@qazyna/messaging';
import { messageBusContract, messagingStrategyContract, type BusHarness } from '@qazyna/messaging/contract';
import { describeWith, KAFKA, type RunningKafka } from '@qazyna/testing';

await describeWith(KAFKA, 'the bus on Kafka', (source) => {
  let kafka: RunningKafka;
  beforeAll(async () => {
    kafka = await source.start();
  }, 120_000);
  afterAll(() => kafka.stop());

  const harness = (): Promise<BusHarness> =>
    Promise.resolve({
      open: () => KafkaBus.connect({ brokers: kafka.brokers, clientId: 'contract', pauses: { firstMs: 20, maxMs: 100 } }),
      dispose: () => Promise.resolve(),
    });
  it('creates the same topics for many that ask at once', async () => {
    const buses = await Promise.all(Array.from({ length: 8 }, (_, index) => KafkaBus.connect({ brokers: kafka.brokers, clientId: `creator-${index}` })));
    try {
      for (let round = 0; round < 8; round++) {
        const topics = Array.from({ length: 4 }, () => ({ name: `created.${randomUUID()}`, partitions: 8 }));
        // One after the other by moments: some find a topic that is listed already and not ready yet.
        await Promise.all(buses.map((bus, index) => sleep(index * 4 * round).then(() => bus.ensureTopics(topics))));
        await Promise.all(buses.map((bus) => bus.publish(topics[0]?.name ?? '', [{ key: null, headers: {}, value: Buffer.from('x') }])));
      }
    } finally {
      await Promise.all(buses.map((bus) => bus.close()));
    }
  });

  messageBusContract('Kafka', harness);
  messagingStrategyContract('Kafka', harness);
});
