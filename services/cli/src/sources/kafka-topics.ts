import { KafkaTopicReader } from '@qazyna/messaging';
import type { PlatformConfig } from '@qazyna/service-kit';
import type { Committed, TopicSnapshot } from '../audit/topic.js';
import type { TopicSource } from './topics.js';

/** The topics of a Kafka cluster, by the services' own settings. */
export class KafkaTopics implements TopicSource {
  private constructor(private readonly reader: KafkaTopicReader) {}

  /** @throws {BusUnavailable} no broker answers */
  static async connect({ kafkaBrokers = [], kafkaTls, kafkaUsername: username, kafkaPassword: password }: PlatformConfig): Promise<KafkaTopics> {
    return new KafkaTopics(
      await KafkaTopicReader.connect({
        brokers: [...kafkaBrokers],
        clientId: 'qazyna-cli',
        ...(kafkaTls ? { ssl: true } : {}),
        ...(username === undefined || password === undefined ? {} : { sasl: { mechanism: 'scram-sha-512', username, password } }),
      }),
    );
  }

  committed(group: string, topic: string): Promise<Committed> {
    return this.reader.committed(group, topic);
  }

  async snapshot(topic: string): Promise<TopicSnapshot> {
    const bounds = await this.reader.bounds(topic);
    return { topic, exists: bounds !== undefined, partitions: bounds ?? [], records: () => this.reader.read(topic, bounds ?? []) };
  }

  close(): Promise<void> {
    return this.reader.close();
  }
}
