import { closeSync, existsSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { shared, streams } from './protocol.js';

/** An event as the client proposed it. */
export interface ProposedEvent {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

/** An event in the log, with the answer to a read of it ready as bytes. */
export interface LoggedEvent {
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly revision: number;
  /** Both commit and prepare position: bytes from the start of the log. */
  readonly position: bigint;
  readonly response: Buffer;
}

export type Expectation = 'any' | 'no-stream' | 'stream-exists' | number;

export type AppendOutcome =
  | { readonly kind: 'success'; readonly revision: number; readonly position: bigint }
  /** `current` is -1 for a stream that does not exist. */
  | { readonly kind: 'wrong-expected-version'; readonly current: number };

interface StoredAppend {
  readonly stream: string;
  /** Milliseconds of the epoch. */
  readonly created: number;
  readonly events: readonly { readonly id: string; readonly type: string; readonly contentType: string; readonly data: string; readonly metadata: string }[];
}

const METASTREAM = '$$';
const RECORD_OVERHEAD_BYTES = 100n;
/** .NET ticks: 100 ns, since the Unix epoch, as the server writes `created`. */
const TICKS_PER_MS = 10_000n;

/** The double's log: in memory, and in a file of JSON lines (one append each) when it has one. */
export class EventLog {
  readonly events: LoggedEvent[] = [];
  private readonly streams = new Map<string, LoggedEvent[]>();
  /** `$maxCount` by stream, where its metadata say one. */
  private readonly maxCounts = new Map<string, number>();
  private readonly fd: number | undefined;
  private end = 0n;
  private readonly waiting = new Set<() => void>();

  constructor(dataFile?: string) {
    if (dataFile === undefined) return;
    if (existsSync(dataFile)) this.restore(dataFile);
    this.fd = openSync(dataFile, 'a');
  }

  append(stream: string, expected: Expectation, proposed: readonly ProposedEvent[]): AppendOutcome {
    const existing = this.streams.get(stream) ?? [];
    const current = existing.length - 1;
    const wanted = expected === 'no-stream' ? -1 : typeof expected === 'number' ? expected : undefined;
    if ((wanted !== undefined && wanted !== current) || (expected === 'stream-exists' && current < 0)) {
      const there = wanted !== undefined && wanted < current ? existing.slice(wanted + 1, wanted + 1 + proposed.length) : [];
      const last = there.at(-1);
      if (last !== undefined && there.length === proposed.length && there.every((event, index) => event.id === proposed[index]?.id)) {
        return { kind: 'success', revision: last.revision, position: last.position };
      }
      return { kind: 'wrong-expected-version', current };
    }
    const created = Date.now();
    // Written before it is acknowledged: the operating system keeps it when this process is killed.
    if (this.fd !== undefined) writeSync(this.fd, `${JSON.stringify(toStored(stream, created, proposed))}\n`);
    const last = this.apply(stream, created, proposed);
    for (const wake of this.waiting) wake();
    this.waiting.clear();
    return { kind: 'success', revision: last?.revision ?? current, position: last?.position ?? this.end };
  }

  stream(name: string): readonly LoggedEvent[] | undefined {
    return this.streams.get(name);
  }

  /** Revision of the first event of a stream that reads of it still show. */
  firstShown(name: string): number {
    return Math.max(0, (this.streams.get(name)?.length ?? 0) - (this.maxCounts.get(name) ?? Number.POSITIVE_INFINITY));
  }

  /** Index of the first event whose position is at or after this one. */
  indexFrom(position: bigint): number {
    let low = 0;
    let high = this.events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.events[middle] as LoggedEvent).position < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Calls `wake` once, after the next append. Returns how to take that back. */
  onGrowth(wake: () => void): () => void {
    this.waiting.add(wake);
    return () => this.waiting.delete(wake);
  }

  close(): void {
    if (this.fd !== undefined) closeSync(this.fd);
  }

  private apply(stream: string, created: number, proposed: readonly ProposedEvent[]): LoggedEvent | undefined {
    let list = this.streams.get(stream);
    if (list === undefined) this.streams.set(stream, (list = []));
    for (const event of proposed) {
      if (stream.startsWith(METASTREAM)) this.bound(stream.slice(METASTREAM.length), event.data);
      const position = this.end;
      this.end += BigInt(event.data.length + event.metadata.length) + RECORD_OVERHEAD_BYTES;
      const revision = list.length;
      const logged = { id: event.id, type: event.type, stream, revision, position, response: readResponse(event, stream, revision, position, created) };
      list.push(logged);
      this.events.push(logged);
    }
    return list.at(-1);
  }

  private bound(stream: string, metadata: Uint8Array): void {
    const { $maxCount } = JSON.parse(Buffer.from(metadata).toString('utf8')) as { readonly $maxCount?: number };
    if ($maxCount === undefined) this.maxCounts.delete(stream);
    else this.maxCounts.set(stream, $maxCount);
  }

  private restore(dataFile: string): void {
    const content = readFileSync(dataFile);
    // A kill in the middle of a write leaves half a line, which nobody was told about.
    const complete = content.lastIndexOf(0x0a) + 1;
    if (complete < content.length) truncateSync(dataFile, complete);
    for (const line of content.subarray(0, complete).toString('utf8').split('\n')) {
      if (line === '') continue;
      const { stream, created, events } = JSON.parse(line) as StoredAppend;
      this.apply(
        stream,
        created,
        events.map((event) => ({ ...event, data: Buffer.from(event.data, 'base64'), metadata: Buffer.from(event.metadata, 'base64') })),
      );
    }
  }
}

function toStored(stream: string, created: number, proposed: readonly ProposedEvent[]): StoredAppend {
  return {
    stream,
    created,
    events: proposed.map(({ id, type, contentType, data, metadata }) => ({
      id,
      type,
      contentType,
      data: Buffer.from(data).toString('base64'),
      metadata: Buffer.from(metadata).toString('base64'),
    })),
  };
}

function readResponse(event: ProposedEvent, stream: string, revision: number, position: bigint, created: number): Buffer {
  const record = new streams.ReadResp.ReadEvent.RecordedEvent();
  record.setId(new shared.UUID().setString(event.id));
  record.setStreamIdentifier(new shared.StreamIdentifier().setStreamName(Buffer.from(stream, 'utf8')));
  record.setStreamRevision(String(revision));
  record.setCommitPosition(String(position));
  record.setPreparePosition(String(position));
  record.getMetadataMap().set('type', event.type);
  record.getMetadataMap().set('content-type', event.contentType);
  record.getMetadataMap().set('created', String(BigInt(created) * TICKS_PER_MS));
  record.setData(event.data);
  record.setCustomMetadata(event.metadata);
  const read = new streams.ReadResp.ReadEvent();
  read.setEvent(record);
  read.setCommitPosition(String(position));
  return Buffer.from(new streams.ReadResp().setEvent(read).serializeBinary());
}
