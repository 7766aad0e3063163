import { streamOf } from '@qazyna/contracts';
import { APPEND_BYTES_MAX, ConcurrencyConflict, StoreTimeout, type Clock, type EventStore, type JsonObject, type NewEvent } from '@qazyna/event-store';
import { Balances, decodeEntry, encodeEntry, InvariantViolation, type Violation } from '@qazyna/ledger';
import { draftBytesMax, type EntryDraft } from './entry-draft.js';
import { EntryIds } from './entry-ids.js';

export const ENTRY_POSTED = 'custody.journal-entry-posted';

export interface JournalWriterOptions {
  readonly store: EventStore;
  readonly clock: Clock;
  /** Most entries waiting; further callers wait for a place. Default 10,000. */
  readonly queueMax?: number;
  /** Most entries of one append. Default 1,000. */
  readonly batchEntriesMax?: number;
  /** Appends repeated after a conflict or a timeout. Default 5. */
  readonly retriesMax?: number;
  readonly actor?: NewEvent['metadata']['actor'];
  readonly onBatch?: (entries: number) => void;
  readonly onRetry?: (error: Error) => void;
  /** Told of each entry that the ledger's rules refused. */
  readonly onRefused?: (violations: readonly Violation[]) => void;
}

export type PostOutcome =
  /** `number` is its revision in the journal. */
  | { readonly kind: 'posted'; readonly number: bigint }
  /** The journal holds an entry of this id already. */
  | { readonly kind: 'duplicate' }
  /** A rule of the ledger would break: nothing was written. */
  | { readonly kind: 'refused'; readonly violations: readonly Violation[] };

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

interface Waiting {
  readonly draft: EntryDraft;
  readonly settle: (outcome: PostOutcome) => void;
  readonly fail: (error: unknown) => void;
}

interface Prepared {
  readonly events: readonly NewEvent[];
  readonly outcomes: readonly PostOutcome[];
}

/** A known state of the ledger to start again from when what is in memory may be ahead of the stream. */
interface Snapshot {
  readonly balances: Balances;
  readonly next: bigint;
}

const SNAPSHOT_EVERY = 20_000n;
const BATCH_BYTES_MAX = APPEND_BYTES_MAX - 16 * 1024;
const CUSTODY = { subject: 'custody', organisation: 'qazyna' };

/**
 * The only writer of the journal. Everything that waits goes into one append (group commit), at the place where the
 * stream is believed to end: a second writer makes that a conflict, the tail is read again, and what it holds already
 * is not written twice. Entries are checked against the balances of everything before them, the same batch included.
 */
export class JournalWriter {
  private readonly waiting: Waiting[] = [];
  private readonly ids = new EntryIds();
  private balances: Balances | undefined;
  private snapshot: Snapshot = { balances: newBalances(), next: 0n };
  /** Revision of the next entry. */
  private next = 0n;
  private running: Promise<void> | undefined;
  private room = Promise.withResolvers<void>();
  private failure: Error | undefined;
  private closed = false;

  constructor(private readonly options: JournalWriterOptions) {}

  /** Folds the journal. Posting does this by itself when it is needed. @throws {JournalUnavailable} @throws {StoreUnavailable} */
  async start(): Promise<void> {
    await this.loaded();
  }

  /**
   * Takes in what another process has posted since. For a standby, so that taking over is quick; a writer that posts
   * itself learns of others by a conflict. @throws {JournalUnavailable} @throws {StoreUnavailable}
   */
  async catchUp(): Promise<void> {
    if (this.running !== undefined) return;
    const balances = await this.loaded();
    // Half a tail must not count as all of it.
    this.balances = undefined;
    this.next = await this.foldInto(balances, this.next);
    this.balances = balances;
    if (this.next - this.snapshot.next >= SNAPSHOT_EVERY) this.snapshot = { balances: balances.clone(), next: this.next };
  }

  /** Entries in the journal, as far as this writer knows. */
  get entryCount(): bigint {
    return this.next;
  }

  /** Entries waiting for their append. */
  get queueDepth(): number {
    return this.waiting.length;
  }

  health(): { readonly ok: boolean; readonly detail?: string } {
    if (this.closed) return { ok: false, detail: 'closed' };
    if (this.failure) return { ok: false, detail: 'code' in this.failure ? String(this.failure.code) : this.failure.message };
    return this.balances ? { ok: true } : { ok: false, detail: 'the journal is being read' };
  }

  /**
   * Posts entries in their order, with an outcome for each. When this resolves, what was posted is durable.
   * @throws {JournalUnavailable} @throws {StoreUnavailable} nothing is known to be written: post the same entries again
   */
  async post(drafts: readonly EntryDraft[]): Promise<readonly PostOutcome[]> {
    while (!this.closed && this.waiting.length >= (this.options.queueMax ?? 10_000)) await this.room.promise;
    if (this.closed) throw new JournalUnavailable('journal-closed', 'the journal writer is closed');
    const outcomes = Promise.all(
      drafts.map((draft) => {
        const { promise, resolve, reject } = Promise.withResolvers<PostOutcome>();
        this.waiting.push({ draft, settle: resolve, fail: reject });
        return promise;
      }),
    );
    this.running ??= this.run();
    return outcomes;
  }

  /** Finishes what was accepted, then refuses everything else. */
  async close(): Promise<void> {
    this.closed = true;
    this.room.resolve();
    await this.running;
  }

  private async run(): Promise<void> {
    // Callers of the same turn join the first batch.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const batch = this.takeBatch();
      try {
        await this.commit(batch);
        this.failure = undefined;
      } catch (error) {
        this.failure = error instanceof Error ? error : new Error(String(error));
        for (const { fail } of batch) fail(error);
      }
      this.room.resolve();
      this.room = Promise.withResolvers();
    }
    this.running = undefined;
  }

  private takeBatch(): Waiting[] {
    const entriesMax = this.options.batchEntriesMax ?? 1_000;
    let bytes = 0;
    let count = 0;
    for (const { draft } of this.waiting) {
      bytes += draftBytesMax(draft);
      if (count === entriesMax || (count > 0 && bytes > BATCH_BYTES_MAX)) break;
      count += 1;
    }
    return this.waiting.splice(0, count);
  }

  private async commit(batch: readonly Waiting[]): Promise<void> {
    const retriesMax = this.options.retriesMax ?? 5;
    for (let attempt = 0; ; attempt++) {
      const balances = await this.loaded();
      const { events, outcomes } = this.prepare(batch, balances);
      try {
        if (events.length > 0) {
          await this.options.store.append(streamOf.journal, this.next === 0n ? 'no-stream' : this.next - 1n, events);
          this.appended(events, balances);
        }
      } catch (error) {
        // The balances hold entries that may not be in the stream: they are folded again before anything else.
        this.balances = undefined;
        if (!(error instanceof ConcurrencyConflict || error instanceof StoreTimeout)) throw error;
        if (attempt < retriesMax) {
          this.options.onRetry?.(error);
          continue;
        }
        throw error instanceof ConcurrencyConflict
          ? new JournalUnavailable('journal-fenced', 'another writer keeps appending to the journal', { cause: error })
          : new JournalUnavailable('journal-timeout', 'the store does not say whether the journal took the entries', { cause: error });
      }
      batch.forEach(({ settle }, index) => settle(outcomes[index] as PostOutcome));
      return;
    }
  }

  private prepare(batch: readonly Waiting[], balances: Balances): Prepared {
    const events: NewEvent[] = [];
    const outcomes: PostOutcome[] = [];
    const inBatch = new Set<string>();
    const recordedAt = this.options.clock.now();
    for (const { draft } of batch) {
      const { entry, corrected } = draft;
      if (inBatch.has(entry.entryId) || this.ids.has(entry.entryId)) {
        outcomes.push({ kind: 'duplicate' });
        continue;
      }
      if (entry.corrects !== undefined && corrected === undefined && !balances.remembers(entry.corrects)) {
        outcomes.push({ kind: 'refused', violations: [{ invariant: 'INV-10', message: `entry ${entry.corrects} was not handed over` }] });
        continue;
      }
      try {
        balances.apply(entry, { recordedAt, ...(corrected === undefined ? {} : { corrected }) });
      } catch (error) {
        if (!(error instanceof InvariantViolation)) throw error;
        this.options.onRefused?.(error.violations);
        outcomes.push({ kind: 'refused', violations: error.violations });
        continue;
      }
      outcomes.push({ kind: 'posted', number: this.next + BigInt(events.length) });
      inBatch.add(entry.entryId);
      events.push(this.eventOf(draft));
    }
    return { events, outcomes };
  }

  private eventOf({ entry, notes, correlationId }: EntryDraft): NewEvent {
    return {
      // The entry's own id: a batch that is sent again is the same batch.
      id: entry.entryId,
      type: ENTRY_POSTED,
      data: { ...encodeEntry(entry), ...notes } as unknown as JsonObject,
      metadata: { schemaVersion: 1, actor: this.options.actor ?? CUSTODY, correlationId: correlationId ?? entry.cause, causationId: entry.cause },
    };
  }

  private appended(events: readonly NewEvent[], balances: Balances): void {
    for (const { id } of events) this.ids.add(id);
    this.next += BigInt(events.length);
    if (this.next - this.snapshot.next >= SNAPSHOT_EVERY) this.snapshot = { balances: balances.clone(), next: this.next };
    this.options.onBatch?.(events.length);
  }

  /** The balances at the end of the stream. */
  private async loaded(): Promise<Balances> {
    if (this.balances) return this.balances;
    const balances = this.snapshot.balances.clone();
    const next = await this.foldInto(balances, this.snapshot.next);
    this.next = next;
    this.snapshot = { balances: balances.clone(), next };
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
        } catch (error) {
          this.failure = new JournalUnavailable('journal-damaged', `entry ${event.revision} breaks the ledger's rules`, { cause: error });
          throw this.failure;
        }
        this.ids.add(event.id);
        next += 1n;
      }
    }
    return next;
  }
}

function newBalances(): Balances {
  // What the journal holds was proven when it was written; a compensation being written is always compared.
  return new Balances({ unknownCorrected: 'count' });
}
