import { EventStoreDbStore, type EventStore, type RecordedEvent } from '@qazyna/event-store';

/** Reads what is recorded, past every service: what counts is what stands in the streams. */
export class LogReader {
  private constructor(readonly store: EventStore) {}

  static async connect(url: string): Promise<LogReader> {
    return new LogReader(await EventStoreDbStore.connect({ url }));
  }

  async stream(name: string): Promise<RecordedEvent[]> {
    return collected(this.store.readStream(name));
  }

  /** Events of streams with this prefix, in the order of the log. */
  async all(streamPrefix: string): Promise<RecordedEvent[]> {
    return collected(this.store.readAll({ filter: { streamPrefixes: [streamPrefix] } }));
  }

  close(): Promise<void> {
    return this.store.close();
  }
}

async function collected(pages: AsyncIterable<readonly RecordedEvent[]>): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const page of pages) events.push(...page);
  return events;
}
