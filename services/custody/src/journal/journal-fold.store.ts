import { streamOf } from '@qazyna/contracts';
import type { EventStore, NewEvent } from '@qazyna/event-store';
import { Balances, decodeEntry, type BalancesOptions } from '@qazyna/ledger';
import { EntryIds, lanesOf } from './entry-ids.js';
import { SnapshotUnusable, type JournalSnapshots } from './journal-snapshot.store.js';

export const ENTRY_POSTED = 'custody.journal-entry-posted';

export interface JournalFoldOptions {
  readonly store: EventStore;
  /** Where states are kept, so that a start need not fold everything. Default: nowhere. */
  readonly snapshots?: JournalSnapshots;
  /** Entries between two snapshots that are kept. Default 100,000. */
  readonly snapshotEvery?: number;
  /** Told why a snapshot was not used, or could not be kept: nothing is lost but time. */
  readonly onSnapshotLost?: (error: Error) => void;
}

/** The journal took nothing: it is closed, held by another writer, or what it holds is not what it must be. */
export class JournalUnavailable extends Error {
  override readonly name = 'JournalUnavailable';
  constructor(
    readonly code: 'journal-closed' | 'journal-fenced' | 'journal-damaged' | 'journal-timeout',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A known state of the ledger to start again from when what is in memory may be ahead of the stream. */
interface Resumption {
  readonly balances: Balances;
  readonly next: bigint;
  /** Undefined for the start. */
  readonly lastEntryId: string | undefined;
}

const RESUMPTION_EVERY = 20_000;
const KEPT_EVERY = 100_000;
/** What a restored state must be told of again: as many as a fold remembers for sure. */
const REMEMBERED_ENTRIES = 16_384;

/** How the journal is folded wherever custody does it: what it holds was proven when it was written; a compensation being written is always compared. */
export const JOURNAL_FOLD: BalancesOptions = { unknownCorrected: 'count' };

/** The journal's balances and entry ids, as they are at the end of its stream. */
export class JournalFold {
  private ids = new EntryIds();
  private balances: Balances | undefined;
  private resumption: Resumption = { balances: new Balances(JOURNAL_FOLD), next: 0n, lastEntryId: undefined };
  private lastEntryId: string | undefined;
  /** Up to where a snapshot has been kept. */
  private kept = 0n;
  private restored = false;
  private loading: Promise<Balances> | undefined;
  private nextRevision = 0n;

  constructor(private readonly options: JournalFoldOptions) {}

  /** Revision of the next entry, as far as is known. */
  get next(): bigint {
    return this.nextRevision;
  }

  get isLoaded(): boolean {
    return this.balances !== undefined;
  }

  /** Whether the journal has an entry of this id. */
  has(entryId: string): boolean {
    return this.ids.has(entryId);
  }

  /** The balances at the end of the stream. @throws {JournalUnavailable} it is damaged @throws {StoreUnavailable} */
  loaded(): Promise<Balances> {
    if (this.balances) return Promise.resolve(this.balances);
    this.loading ??= this.load().finally(() => (this.loading = undefined));
    return this.loading;
  }

  /** Takes in what another process has appended since. @throws as `loaded` */
  async catchUp(): Promise<void> {
    const balances = await this.loaded();
    // Half a tail must not count as all of it.
    this.balances = undefined;
    this.nextRevision = await this.foldInto(balances, this.nextRevision);
    this.balances = balances;
    if (this.isTimeToMark) this.markResumption(balances);
  }

  /** The balances may hold what is not in the stream: they are folded again before they are asked for. */
  forget(): void {
    this.balances = undefined;
  }

  /** The stream has taken these events, and the balances hold them. */
  appended(events: readonly NewEvent[], balances: Balances): void {
    events.forEach(({ id }, index) => this.note(this.nextRevision + BigInt(index), id));
    this.nextRevision += BigInt(events.length);
    if (this.isTimeToMark) this.markResumption(balances);
  }

  /** Keeps a snapshot of where it stands, if that is known. */
  async close(): Promise<void> {
    await this.options.snapshots?.idle();
    if (this.balances === undefined) return;
    this.resumption = { balances: this.balances, next: this.nextRevision, lastEntryId: this.lastEntryId };
    await this.keep();
  }

  private async load(): Promise<Balances> {
    await this.restoreKept();
    const balances = this.resumption.balances.clone();
    this.nextRevision = await this.foldInto(balances, this.resumption.next);
    this.markResumption(balances);
    this.balances = balances;
    return balances;
  }

  /** Applies the stream from a revision to its end. @returns the revision after its last entry */
  private async foldInto(balances: Balances, from: bigint): Promise<bigint> {
    let next = from;
    for await (const page of this.options.store.readStream(streamOf.journal, { from: next })) {
      for (const event of page) {
        if (event.type !== ENTRY_POSTED || event.revision !== next) throw new JournalUnavailable('journal-damaged', `journal@${event.revision} is a ${event.type} where entry ${next} was expected`);
        try {
          balances.apply(decodeEntry(event.data));
        } catch (cause) {
          throw new JournalUnavailable('journal-damaged', `entry ${event.revision} breaks the ledger's rules`, { cause });
        }
        this.note(next, event.id);
        next += 1n;
      }
    }
    return next;
  }

  private note(revision: bigint, entryId: string): void {
    const lanes = lanesOf(entryId);
    this.ids.addLanes(lanes);
    this.options.snapshots?.note(revision, lanes);
    this.lastEntryId = entryId;
  }

  private get isTimeToMark(): boolean {
    const every = Math.min(RESUMPTION_EVERY, this.options.snapshotEvery ?? KEPT_EVERY);
    return this.nextRevision - this.resumption.next >= BigInt(every);
  }

  private markResumption(balances: Balances): void {
    this.resumption = { balances: balances.clone(), next: this.nextRevision, lastEntryId: this.lastEntryId };
    if (this.nextRevision - this.kept >= BigInt(this.options.snapshotEvery ?? KEPT_EVERY)) void this.keep();
  }

  /** In the background: posting goes on. */
  private async keep(): Promise<void> {
    const { balances, next, lastEntryId } = this.resumption;
    if (lastEntryId === undefined || next === this.kept) return;
    try {
      if ((await this.options.snapshots?.save({ balances, next, lastEntryId })) === true) this.kept = next;
    } catch (error) {
      this.options.onSnapshotLost?.(error as Error);
    }
  }

  /** Once, before the first fold: goes on from the snapshot that was kept last, where it is one of this very journal. */
  private async restoreKept(): Promise<void> {
    const { snapshots } = this.options;
    if (this.restored || snapshots === undefined) return;
    try {
      const state = await snapshots.load(JOURNAL_FOLD);
      if (state !== undefined) {
        await this.recognise(state);
        this.ids = state.ids;
        this.lastEntryId = state.lastEntryId;
        this.kept = state.next;
        this.resumption = state;
      }
    } catch (error) {
      if (!(error instanceof SnapshotUnusable)) throw error;
      snapshots.reset();
      this.options.onSnapshotLost?.(error);
    }
    this.restored = true;
  }

  /** @throws {SnapshotUnusable} the journal is another one, or has been cut back */
  private async recognise({ next, lastEntryId, balances }: Resumption): Promise<void> {
    const from = next > BigInt(REMEMBERED_ENTRIES) ? next - BigInt(REMEMBERED_ENTRIES) : 0n;
    let last: string | undefined;
    let at = from;
    for await (const page of this.options.store.readStream(streamOf.journal, { from, limit: REMEMBERED_ENTRIES })) {
      for (const { id, data } of page) {
        if (at === next) break;
        balances.remember(decodeEntry(data));
        last = id;
        at += 1n;
      }
    }
    if (last !== lastEntryId || at !== next) throw new SnapshotUnusable('the journal does not have its last entry where it was');
  }
}
