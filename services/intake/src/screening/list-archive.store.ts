import { streamOf, type ScreeningEntriesKept, type ScreeningListUpdated } from '@qazyna/contracts';
import { handleCommand, type EventMetadata, type EventStore } from '@qazyna/event-store';
import { contentHashOf, entryOfLine, type ListEntry } from './list-entries.adapter.js';
import type { LoadedList } from './list-provider.adapter.js';
import { addressKey } from './screened-address.adapter.js';
import { screeningContentDecider } from './screening-content.js';

/** Characters of entries in one event: with quotes escaped and an envelope it stays below a store's limit of 1 MiB. */
const PART_CHARACTERS = 500_000;

/** Keeps the entries of every version in the event store, under the hash of all of them. */
export class ListArchive {
  constructor(private readonly store: EventStore) {}

  /** @returns how many parts they are kept in. @throws {StoreUnavailable | StoreTimeout} keep them again */
  async keep(contentSha256: string, lines: readonly string[], metadata: Omit<EventMetadata, 'schemaVersion'>): Promise<number> {
    const parts = partsOf(lines);
    for (const [part, text] of parts.entries()) {
      const outcome = await handleCommand(this.store, screeningContentDecider, {
        stream: streamOf.screeningContent(contentSha256),
        command: { contentSha256, part, text },
        commandId: `part:${part}`,
        metadata,
      });
      if (outcome.kind === 'refused') throw new Error(`entries ${contentSha256} could not be kept: ${outcome.refusal.message}`);
    }
    return parts.length;
  }

  /** A version as it was kept, held against its hash. */
  async load({ list, version, contentSha256, parts }: Pick<ScreeningListUpdated, 'list' | 'version' | 'contentSha256' | 'parts'>): Promise<LoadedList> {
    const lines: string[] = [];
    for await (const page of this.store.readStream(streamOf.screeningContent(contentSha256), { limit: parts })) {
      for (const event of page) lines.push(...(event.data as unknown as ScreeningEntriesKept).text.split('\n').slice(0, -1).map((line) => `${line}\n`));
    }
    if (contentHashOf(lines) !== contentSha256) throw new Error(`the entries kept as ${contentSha256} of list ${list} are not those`);
    return { list, version, contentSha256, entries: indexed(lines.map(entryOfLine)) };
  }
}

export function indexed(entries: readonly ListEntry[]): ReadonlyMap<string, ListEntry> {
  return new Map(entries.map((entry) => [addressKey(entry), entry]));
}

function partsOf(lines: readonly string[]): string[] {
  const parts: string[] = [];
  let part = '';
  for (const line of lines) {
    if (part.length + line.length > PART_CHARACTERS) {
      parts.push(part);
      part = '';
    }
    part += line;
  }
  return part === '' ? parts : [...parts, part];
}
