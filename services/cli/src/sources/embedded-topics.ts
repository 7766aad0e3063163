import { DatabaseSync } from 'node:sqlite';
import type { Headers, ReceivedRecord } from '@qazyna/messaging';
import type { Committed, TopicSnapshot } from '../audit/topic.js';
import type { TopicSource } from './topics.js';

const PAGE = 500;

/** A copy of the embedded bus's file, which is one moment of all its topics and offsets. */
export class EmbeddedTopics implements TopicSource {
  private constructor(private readonly db: DatabaseSync | undefined) {}

  /** `copy`: path of a copy of `bus.sqlite`; undefined where there is no bus yet. */
  static open(copy: string | undefined): EmbeddedTopics {
    return new EmbeddedTopics(copy === undefined ? undefined : new DatabaseSync(copy));
  }

  committed(group: string, topic: string): Promise<Committed> {
    const rows = this.all(
      `SELECT partitions.number AS number, committed FROM topics JOIN partitions ON partitions.topic = topics.id
       LEFT JOIN group_offsets ON group_offsets.topic = topics.id AND group_offsets.partition = partitions.number AND group_offsets.name = ? WHERE topics.name = ?`,
      group, topic,
    );
    return Promise.resolve(new Map(rows.map(({ number, committed }) => [number as number, committed === null ? undefined : BigInt(committed as number)])));
  }

  snapshot(topic: string): Promise<TopicSnapshot> {
    const rows = this.all('SELECT number, first, next FROM partitions JOIN topics ON topics.id = topic WHERE name = ? ORDER BY number', topic);
    const partitions = rows.map(({ number, first, next }) => ({ partition: number as number, low: BigInt(first as number), high: BigInt(next as number) }));
    return Promise.resolve({ topic, exists: rows.length > 0, partitions, records: () => this.records(topic, partitions.map(({ partition }) => partition)) });
  }

  close(): Promise<void> {
    this.db?.close();
    return Promise.resolve();
  }

  private async *records(topic: string, partitions: readonly number[]): AsyncGenerator<readonly ReceivedRecord[]> {
    const query = `SELECT position, key, headers, value, at FROM records JOIN topics ON topics.id = topic WHERE name = ? AND partition = ? AND position >= ? ORDER BY position LIMIT ${PAGE}`;
    for (const partition of partitions) {
      for (let from = 0; ; ) {
        const rows = this.all(query, topic, partition, from);
        if (rows.length === 0) break;
        yield rows.map((row) => ({
          topic,
          partition,
          offset: BigInt(row['position'] as number),
          key: row['key'] as string | null,
          headers: JSON.parse(row['headers'] as string) as Headers,
          value: row['value'] as Uint8Array | null,
          timestamp: new Date(row['at'] as number),
        }));
        from = (rows.at(-1)?.['position'] as number) + 1;
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }

  private all(sql: string, ...values: readonly (string | number)[]): Record<string, unknown>[] {
    return this.db?.prepare(sql).all(...values) ?? [];
  }
}
