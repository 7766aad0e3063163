import type { EventStore, Position } from '@qazyna/event-store';
import { encodeRecord } from '../cloud-events/kafka-binding.js';
import type { BatchContext, BatchHandler, MessageBus, ReceivedRecord } from '../port.js';
import { toCloudEvent, type MessageConversion } from '../relay/to-cloud-event.js';
import { Chain, linksOf, NO_PREVIOUS, type LinkedTopic, type MessageLinks } from './links.js';
import { ChainWalk, type BreakKind } from './judge.js';

/** Marks a record that was made from the store in place of one that never came. */
export const REPAIRED_HEADER = 'repaired-from-store';
const PAGE = 500;

export type RelayedTopic = LinkedTopic & MessageConversion;

export interface ChainBreak {
  readonly kind: BreakKind;
  readonly topic: string;
  readonly partition: number;
  readonly group: string;
  /** Where the group is: position of the last message handled, or `none`. */
  readonly place: string;
  /** Position of the message that does not follow. */
  readonly found: string;
  /** Position that this message says comes before it. */
  readonly foundPrevious: string;
}

/** Told of breaks. What rejects stops the partition until the next try. */
export interface ChainObserver {
  /** Resolves when the alarm is durable. Told again at each try. */
  found(broken: ChainBreak): Promise<void>;
  /** `events` were read from the store and handled. Resolves when that is on record. */
  repaired(broken: ChainBreak, events: number): Promise<void>;
  /** The store does not have what is missing: the partition stands still. */
  stopped(broken: ChainBreak): void;
}

export interface ChainOptions {
  /** The log that the messages were made from. */
  readonly store: EventStore;
  /** By topic. Messages of other topics are not checked. */
  readonly topics: ReadonlyMap<string, RelayedTopic>;
  readonly observer: ChainObserver;
}

/** Messages are missing, or are not of our log, and the store cannot make it good: nothing after them may be handled. */
export class ChainBroken extends Error {
  readonly code = 'chain-broken';
  override readonly name = 'ChainBroken';
  constructor(readonly broken: ChainBreak) {
    super(`${broken.kind} in ${broken.topic}/${broken.partition} for ${broken.group}: at ${broken.place}, and ${broken.found} came, which follows ${broken.foundPrevious}`);
  }
}

/**
 * Stands before the handler of a relayed topic: checks that each message follows the one before, and reads from the
 * store what did not come. A comparison a message; the place is committed with the offset.
 */
export class ChainGuard {
  constructor(
    private readonly topic: RelayedTopic,
    private readonly group: string,
    private readonly bus: MessageBus,
    private readonly options: Pick<ChainOptions, 'store' | 'observer'>,
    private readonly handle: BatchHandler,
  ) {}

  /** @throws {ChainBroken} */
  async process(records: readonly ReceivedRecord[], context: BatchContext): Promise<void> {
    let walk: ChainWalk | undefined;
    let from = 0;
    for (let index = 0; index < records.length; index++) {
      const record = records[index] as ReceivedRecord;
      const links = linksOf(record);
      if (links === undefined) continue;
      walk ??= new ChainWalk((await context.note()) ?? NO_PREVIOUS);
      const kind = await this.breakAt(record, links, walk);
      if (kind !== undefined) {
        if (index > from) await this.handle(records.slice(from, index), context);
        from = index;
        await this.repair(record, links, { kind, topic: context.topic, partition: context.partition, group: this.group, place: walk.place, found: links.position, foundPrevious: links.previous }, context);
      }
      walk.accept(links);
    }
    await this.handle(from === 0 ? records : records.slice(from), context);
    if (walk !== undefined) context.keep(walk.place);
  }

  private async breakAt(record: ReceivedRecord, links: MessageLinks, walk: ChainWalk): Promise<BreakKind | undefined> {
    const verdict = walk.judge(links);
    if (verdict === 'next' || verdict === 'duplicate') return undefined;
    if (verdict !== 'old') return verdict;
    return (await this.isInLog(record, links)) ? undefined : 'step-back';
  }

  private async isInLog({ headers }: ReceivedRecord, { position }: MessageLinks): Promise<boolean> {
    const { ce_id: id, ce_subject: stream = '', ce_streamrevision: revision = '' } = headers;
    if (stream === '' || !/^\d{1,19}$/.test(revision)) return false;
    for await (const page of this.options.store.readStream(stream, { from: BigInt(revision), limit: 1 })) {
      const [event] = page;
      return event?.id === id && event?.position === position;
    }
    return false;
  }

  private async repair(record: ReceivedRecord, links: MessageLinks, broken: ChainBreak, context: BatchContext): Promise<void> {
    const { observer } = this.options;
    await observer.found(broken);
    // Read twice: nothing is handled before it is certain that the store has all of it, however much that is.
    if (broken.kind === 'step-back' || !(await this.storeHasAll(record, links, broken, context))) {
      observer.stopped(broken);
      throw new ChainBroken(broken);
    }
    let events = 0;
    for await (const missing of this.missing(record, broken, context)) {
      await this.handle(missing, context);
      events += missing.length;
      await context.heartbeat();
    }
    await observer.repaired(broken, events);
  }

  /** Whether the log leads from the place to the message, by way of the one it names. */
  private async storeHasAll({ headers }: ReceivedRecord, { position, previous }: MessageLinks, { place }: ChainBreak, context: BatchContext): Promise<boolean> {
    let previousSeen = previous === NO_PREVIOUS || (place !== NO_PREVIOUS && previous <= place);
    for await (const page of this.read(place, context)) {
      for (const event of page) {
        if (event.position >= position) return previousSeen && event.position === position && event.id === headers['ce_id'];
        if (event.position === previous) previousSeen = true;
      }
      await context.heartbeat();
    }
    return false;
  }

  /** The messages of this partition that belong between the place and the record, as the relay makes them. */
  private async *missing(record: ReceivedRecord, { place, found }: ChainBreak, context: BatchContext): AsyncGenerator<ReceivedRecord[]> {
    const chain = new Chain(this.topic, await this.bus.partitioner(context.topic));
    let batch: ReceivedRecord[] = [];
    for await (const page of this.read(place, context)) {
      for (const event of page) {
        if (event.position >= found) {
          if (batch.length > 0) yield batch;
          return;
        }
        if (chain.partitionOf(event) !== context.partition) continue;
        const made = encodeRecord(toCloudEvent(event, this.topic));
        batch.push({ ...made, headers: { ...made.headers, [REPAIRED_HEADER]: 'true' }, topic: context.topic, partition: context.partition, offset: record.offset, timestamp: event.recordedAt });
        if (batch.length < PAGE) continue;
        yield batch;
        batch = [];
      }
    }
  }

  private read(place: string, { signal }: BatchContext): ReturnType<EventStore['readAll']> {
    return this.options.store.readAll({ ...(place === NO_PREVIOUS ? {} : { after: place as Position }), filter: { streamPrefixes: this.topic.streamPrefixes }, signal });
  }
}
