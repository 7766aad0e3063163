import type { NewEvent, RecordedEvent } from '@qazyna/event-store';

const REMEMBERED_MAX = 50_000;

/**
 * Which trace an event belongs to, by the names others may call it: its id, its stream and the identity in the
 * stream's name. Work that no request or message carries (posting what was confirmed, matching) finds the trace of
 * its cause here. Bounded: the oldest names are forgotten, and a trace then ends earlier than it might.
 */
export class TraceMemory {
  private readonly traces = new Map<string, string>();

  constructor(private readonly rememberedMax = REMEMBERED_MAX) {}

  remember(stream: string, { id, metadata }: Pick<NewEvent, 'id' | 'metadata'>): void {
    if (metadata.traceparent === undefined) return;
    for (const name of [id, ...namesOf(stream)]) {
      this.traces.delete(name);
      this.traces.set(name, metadata.traceparent);
    }
    for (const oldest of this.traces.keys()) {
      if (this.traces.size <= this.rememberedMax) break;
      this.traces.delete(oldest);
    }
  }

  rememberAll(events: readonly RecordedEvent[]): void {
    for (const event of events) this.remember(event.stream, event);
  }

  /** The trace of what this name stands for; `stream@revision` stands for its stream. */
  of(name: string | undefined): string | undefined {
    if (name === undefined) return undefined;
    return this.traces.get(name) ?? this.traces.get(name.replace(/@\d+$/, ''));
  }
}

function namesOf(stream: string): readonly string[] {
  const dash = stream.indexOf('-');
  return dash < 0 ? [] : [stream, stream.slice(dash + 1)];
}
