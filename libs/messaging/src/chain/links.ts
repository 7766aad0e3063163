import type { CheckpointStore, EventStore, Position, RecordedEvent } from '@qazyna/event-store';
import type { Headers, Partitioner } from '../port.js';

/** Stands where there is no message before. */
export const NO_PREVIOUS = 'none';

export interface Links {
  /** Position of the event before it on the topic; `none` for the first. */
  readonly previousPosition: Position | typeof NO_PREVIOUS;
  /** Position of the event before it in its partition; `none` for the first. */
  readonly previousInPartition: Position | typeof NO_PREVIOUS;
}

/** Which events make a topic, and how a message says where it belongs. */
export interface LinkedTopic {
  readonly streamPrefixes: readonly string[];
  /** Default: the stream. */
  readonly partitionKey?: (event: RecordedEvent) => string;
}

export interface MessageLinks {
  readonly position: string;
  readonly previous: string;
}

/** The links of a record of a relayed topic, in binary mode; undefined when it carries none: then nothing can be said of it. */
export function linksOf({ headers }: { readonly headers: Headers }): MessageLinks | undefined {
  const { ce_position: position, ce_previousinpartition: previous } = headers;
  return position === undefined || previous === undefined || position === '' || previous === '' ? undefined : { position, previous };
}

/** Gives each event of a topic, in the order of the log, its links. What it gives depends on the log alone. */
export class Chain {
  private readonly heads: (Position | undefined)[];
  private last: Position | undefined;

  constructor(
    private readonly topic: LinkedTopic,
    private readonly partitioner: Partitioner,
    heads: readonly (Position | undefined)[] = [],
  ) {
    this.heads = Array.from({ length: partitioner.partitions }, (_, partition) => heads[partition]);
    for (const head of heads) if (head !== undefined && (this.last === undefined || head > this.last)) this.last = head;
  }

  /** Position of the last event in each partition. */
  snapshot(): readonly (Position | undefined)[] {
    return [...this.heads];
  }

  partitionOf(event: RecordedEvent): number {
    return this.partitioner.partitionOf(this.topic.partitionKey?.(event) ?? event.stream);
  }

  /** Links the next event of the log and moves on to it. */
  link(event: RecordedEvent): Links {
    const partition = this.partitionOf(event);
    const links = { previousPosition: this.last ?? NO_PREVIOUS, previousInPartition: this.heads[partition] ?? NO_PREVIOUS } as const;
    this.heads[partition] = event.position;
    this.last = event.position;
    return links;
  }
}

export interface HeadsOptions {
  /** The relay's checkpoint name; the cache's names start with it. */
  readonly name: string;
  readonly store: EventStore;
  readonly checkpoints: CheckpointStore;
  readonly topic: LinkedTopic;
  readonly partitioner: Partitioner;
  readonly signal?: AbortSignal;
}

/**
 * The chain as it stands after `until`, from the cache as far as it reaches and from the log for the rest.
 * @throws {StoreUnavailable}
 */
export async function chainUntil(until: Position | undefined, options: HeadsOptions): Promise<Chain> {
  const { store, topic, partitioner, signal } = options;
  if (until === undefined) return new Chain(topic, partitioner);
  const cached = await loadHeads(until, options);
  const chain = new Chain(topic, partitioner, cached?.heads);
  if (cached?.asOf === until) return chain;
  const pages = store.readAll({ ...(cached === undefined ? {} : { after: cached.asOf }), filter: { streamPrefixes: topic.streamPrefixes }, ...(signal === undefined ? {} : { signal }) });
  for await (const page of pages) {
    for (const event of page) {
      if (event.position > until) return chain;
      chain.link(event);
    }
  }
  return chain;
}

/**
 * Keeps the heads for the next start. The heads come before the position they hold for: a crash in between leaves heads
 * that are ahead of it, which reading the log from there finds again.
 */
export async function saveHeads(asOf: Position, heads: readonly (Position | undefined)[], { name, checkpoints }: Pick<HeadsOptions, 'name' | 'checkpoints'>): Promise<void> {
  const prefix = `${name}/links/${heads.length}`;
  for (const [partition, head] of heads.entries()) if (head !== undefined) await checkpoints.save(`${prefix}/${partition}`, head);
  await checkpoints.save(prefix, asOf);
}

async function loadHeads(until: Position, { name, checkpoints, partitioner: { partitions } }: HeadsOptions): Promise<{ asOf: Position; heads: (Position | undefined)[] } | undefined> {
  const prefix = `${name}/links/${partitions}`;
  const asOf = await checkpoints.load(prefix);
  if (asOf === undefined || asOf > until) return undefined;
  const heads: (Position | undefined)[] = [];
  for (let partition = 0; partition < partitions; partition++) {
    const head = await checkpoints.load(`${prefix}/${partition}`);
    // The checkpoint was moved back: which message came before is no longer in the cache.
    if (head !== undefined && head > until) return undefined;
    heads.push(head);
  }
  return { asOf, heads };
}
