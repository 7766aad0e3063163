import { BusUnavailable, type BusSubscription, type GroupLag, type MessageBus, type OutgoingRecord, type Partitioner, type ReceivedRecord, type SubscriptionRequest, type TopicSpec } from '@qazyna/messaging';
import type { Faults, Outcome } from '../engine/faults.js';
import { scope } from '../engine/virtual-time.js';
import type { Topics } from './topics.js';

/** A publish that is refused may be on the bus all the same: its caller publishes again. */
const OUTCOME: Outcome = {
  refused: () => new BusUnavailable('simulated: the broker is away'),
  lost: () => new BusUnavailable('simulated: no answer from the broker'),
  mayRefuseAfter: true,
};
const BATCH_MAX = 500;

interface Reader {
  readonly topic: string;
  readonly partition: number;
  readonly request: SubscriptionRequest;
  readonly stopping: AbortController;
}

/** One service's view of the bus: at least once, in order within a partition, everything else by the seed. */
export class SimulatedBus implements MessageBus {
  private readonly subscriptions: BusSubscription[] = [];

  constructor(
    private readonly topics: Topics,
    private readonly faults: Faults,
  ) {}

  ensureTopics(topics: readonly TopicSpec[]): Promise<void> {
    return this.faults.call('ensure-topics', () => this.topics.ensure(topics), OUTCOME);
  }

  /** A batch may be taken in part, twice, or in another order between keys; never out of order within one. */
  publish(topic: string, records: readonly OutgoingRecord[]): Promise<void> {
    const { faults } = this;
    const duplicate = faults.happens(faults.weather.duplicate);
    const torn = records.length > 1 && faults.happens(faults.weather.trouble / 2);
    const sent = records.map((record) => ({ ...record, headers: { ...record.headers } }));
    return faults.call(
      `publish ${topic} ${records.length}`,
      () => {
        const taken = torn ? sent.slice(0, faults.chance.between(0, sent.length - 1)) : sent;
        for (const record of taken) this.topics.append(topic, record);
        if (duplicate) {
          faults.note('bus: duplicate');
          for (const record of taken) this.topics.append(topic, record);
        }
        faults.trace(() => `bus takes ${taken.length} of ${sent.length} on ${topic}${duplicate ? ', twice' : ''}`);
        if (torn) {
          faults.note('bus: torn batch');
          throw new BusUnavailable('simulated: the broker failed in the middle of a batch');
        }
      },
      OUTCOME,
    );
  }

  async subscribe(request: SubscriptionRequest): Promise<BusSubscription> {
    await this.faults.call(`join ${request.group}`, () => undefined, { ...OUTCOME });
    const stopping = new AbortController();
    const readers = request.topics.flatMap((topic) => this.topics.partitions(topic).map((_, partition) => this.read({ topic, partition, request, stopping })));
    const done = Promise.all(readers);
    const subscription: BusSubscription = {
      stop: async () => {
        stopping.abort(new Error('leaving the group'));
        await done;
      },
    };
    this.subscriptions.push(subscription);
    return subscription;
  }

  partitioner(topic: string): Promise<Partitioner> {
    return Promise.resolve({ partitions: this.topics.partitions(topic).length, partitionOf: (key) => this.topics.partitionOf(topic, key) });
  }

  lag(group: string, topics: readonly string[]): Promise<readonly GroupLag[]> {
    const lagOf = (topic: string): GroupLag[] =>
      this.topics.partitions(topic).map((records, partition) => ({ topic, partition, committed: BigInt(this.topics.offset(group, topic, partition)), end: BigInt(records.length) }));
    return this.faults.call('lag', () => topics.flatMap(lagOf), OUTCOME);
  }

  ping(): Promise<void> {
    return this.faults.call('ping-bus', () => undefined, OUTCOME);
  }

  async close(): Promise<void> {
    await Promise.all(this.subscriptions.map((subscription) => subscription.stop()));
  }

  private async read(reader: Reader): Promise<void> {
    const { topic, partition, request, stopping } = reader;
    const { faults } = this;
    const owner = scope.getStore();
    let attempt = 0;
    while (!stopping.signal.aborted && owner?.alive !== false) {
      const at = this.topics.offset(request.group, topic, partition);
      const log = this.topics.partitions(topic)[partition] ?? [];
      if (at >= log.length) {
        await this.arrival(topic, partition, at, stopping.signal);
        continue;
      }
      // A slow consumer, a broker that takes its time.
      await faults.time.wait(faults.latencyMs());
      if (stopping.signal.aborted) return;
      const batch = log.slice(at, at + Math.min(request.batchSizeMax ?? BATCH_MAX, faults.calm ? BATCH_MAX : faults.chance.oneOf([1, 2, 7, BATCH_MAX])));
      try {
        const note = await this.deliver(reader, batch);
        attempt = 0;
        this.commit(reader, at + batch.length, note);
      } catch (error) {
        attempt += 1;
        faults.trace(() => `bus ${request.group} fails at ${topic}/${partition}@${at}: ${error instanceof Error ? error.message : String(error)}`);
        request.onError?.(error, { topic, partition, attempt });
        await faults.time.wait(Math.min(2_000, 50 * 2 ** attempt));
      }
    }
  }

  private async deliver({ topic, partition, request, stopping }: Reader, batch: readonly ReceivedRecord[]): Promise<string | undefined> {
    this.faults.trace(() => `bus hands ${request.group} ${batch.length} of ${topic}/${partition} from ${String(batch[0]?.offset)}`);
    let kept: string | undefined;
    await request.handler(batch, {
      topic,
      partition,
      signal: stopping.signal,
      heartbeat: () => this.faults.time.wait(0.01),
      note: () => Promise.resolve(this.topics.note(request.group, topic, partition)),
      keep: (note) => (kept = note),
    });
    return kept;
  }

  /** An acknowledgement may be lost on its way, and a broker may forget the last it took: both only repeat messages. */
  private commit({ topic, partition, request: { group } }: Reader, next: number, note: string | undefined): void {
    const { faults, topics } = this;
    if (faults.happens(faults.weather.duplicate)) {
      faults.note('bus: acknowledgement lost');
      return;
    }
    if (faults.happens(faults.weather.crash)) {
      const owner = scope.getStore();
      if (owner !== undefined) return faults.crash(owner, `before acknowledging ${topic}/${partition}@${next}`);
    }
    const back = faults.happens(faults.weather.duplicate / 4) ? faults.chance.between(1, 3) : 0;
    if (back > 0) faults.note('bus: offset rolled back');
    topics.commit(group, topic, partition, Math.max(0, next - back), note);
  }

  private arrival(topic: string, partition: number, known: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!signal.aborted && (this.topics.partitions(topic)[partition]?.length ?? 0) <= known) return;
        unwatch();
        signal.removeEventListener('abort', look);
        resolve();
      };
      const unwatch = this.topics.watch(look);
      signal.addEventListener('abort', look, { once: true });
    });
  }
}
