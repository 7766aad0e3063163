import { streamOf } from '@qazyna/contracts';
import { APPEND_BYTES_MAX, ConcurrencyConflict, StoreTimeout, type Clock, type JsonObject, type NewEvent } from '@qazyna/event-store';
import { encodeEntry, InvariantViolation, type Balances, type Violation } from '@qazyna/ledger';
import { draftBytesMax, type EntryDraft } from './entry-draft.js';
import { ENTRY_POSTED, JournalFold, JournalUnavailable, type JournalFoldOptions } from './journal-fold.store.js';
import { withDuesTurned } from './settled-dues.js';

export { ENTRY_POSTED, JournalUnavailable } from './journal-fold.store.js';

export interface JournalWriterOptions extends JournalFoldOptions {
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
  /** An entry before it of the same deposit was not posted: nothing was written. */
  | { readonly kind: 'held-back' }
  /** A rule of the ledger would break: nothing was written. */
  | { readonly kind: 'refused'; readonly violations: readonly Violation[] };

/** Entries of one deposit that were handed over together: each presupposes the one before it. */
interface Chain {
  broken: boolean;
}

interface Waiting {
  readonly draft: EntryDraft;
  readonly chain: Chain | undefined;
  readonly settle: (outcome: PostOutcome) => void;
  readonly fail: (error: unknown) => void;
}

interface Prepared {
  readonly events: readonly NewEvent[];
  readonly outcomes: readonly PostOutcome[];
  readonly broken: ReadonlySet<Chain>;
}

const BATCH_BYTES_MAX = APPEND_BYTES_MAX - 16 * 1024;
const CUSTODY = { subject: 'custody', organisation: 'qazyna' };

/**
 * The only writer of the journal. Everything that waits goes into one append (group commit), at the place where the
 * stream is believed to end: a second writer makes that a conflict, the tail is read again, and what it holds already
 * is not written twice. Entries are checked against the balances of everything before them, the same batch included.
 */
export class JournalWriter {
  private readonly waiting: Waiting[] = [];
  private readonly journal: JournalFold;
  private running: Promise<void> | undefined;
  private room = Promise.withResolvers<void>();
  private failure: Error | undefined;
  private closed = false;

  constructor(private readonly options: JournalWriterOptions) {
    this.journal = new JournalFold(options);
  }

  /** Folds the journal. Posting does this by itself when it is needed. @throws {JournalUnavailable} @throws {StoreUnavailable} */
  async start(): Promise<void> {
    await this.journal.loaded();
  }

  /**
   * Takes in what another process has posted since. For a standby, so that taking over is quick; a writer that posts
   * itself learns of others by a conflict. @throws {JournalUnavailable} @throws {StoreUnavailable}
   */
  async catchUp(): Promise<void> {
    if (this.running === undefined) await this.journal.catchUp();
  }

  /** Entries in the journal, as far as this writer knows. */
  get entryCount(): bigint {
    return this.journal.next;
  }

  /** Entries waiting for their append. */
  get queueDepth(): number {
    return this.waiting.length;
  }

  health(): { readonly ok: boolean; readonly detail?: string } {
    if (this.closed) return { ok: false, detail: 'closed' };
    if (this.failure) return { ok: false, detail: 'code' in this.failure ? String(this.failure.code) : this.failure.message };
    return this.journal.isLoaded ? { ok: true } : { ok: false, detail: 'the journal is being read' };
  }

  /**
   * Posts entries in their order, with an outcome for each. When this resolves, what was posted is durable. Of one
   * deposit nothing is posted behind an entry that the journal refuses, or holds already: the ones after it were
   * reckoned from a journal without it.
   * @throws {JournalUnavailable} @throws {StoreUnavailable} nothing is known to be written: post the same entries again
   */
  async post(drafts: readonly EntryDraft[]): Promise<readonly PostOutcome[]> {
    while (!this.closed && this.waiting.length >= (this.options.queueMax ?? 10_000)) await this.room.promise;
    if (this.closed) throw new JournalUnavailable('journal-closed', 'the journal writer is closed');
    const chains = new Map<string, Chain>();
    const outcomes = Promise.all(
      drafts.map((draft) => {
        const { promise, resolve, reject } = Promise.withResolvers<PostOutcome>();
        this.waiting.push({ draft, chain: chainOf(draft, chains), settle: resolve, fail: reject });
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
    await this.journal.close();
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
      const balances = await this.journal.loaded();
      const { events, outcomes, broken } = this.prepare(batch, balances);
      try {
        if (events.length > 0) {
          await this.options.store.append(streamOf.journal, this.journal.next === 0n ? 'no-stream' : this.journal.next - 1n, events);
          this.journal.appended(events, balances);
          this.options.onBatch?.(events.length);
        }
      } catch (error) {
        // The balances hold entries that may not be in the stream: they are folded again before anything else.
        this.journal.forget();
        if (!(error instanceof ConcurrencyConflict || error instanceof StoreTimeout)) throw error;
        if (attempt < retriesMax) {
          this.options.onRetry?.(error);
          continue;
        }
        throw error instanceof ConcurrencyConflict
          ? new JournalUnavailable('journal-fenced', 'another writer keeps appending to the journal', { cause: error })
          : new JournalUnavailable('journal-timeout', 'the store does not say whether the journal took the entries', { cause: error });
      }
      for (const chain of broken) chain.broken = true;
      batch.forEach(({ settle }, index) => settle(outcomes[index] as PostOutcome));
      return;
    }
  }

  private prepare(batch: readonly Waiting[], balances: Balances): Prepared {
    const events: NewEvent[] = [];
    const outcomes: PostOutcome[] = [];
    const inBatch = new Set<string>();
    const broken = new Set<Chain>();
    const recordedAt = this.options.clock.now();
    for (const { draft, chain } of batch) {
      const notPosted = (outcome: PostOutcome): void => {
        outcomes.push(outcome);
        if (chain !== undefined) broken.add(chain);
      };
      const { corrected } = draft;
      const entry = draft.turnsDues === true ? withDuesTurned(draft.entry, (account, asset) => balances.balance(account, asset)) : draft.entry;
      if (inBatch.has(entry.entryId) || this.journal.has(entry.entryId)) {
        notPosted({ kind: 'duplicate' });
        continue;
      }
      if (chain !== undefined && (chain.broken || broken.has(chain))) {
        notPosted({ kind: 'held-back' });
        continue;
      }
      if (entry.corrects !== undefined && corrected === undefined && !balances.remembers(entry.corrects)) {
        notPosted({ kind: 'refused', violations: [{ invariant: 'INV-10', message: `entry ${entry.corrects} was not handed over` }] });
        continue;
      }
      try {
        balances.apply(entry, { recordedAt, ...(corrected === undefined ? {} : { corrected }) });
      } catch (error) {
        if (!(error instanceof InvariantViolation)) throw error;
        this.options.onRefused?.(error.violations);
        notPosted({ kind: 'refused', violations: error.violations });
        continue;
      }
      outcomes.push({ kind: 'posted', number: this.journal.next + BigInt(events.length) });
      inBatch.add(entry.entryId);
      events.push(this.eventOf({ ...draft, entry }));
    }
    return { events, outcomes, broken };
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
}

function chainOf({ notes }: EntryDraft, chains: Map<string, Chain>): Chain | undefined {
  if (notes?.depositId === undefined) return undefined;
  const chain = chains.get(notes.depositId) ?? { broken: false };
  chains.set(notes.depositId, chain);
  return chain;
}
