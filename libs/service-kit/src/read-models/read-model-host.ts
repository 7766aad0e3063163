import type { DatabaseSync } from 'node:sqlite';
import type { Clock, EventStore, Position, RecordedEvent } from '@qazyna/event-store';
import type { ComponentState } from '../health/readiness-registry.js';
import type { ServiceLogger } from '../logging/logger.js';
import type { ReadModelDefinition } from './read-model.js';
import { ReadModelFile, sqliteCode } from './read-model-file.js';

const RETRY_FIRST_MS = 200;
const RETRY_MAX_MS = 10_000;
const PROGRESS_EVERY_MS = 250;
/** SQLite's codes for a machine in trouble: out of memory, I/O error, disk full. No event is to blame, and they pass. */
const PASSING_CODES: ReadonlySet<number> = new Set([7, 10, 13]);

export interface ReadModelOptions {
  readonly dataDir: string;
  readonly store: EventStore;
  readonly logger: ServiceLogger;
  readonly clock: Clock;
}

/** How far a rebuild is. */
export interface RebuildProgress {
  readonly events: number;
  readonly perSecond: number;
  /** Text of the last event's place in the log, and of the place to reach. */
  readonly position: Position | undefined;
  readonly target: Position | undefined;
}

/** A view that applied an event it could not, and stands still until a person has looked. */
export class ReadModelStopped extends Error {
  override readonly name = 'ReadModelStopped';
  readonly code = 'read-model-stopped';
}

interface Waiter {
  readonly position: Position;
  readonly settle: (error?: Error) => void;
}

/** Keeps one view up to date with the log. Reads go to `db` and never wait for writes. */
export class ReadModelHost {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private caughtUp = false;
  private logKnown = false;
  private failure: ReadModelStopped | undefined;
  private seen: Position | undefined;
  private lastEvent: { readonly recordedAt: Date; readonly delayMs: number } | undefined;
  private readonly waiters = new Set<Waiter>();

  private constructor(
    private readonly definition: ReadModelDefinition,
    private readonly options: ReadModelOptions,
    private readonly file: ReadModelFile,
  ) {
    this.seen = file.position();
  }

  /** @throws {ReadModelInUse} another process feeds the same file */
  static open(definition: ReadModelDefinition, options: ReadModelOptions): ReadModelHost {
    return new ReadModelHost(definition, options, ReadModelFile.open(definition, options.dataDir));
  }

  /** For queries. One process reads and writes by turns, so a query sees whole pages of events only. */
  get db(): DatabaseSync {
    return this.file.db;
  }

  /** Place in the log up to which the view has looked. */
  position(): Position | undefined {
    return this.seen;
  }

  /** How long after it was recorded the latest event was applied, in ms; undefined before the first since the start. */
  delayMs(): number | undefined {
    return this.lastEvent?.delayMs;
  }

  /** Begins to follow the log. */
  start(): void {
    this.running ??= this.follow();
  }

  /**
   * Resolves when the view shows everything up to here.
   * @throws {ReadModelStopped} it never will @throws {Error} not within the bound, or the view was closed
   */
  async caughtUpTo(position: Position, timeoutMs: number): Promise<void> {
    if (this.seen !== undefined && this.seen >= position) return;
    if (this.failure) throw this.failure;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => waiter.settle(new Error(`the view ${this.definition.name} did not reach ${position} within ${timeoutMs} ms`)), timeoutMs);
      const waiter: Waiter = {
        position,
        settle: (error) => {
          clearTimeout(timer);
          this.waiters.delete(waiter);
          if (error) reject(error);
          else resolve();
        },
      };
      this.waiters.add(waiter);
    });
  }

  health(): ComponentState {
    if (this.failure) return { ok: false, detail: this.failure.message };
    if (this.caughtUp) return { ok: true };
    return { ok: false, detail: this.lastEvent ? `catching up with the log, at what was recorded ${this.lastEvent.recordedAt.toISOString()}` : 'catching up with the log' };
  }

  /** Throws the view away and builds it from the start of the log up to its present end. Call it instead of `start`. */
  async rebuild(onProgress: (progress: RebuildProgress) => void): Promise<void> {
    this.file.clear();
    this.seen = undefined;
    const { store, clock } = this.options;
    const target = await store.head();
    const startedAt = clock.now().getTime();
    let toldAt = 0;
    let events = 0;
    const tell = (): void => {
      const now = clock.now().getTime();
      onProgress({ events, perSecond: Math.round(events / Math.max((now - startedAt) / 1000, 0.001)), position: this.seen, target });
      toldAt = now;
    };
    for await (const page of store.readAll({ filter: this.filter(), signal: this.stopping.signal })) {
      const last = page.at(-1);
      if (!last) continue;
      this.applyPage(page, last.position);
      events += page.length;
      if (clock.now().getTime() - toldAt >= PROGRESS_EVERY_MS) tell();
    }
    tell();
  }

  /** Finishes the page in hand. */
  async close(): Promise<void> {
    this.stopping.abort(new Error('closing'));
    await this.running;
    for (const waiter of this.waiters) waiter.settle(new Error(`the view ${this.definition.name} was closed`));
    this.file.close();
  }

  private filter(): { readonly streamPrefixes: readonly string[] } {
    return { streamPrefixes: this.definition.streamPrefixes };
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    let retryMs = RETRY_FIRST_MS;
    while (!signal.aborted && !this.failure) {
      try {
        await this.recogniseLog();
        for await (const message of this.options.store.subscribe({ ...after(this.seen), filter: this.filter(), signal })) {
          retryMs = RETRY_FIRST_MS;
          if (message.kind === 'events') this.applyPage(message.events, message.position);
          else if (message.kind === 'checkpoint') this.moveTo(message.position);
          else {
            this.caughtUp = true;
            if (message.position !== undefined && (this.seen === undefined || message.position > this.seen)) this.moveTo(message.position);
          }
        }
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof ReadModelStopped) {
          this.failure = error;
          this.options.logger.error({ err: error.cause, view: this.definition.name }, error.message);
          for (const waiter of this.waiters) waiter.settle(error);
          return;
        }
        this.caughtUp = false;
        this.options.logger.warn({ err: error, view: this.definition.name, retryMs }, 'the view lost the log and follows it again');
        await this.pause(retryMs);
        retryMs = Math.min(retryMs * 2, RETRY_MAX_MS);
      }
    }
  }

  /**
   * A log that was replaced, or restored from a copy older than the view, would leave the view showing what never
   * happened: unless the last event applied is where it was, the view is built anew.
   */
  private async recogniseLog(): Promise<void> {
    if (this.logKnown || this.seen === undefined) return;
    const { store, logger } = this.options;
    const { signal } = this.stopping;
    const mark = this.file.mark();
    let found: RecordedEvent | undefined;
    if (mark !== undefined) for await (const page of store.readAll({ ...after(mark.after), filter: this.filter(), limit: 1, signal })) found ??= page[0];
    if (found?.id !== mark?.id || found?.position !== mark?.position) {
      logger.warn({ view: this.definition.name, position: mark?.position }, 'this is not the log the view was built from; it is built anew');
      this.file.clear();
      this.seen = undefined;
    } else {
      const head = await store.head({ signal });
      // What was cut off behind the last event applied held nothing of the view's, but its places will be given again.
      if (head === undefined || head < this.seen) {
        this.file.moveTo(mark?.position);
        this.seen = mark?.position;
      }
    }
    this.logKnown = true;
  }

  private applyPage(events: readonly RecordedEvent[], position: Position): void {
    const last = events.at(-1);
    if (last === undefined) return this.moveTo(position);
    this.file.advance(position, { after: events.at(-2)?.position ?? this.seen, position: last.position, id: last.id }, () => {
      for (const event of events) this.applyOne(event);
    });
    this.lastEvent = { recordedAt: last.recordedAt, delayMs: Math.max(0, this.options.clock.now().getTime() - last.recordedAt.getTime()) };
    this.reached(position);
  }

  private applyOne(event: RecordedEvent): void {
    try {
      this.definition.apply(this.file, event);
    } catch (cause) {
      if (PASSING_CODES.has(sqliteCode(cause) ?? -1)) throw cause;
      throw new ReadModelStopped(`the view ${this.definition.name} stopped at ${event.type} ${event.stream}@${event.revision}`, { cause });
    }
  }

  private moveTo(position: Position): void {
    this.file.moveTo(position);
    this.reached(position);
  }

  private reached(position: Position): void {
    this.seen = position;
    for (const waiter of this.waiters) if (position >= waiter.position) waiter.settle();
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.stopping.signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.stopping.signal.addEventListener('abort', done);
    });
  }
}

function after(position: Position | undefined): { readonly after?: Position } {
  return position === undefined ? {} : { after: position };
}
