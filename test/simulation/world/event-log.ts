import type { AppendResult, EventFilter, ExpectedRevision, NewEvent, Position, RecordedEvent } from '@qazyna/event-store';
import { ConcurrencyConflict } from '@qazyna/event-store';

/** The durable half of the simulated event store: it outlives every service, and is what the oracle reads. */
export class EventLog {
  readonly all: RecordedEvent[] = [];
  private readonly streams = new Map<string, RecordedEvent[]>();
  private readonly watchers = new Set<() => void>();

  /** @param nowMs the store's own clock, milliseconds of the epoch */
  constructor(private readonly nowMs: () => number) {}

  /** All or nothing. @throws {ConcurrencyConflict} */
  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): AppendResult {
    const known = this.streams.get(stream) ?? [];
    const at = expected === 'no-stream' ? 0 : placeOf(expected) + 1;
    if (at !== known.length) {
      const there = known.slice(at, at + events.length);
      if (at < known.length && there.length === events.length && there.every(({ id }, i) => id === events[i]?.id)) return { revision: BigInt(at + events.length - 1), duplicate: true };
      throw new ConcurrencyConflict(stream, expected, known.length === 0 ? 'no-stream' : BigInt(known.length - 1));
    }
    const recordedAt = this.nowMs();
    for (const event of events) {
      const recorded: RecordedEvent = {
        ...(JSON.parse(JSON.stringify(event)) as NewEvent),
        stream,
        revision: BigInt(known.length),
        position: positionText(this.all.length + 1),
        recordedAt: new Date(recordedAt),
      };
      known.push(recorded);
      this.all.push(recorded);
    }
    this.streams.set(stream, known);
    for (const wake of [...this.watchers]) wake();
    return { revision: BigInt(known.length - 1), duplicate: false };
  }

  stream(name: string): readonly RecordedEvent[] {
    return this.streams.get(name) ?? [];
  }

  head(): Position | undefined {
    return this.all.at(-1)?.position;
  }

  /** Events after a place that pass, up to `limit` of them, looking no further than `end`; and how far was looked. */
  scan(after: number, end: number, limit: number, filter: EventFilter | undefined): { readonly events: readonly RecordedEvent[]; readonly scannedTo: number } {
    const events: RecordedEvent[] = [];
    let at = after;
    while (at < end && events.length < limit) {
      const event = this.all[at++] as RecordedEvent;
      if (filter === undefined || filter.streamPrefixes.some((prefix) => event.stream.startsWith(prefix))) events.push(event);
    }
    return { events, scannedTo: at };
  }

  /** Calls `wake` at each append until the returned function is called. */
  watch(wake: () => void): () => void {
    this.watchers.add(wake);
    return () => this.watchers.delete(wake);
  }
}

/** Revisions of a simulation fit a number. */
export function placeOf(revision: bigint): number {
  return Number.parseInt(revision.toString(), 10);
}

export function positionText(number: number): Position {
  return String(number).padStart(12, '0') as Position;
}

export function positionNumber(position: Position | undefined): number {
  return position === undefined ? 0 : Number(position);
}
