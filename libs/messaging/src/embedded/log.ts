import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { UnknownTopic, type GroupLag, type Headers, type OutgoingRecord, type ReceivedRecord, type TopicSpec } from '../port.js';
import { openLogFile } from './log-file.js';

/** Consumed records are removed this many at a time: one delete pays for many commits. */
const TRIM_RECORDS_MIN = 1_000;

export interface Topic {
  readonly id: number;
  readonly name: string;
  readonly partitions: number;
  /** Kept for ever when undefined. */
  readonly retentionMs: number | undefined;
}

/** The durable log behind the embedded bus: plain synchronous SQLite, without queues or handlers. */
export class Log {
  private readonly topics = new Map<string, Topic>();
  private readonly insert: StatementSync;
  private readonly next: StatementSync;
  private readonly advance: StatementSync;
  private readonly page: StatementSync;
  private readonly bounds: StatementSync;
  private readonly committed: StatementSync;
  private readonly commit: StatementSync;
  private readonly slowest: StatementSync;
  private readonly noted: StatementSync;
  private readonly keepNote: StatementSync;
  private roundRobin = 0;

  private constructor(private readonly db: DatabaseSync) {
    this.insert = db.prepare('INSERT INTO records (topic, partition, position, key, headers, value, at) VALUES (?, ?, ?, ?, ?, ?, ?)');
    this.next = db.prepare('SELECT next FROM partitions WHERE topic = ? AND number = ?');
    this.advance = db.prepare('UPDATE partitions SET next = ? WHERE topic = ? AND number = ?');
    this.page = db.prepare('SELECT position, key, headers, value, at FROM records WHERE topic = ? AND partition = ? AND position >= ? ORDER BY position LIMIT ?');
    this.bounds = db.prepare('SELECT first, next FROM partitions WHERE topic = ? AND number = ?');
    this.committed = db.prepare('SELECT committed FROM group_offsets WHERE topic = ? AND partition = ? AND name = ?');
    this.commit = db.prepare(`INSERT INTO group_offsets (name, topic, partition, committed) VALUES (?, ?, ?, ?)
      ON CONFLICT (topic, partition, name) DO UPDATE SET committed = max(committed, excluded.committed)`);
    this.slowest = db.prepare('SELECT min(committed) AS slowest FROM group_offsets WHERE topic = ? AND partition = ?');
    this.noted = db.prepare('SELECT note FROM group_notes WHERE topic = ? AND partition = ? AND name = ?');
    this.keepNote = db.prepare('INSERT INTO group_notes (name, topic, partition, note) VALUES (?, ?, ?, ?) ON CONFLICT (topic, partition, name) DO UPDATE SET note = excluded.note');
    this.readTopics();
  }

  /** @throws {BusUnavailable} */
  static open(file: string): Log {
    return new Log(openLogFile(file));
  }

  /** Runs `work` in one transaction, flushed to disk when this returns. */
  transaction<T>(work: () => T): T {
    this.db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.db.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.db.isTransaction) this.db.exec('ROLLBACK');
      throw error;
    }
  }

  ensureTopics(specs: readonly TopicSpec[]): void {
    const missing = specs.filter((spec) => !this.topics.has(spec.name));
    if (missing.length === 0) return;
    this.transaction(() => {
      for (const { name, partitions, retentionMs } of missing) {
        const { lastInsertRowid } = this.db
          .prepare('INSERT INTO topics (name, partitions, retention_ms) VALUES (?, ?, ?)')
          .run(name, partitions, retentionMs ?? null);
        for (let number = 0; number < partitions; number++) {
          this.db.prepare('INSERT INTO partitions (topic, number, first, next) VALUES (?, ?, 0, 0)').run(lastInsertRowid, number);
        }
      }
    });
    this.readTopics();
  }

  /** @throws {UnknownTopic} */
  topic(name: string): Topic {
    const topic = this.topics.get(name);
    if (topic === undefined) throw new UnknownTopic(name);
    return topic;
  }

  /** Within a transaction. */
  append(topic: Topic, records: readonly OutgoingRecord[], at: Date): void {
    const ends = new Map<number, number>();
    for (const record of records) {
      const partition = this.partitionOf(topic, record.key);
      const position = ends.get(partition) ?? (this.next.get(topic.id, partition)?.['next'] as number);
      this.insert.run(topic.id, partition, position, record.key, JSON.stringify(record.headers), record.value, at.getTime());
      ends.set(partition, position + 1);
    }
    for (const [partition, end] of ends) this.advance.run(end, topic.id, partition);
  }

  read(topic: Topic, partition: number, from: number, limit: number): ReceivedRecord[] {
    return this.page.all(topic.id, partition, from, limit).map((row) => ({
      topic: topic.name,
      partition,
      offset: BigInt(row['position'] as number),
      key: row['key'] as string | null,
      headers: JSON.parse(row['headers'] as string) as Headers,
      value: row['value'] as Uint8Array | null,
      timestamp: new Date(row['at'] as number),
    }));
  }

  /** Makes the group known, so that nothing is trimmed before it has read it. A new group reads what there is from the start. */
  join(group: string, topic: Topic): void {
    this.transaction(() => {
      for (let partition = 0; partition < topic.partitions; partition++) {
        if (this.committed.get(topic.id, partition, group) === undefined) {
          this.commit.run(group, topic.id, partition, this.ends(topic, partition).first);
        }
      }
    });
  }

  /** Offset of the next record the group will read. */
  position(group: string, topic: Topic, partition: number): number {
    const row = this.committed.get(topic.id, partition, group);
    return row === undefined ? this.ends(topic, partition).first : (row['committed'] as number);
  }

  /** What the group kept with its offset. */
  note(group: string, topic: Topic, partition: number): string | undefined {
    return this.noted.get(topic.id, partition, group)?.['note'] as string | undefined;
  }

  /** Within a transaction. `next` is the offset after the last record dealt with. */
  commitOffset(group: string, topic: Topic, partition: number, next: number, note?: string): void {
    this.commit.run(group, topic.id, partition, next);
    if (note !== undefined) this.keepNote.run(group, topic.id, partition, note);
    if (topic.retentionMs === undefined) return;
    const { first } = this.ends(topic, partition);
    const slowest = this.slowest.get(topic.id, partition)?.['slowest'] as number;
    if (slowest - first < TRIM_RECORDS_MIN) return;
    this.db.prepare('DELETE FROM records WHERE topic = ? AND partition = ? AND position < ?').run(topic.id, partition, slowest);
    this.db.prepare('UPDATE partitions SET first = ? WHERE topic = ? AND number = ?').run(slowest, topic.id, partition);
  }

  lag(group: string, topic: Topic): GroupLag[] {
    return Array.from({ length: topic.partitions }, (_, partition) => ({
      topic: topic.name,
      partition,
      committed: BigInt(this.position(group, topic, partition)),
      end: BigInt(this.ends(topic, partition).next),
    }));
  }

  /** Offset of the first record still there, and the one the next record will get. */
  ends(topic: Topic, partition: number): { first: number; next: number } {
    const row = this.bounds.get(topic.id, partition);
    return { first: row?.['first'] as number, next: row?.['next'] as number };
  }

  ping(): void {
    this.db.prepare('SELECT 1').get();
  }

  close(): void {
    this.db.close();
  }

  private readTopics(): void {
    for (const row of this.db.prepare('SELECT id, name, partitions, retention_ms FROM topics').all()) {
      const name = row['name'] as string;
      const retentionMs = (row['retention_ms'] as number | null) ?? undefined;
      this.topics.set(name, { id: row['id'] as number, name, partitions: row['partitions'] as number, retentionMs });
    }
  }

  /** Without a key: each in turn. */
  partitionOf(topic: Topic, key: string | null): number {
    if (topic.partitions === 1) return 0;
    if (key === null) return this.roundRobin++ % topic.partitions;
    // FNV-1a: only has to give the same key the same partition for the life of the file.
    let hash = 0x811c9dc5;
    for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
    return (hash >>> 0) % topic.partitions;
  }
}
