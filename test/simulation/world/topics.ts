import { UnknownTopic, type OutgoingRecord, type ReceivedRecord, type TopicSpec } from '@qazyna/messaging';

/** The durable half of the simulated bus: topics, their partitions, and where each group has got to. */
export class Topics {
  private readonly topics = new Map<string, ReceivedRecord[][]>();
  private readonly committed = new Map<string, number>();
  private readonly notes = new Map<string, string>();
  private readonly watchers = new Set<() => void>();

  constructor(private readonly nowMs: () => number) {}

  ensure(specs: readonly TopicSpec[]): void {
    for (const { name, partitions } of specs) {
      if (!this.topics.has(name)) this.topics.set(name, Array.from({ length: partitions }, () => []));
    }
  }

  /** @throws {UnknownTopic} */
  partitions(topic: string): readonly (readonly ReceivedRecord[])[] {
    return this.of(topic);
  }

  /** Every record of a topic, in the order each partition took them. */
  records(topic: string): readonly ReceivedRecord[] {
    return this.topics.has(topic) ? this.of(topic).flat() : [];
  }

  names(): readonly string[] {
    return [...this.topics.keys()];
  }

  /** @throws {UnknownTopic} */
  append(topic: string, record: OutgoingRecord): void {
    const partitions = this.of(topic);
    const partition = this.partitionOf(topic, record.key);
    const log = partitions[partition] as ReceivedRecord[];
    log.push({ ...record, topic, partition, offset: BigInt(log.length), timestamp: new Date(this.nowMs()) });
    for (const wake of [...this.watchers]) wake();
  }

  partitionOf(topic: string, key: string | null): number {
    return key === null ? 0 : hash(key) % this.of(topic).length;
  }

  /** What a group kept with its offset. */
  note(group: string, topic: string, partition: number): string | undefined {
    return this.notes.get(`${group} ${topic} ${partition}`);
  }

  offset(group: string, topic: string, partition: number): number {
    return this.committed.get(`${group} ${topic} ${partition}`) ?? 0;
  }

  commit(group: string, topic: string, partition: number, next: number, note?: string): void {
    this.committed.set(`${group} ${topic} ${partition}`, next);
    if (note !== undefined) this.notes.set(`${group} ${topic} ${partition}`, note);
  }

  /** Calls `wake` at each record until the returned function is called. */
  watch(wake: () => void): () => void {
    this.watchers.add(wake);
    return () => this.watchers.delete(wake);
  }

  private of(topic: string): ReceivedRecord[][] {
    const found = this.topics.get(topic);
    if (found === undefined) throw new UnknownTopic(topic);
    return found;
  }
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
