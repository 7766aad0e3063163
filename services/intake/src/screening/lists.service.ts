import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { streamOf, type ListVersion, type ScreeningFormat, type ScreeningListUpdated } from '@qazyna/contracts';
import { handleCommand, loadState, type EventMetadata, type EventStore, type Position, type Refusal } from '@qazyna/event-store';
import { EVENT_STORE } from '@qazyna/service-kit';
import { indexed, ListArchive } from './list-archive.store.js';
import { contentHashOf, differenceOf, entriesOf, labelOf, linesOf, UnreadableList } from './list-entries.adapter.js';
import { readList } from './list-formats.adapter.js';
import type { LoadedList } from './list-provider.adapter.js';
import { screeningListDecider } from './screening-list.js';

export interface OfferedList {
  readonly list: string;
  readonly format: ScreeningFormat;
  readonly bytes: Uint8Array;
  /** As the officer names it; by default the day it was published, or the beginning of its hash. */
  readonly version?: string;
  readonly mayShrink: boolean;
  readonly dryRun: boolean;
}

export interface ListOutcome {
  readonly status: 'updated' | 'unchanged' | 'dry-run';
  readonly list: string;
  readonly version: string;
  readonly sha256: string;
  readonly contentSha256: string;
  readonly entries: number;
  readonly added: number;
  readonly removed: number;
  readonly unrecognised: number;
  readonly perType: Readonly<Record<string, number>>;
  /** Types never seen before: an alert was raised. */
  readonly unknownTypes: readonly string[];
  readonly previousVersion: string | null;
}

const LIST_STREAMS = 'screening-list-';

/** The lists in force: in the event store, and in memory to be compared with. */
@Injectable()
export class ListsService {
  private readonly loaded = new Map<string, LoadedList>();
  private readonly archive: ListArchive;

  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {
    this.archive = new ListArchive(store);
  }

  get current(): readonly LoadedList[] {
    return [...this.loaded.values()].sort((a, b) => (a.list < b.list ? -1 : 1));
  }

  get versions(): readonly ListVersion[] {
    return this.current.map(({ list, version, contentSha256 }) => ({ list, version, contentSha256 }));
  }

  find(list: string): LoadedList | undefined {
    return this.loaded.get(list);
  }

  /** Takes a new version of a list. @throws {StoreUnavailable | StoreTimeout} send it again */
  async update({ list, format, bytes, version, mayShrink, dryRun }: OfferedList, metadata: Omit<EventMetadata, 'schemaVersion'>): Promise<ListOutcome | { readonly refusal: Refusal }> {
    const read = await readable(() => readList(format, bytes));
    if ('refusal' in read) return read;
    const counted = await readable(() => Promise.resolve(entriesOf(read.found)));
    if ('refusal' in counted) return counted;
    const { entries, unrecognised, perType } = counted;
    const lines = linesOf(entries);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const contentSha256 = contentHashOf(lines);
    const stream = streamOf.screeningList(list);
    const { state, expected } = await loadState(this.store, screeningListDecider, stream);
    const before = state.current === undefined ? undefined : await this.versionOf(state.current);
    const after: LoadedList = { list, version: version ?? read.publishedOn ?? sha256.slice(0, 12), contentSha256, entries: indexed(entries) };
    const types = Object.keys(perType).sort().slice(0, 200).map((type) => labelOf(type, 64));
    const update = { list, format, version: after.version, sha256, contentSha256, parts: 1, entries: entries.length, ...differenceOf(before?.entries ?? new Map(), after.entries), unrecognised, types };
    const command = { update, perType, comparedWith: state.current?.contentSha256, mayShrink };
    const decision = screeningListDecider.decide(command, state);
    if (decision.kind === 'refused') return { refusal: decision.refusal };
    const unknownTypes = decision.events.flatMap((event) => (event.type === 'intake.screening-type-unknown' ? [event.data.addressType] : []));
    const { added, removed } = update;
    const outcome = { list, version: after.version, sha256, contentSha256, entries: entries.length, added, removed, unrecognised, perType, unknownTypes, previousVersion: state.current?.version ?? null };
    if (dryRun || decision.events.length === 0) return { status: dryRun ? 'dry-run' : 'unchanged', ...outcome };
    const parts = await this.archive.keep(contentSha256, lines, metadata);
    // By its place: a version may follow another one that it preceded before.
    const recorded = await handleCommand(this.store, screeningListDecider, { stream, command: { ...command, update: { ...update, parts } }, commandId: `update:${sha256}:${String(expected)}`, metadata });
    if (recorded.kind === 'refused') return { refusal: recorded.refusal };
    this.loaded.set(list, after);
    return { status: 'updated', ...outcome };
  }

  /**
   * Follows the versions of all lists, from the first; of those that are there already only the last is loaded.
   * `onChange` hears of each place in the log from which on another version is in force, `onKnown` that all are there.
   */
  async follow(signal: AbortSignal, onChange: (position: Position) => void, onKnown: () => void): Promise<void> {
    const latest = new Map<string, ScreeningListUpdated>();
    let isCaughtUp = false;
    let newest: Position | undefined;
    for await (const message of this.store.subscribe({ filter: { streamPrefixes: [LIST_STREAMS] }, signal })) {
      for (const { type, data, position } of message.kind === 'events' ? message.events : []) {
        if (type !== 'intake.screening-list-updated') continue;
        latest.set(data['list'] as string, data as unknown as ScreeningListUpdated);
        newest = position;
      }
      if (message.kind === 'caught-up') isCaughtUp = true;
      if (!isCaughtUp) continue;
      for (const update of latest.values()) this.loaded.set(update.list, await this.versionOf(update));
      // The update's own place: where the log ends may be another's event, which no view of lists is ever told of.
      if (latest.size > 0 && newest !== undefined) onChange(newest);
      onKnown();
      latest.clear();
    }
  }

  private async versionOf(update: ScreeningListUpdated): Promise<LoadedList> {
    const known = this.loaded.get(update.list);
    if (known?.contentSha256 === update.contentSha256) return { ...known, version: update.version };
    return this.archive.load(update);
  }
}


async function readable<T extends object>(read: () => Promise<T>): Promise<T | { readonly refusal: Refusal }> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof UnreadableList)) throw error;
    return { refusal: { code: error.code, message: error.message } };
  }
}
