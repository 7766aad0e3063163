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
  messageBusContract('Kafka', harness);
  messagingStrategyContract('Kafka', harness);
});
