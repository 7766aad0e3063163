import type { DatabaseSync } from 'node:sqlite';
import type { Clock, EventStore, Position, RecordedEvent, SubscriptionMessage } from '@qazyna/event-store';
import type { ComponentState } from '../health/readiness-registry.js';
import type { ServiceLogger } from '../logging/logger.js';
import { BesideBuild, type RebuildProgress } from './beside-build.js';
import { applyPage, ReadModelStopped } from './event-application.js';
import { after, recogniseLog } from './log-recognition.js';
import type { ReadModelDefinition } from './read-model.js';
import { ReadModelFile } from './read-model-file.js';
import { compareViews, type ViewComparison } from './view-comparison.js';

const RETRY_FIRST_MS = 200;
const RETRY_MAX_MS = 10_000;
/** Longest wait of a finished build for a view that is behind it. */
const LEVEL_MS_MAX = 60_000;

export interface ReadModelOptions {
  readonly dataDir: string;
  readonly store: EventStore;
  readonly logger: ServiceLogger;
  readonly clock: Clock;
}

/** What came of building a view anew. */
export interface RebuildReport {
  readonly events: number;
  readonly seconds: number;
  /** Row by row with what was shown before; undefined where the two did not stand at the same event. */
  readonly comparison: ViewComparison | undefined;
}

/** The view is being built anew already: one build at a time. */
export class RebuildRunning extends Error {
  override readonly name = 'RebuildRunning';
  readonly code = 'rebuild-running';
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
  /** While it is there, nothing is applied. */
  private held: PromiseWithResolvers<void> | undefined;
  private building: BesideBuild | undefined;
  private rebuilding: Promise<RebuildReport> | undefined;

  private constructor(
    private readonly definition: ReadModelDefinition,
    private readonly options: ReadModelOptions,
    private file: ReadModelFile,
  ) {
    this.seen = file.position();
  }

  /** @throws {ReadModelInUse} another process feeds the same file */
  static open(definition: ReadModelDefinition, options: ReadModelOptions): ReadModelHost {
    return new ReadModelHost(definition, options, ReadModelFile.open(definition, options.dataDir));
  }

  get name(): string {
    return this.definition.name;
  }

  get version(): number {
    return this.definition.version;
  }

  /** For queries; take it anew for each, since a rebuild changes it. One process reads and writes by turns, so a query sees whole pages of events only. */
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

  /**
   * Resolves when the view shows everything of its own that is in the log now. The log's end is no place to wait for: what
   * lies there may be another's, and a follower is told of its own.
   * @throws as `caughtUpTo` @throws {StoreUnavailable | StoreTimeout}
   */
  async showsAll(timeoutMs: number): Promise<void> {
    let newest: Position | undefined;
    for await (const page of this.options.store.readAll({ filter: this.filter(), ...after(this.seen) })) newest = page.at(-1)?.position ?? newest;
    if (newest !== undefined) await this.caughtUpTo(newest, timeoutMs);
  }

  health(): ComponentState {
    if (this.failure) return { ok: false, detail: this.failure.message };
    if (this.caughtUp) return { ok: true, ...(this.building === undefined ? {} : { detail: 'answering while it is built anew' }) };
    return { ok: false, detail: this.lastEvent ? `catching up with the log, at what was recorded ${this.lastEvent.recordedAt.toISOString()}` : 'catching up with the log' };
  }

  /** How far a build beside the view is; undefined while there is none. */
  get buildProgress(): RebuildProgress | undefined {
    return this.building?.progress;
  }

  /**
   * Builds the view anew from the start of the log in a file of its own, while this one answers and follows the log;
   * compares the two, and lets the new one take the old one's place. A crash or a failure leaves the old one, and the
   * next call goes on where this one was.
   * @throws {RebuildRunning} @throws {ReadModelStopped} an event cannot be applied
   */
  rebuild(onProgress: (progress: RebuildProgress) => void = () => undefined): Promise<RebuildReport> {
    const isNewVersion = this.file.isBeside;
    if (this.rebuilding !== undefined || (isNewVersion && this.running !== undefined)) return Promise.reject(new RebuildRunning(`the view ${this.name} is being built already`));
    this.rebuilding = (isNewVersion ? this.finishNewVersion(onProgress) : this.buildBeside(onProgress)).finally(() => {
      this.building = undefined;
      this.rebuilding = undefined;
    });
    return this.rebuilding;
  }

  /** Finishes the page in hand. */
  async close(): Promise<void> {
    this.stopping.abort(new Error('closing'));
    await this.rebuilding?.catch(() => undefined);
    await this.running;
    for (const waiter of this.waiters) waiter.settle(new Error(`the view ${this.definition.name} was closed`));
    this.file.close();
  }

  private filter(): { readonly streamPrefixes: readonly string[] } {
    return { streamPrefixes: this.definition.streamPrefixes };
  }

  private async finishNewVersion(onProgress: (progress: RebuildProgress) => void): Promise<RebuildReport> {
    const { store, clock } = this.options;
    const started = performance.now();
    await this.recogniseLog();
    const build = new BesideBuild(this.file, this.definition, { store, clock, signal: this.stopping.signal });
    await build.toEndOfLog(onProgress);
    const { events } = build.progress;
    this.file = this.file.takePlace();
    this.seen = this.file.position();
    return { events, seconds: (performance.now() - started) / 1000, comparison: undefined };
  }

  private async buildBeside(onProgress: (progress: RebuildProgress) => void): Promise<RebuildReport> {
    const { dataDir, store, clock, logger } = this.options;
    const started = performance.now();
    const build = await BesideBuild.open(this.definition, dataDir, { store, clock, signal: this.stopping.signal });
    this.building = build;
    try {
      await build.toEndOfLog(onProgress);
      const reached = build.file.mark()?.position;
      if (this.running !== undefined && this.failure === undefined && reached !== undefined) await this.caughtUpTo(reached, LEVEL_MS_MAX);
      this.held = Promise.withResolvers();
      // What was recorded since, a few events at most: then both stand at the same one.
      await build.toEndOfLog(() => undefined);
      const level = build.file.mark()?.id === this.file.mark()?.id;
      const comparison = level ? await compareViews(this.file.db, build.file.db) : undefined;
      if (comparison !== undefined && comparison.differences > 0) logger.error({ view: this.name, ...comparison }, 'the view did not show what the log says; it does now');
      const { events } = build.progress;
      this.building = undefined;
      this.changeOver(build.file);
      logger.info({ view: this.name, events }, 'the view was built anew');
      return { events, seconds: (performance.now() - started) / 1000, comparison };
    } catch (error) {
      if (this.building !== undefined) build.file.close();
      throw error;
    } finally {
      this.held?.resolve();
      this.held = undefined;
    }
  }

  /** In one turn of the event loop: no question is asked in between. */
  private changeOver(file: ReadModelFile): void {
    this.file.close();
    try {
      this.file = file.takePlace();
    } catch (error) {
      this.file = ReadModelFile.open(this.definition, this.options.dataDir);
      throw error;
    }
    // Both have looked as far, even where the last events of the log were none of the view's.
    const position = this.file.position();
    if (this.seen !== undefined && (position === undefined || position < this.seen)) this.file.moveTo(this.seen);
    else if (position !== undefined) this.reached(position);
    if (this.failure === undefined) return;
    this.failure = undefined;
    if (this.running !== undefined) this.running = this.follow();
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    let retryMs = RETRY_FIRST_MS;
    while (!signal.aborted && !this.failure) {
      try {
        await this.recogniseLog();
        for await (const message of this.options.store.subscribe({ ...after(this.seen), filter: this.filter(), signal })) {
          retryMs = RETRY_FIRST_MS;
          if (this.held !== undefined) await this.held.promise;
          // A build that took this one's place meanwhile may be ahead of it.
          if (message.position === undefined || this.seen === undefined || message.position > this.seen) this.take(message);
          if (message.kind === 'caught-up') this.isCaughtUp();
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

  private take(message: SubscriptionMessage): void {
    const { position } = message;
    if (message.kind === 'events') this.apply(message.events, message.position);
    else if (position !== undefined) this.moveTo(position);
  }

  private isCaughtUp(): void {
    this.caughtUp = true;
    // It has what the version before it had, and takes its name.
    if (this.file.isBeside) this.file = this.file.takePlace();
  }

  private async recogniseLog(): Promise<void> {
    if (this.logKnown || this.seen === undefined) return;
    const { store, logger } = this.options;
    const ours = await recogniseLog(this.file, store, this.filter(), this.stopping.signal);
    if (!ours) logger.warn({ view: this.definition.name, position: this.seen }, 'this is not the log the view was built from; it is built anew');
    this.seen = this.file.position();
    this.logKnown = true;
  }

  private apply(events: readonly RecordedEvent[], position: Position): void {
    const fresh = this.seen === undefined ? events : events.filter((event) => event.position > (this.seen as Position));
    applyPage(this.definition, this.file, fresh, position);
    const last = fresh.at(-1);
    if (last !== undefined) this.lastEvent = { recordedAt: last.recordedAt, delayMs: Math.max(0, this.options.clock.now().getTime() - last.recordedAt.getTime()) };
    this.reached(position);
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
