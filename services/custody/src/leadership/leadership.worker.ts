import { ConcurrencyConflict, eventId, type EventStore, type ExpectedRevision } from '@qazyna/event-store';
import type { ServiceLogger } from '@qazyna/service-kit';
import { pause } from '../deposits/chain.worker.js';
import type { Leadership, Standing } from './leadership.js';
import { LEADERSHIP_STREAM, LEASE_TIMES, LeaseWatch, TERM_BEGUN, TERM_ENDED, TERM_RENEWED, type Candidate, type LeaseTimes, type SeenTerm } from './term.js';

const CUSTODY = { subject: 'custody', organisation: 'qazyna' };
const RETRY_MS = 1_000;

/** What begins and ends with leading. */
export interface Duties {
  /** Reads what the leader must know, then starts the work. */
  begin(): Promise<void>;
  /** Stops the work; when it resolves, no more of it is done. */
  end(): Promise<void>;
  /** Keeps a standby warm; called between looks. */
  watch(): Promise<void>;
}

export interface LeadershipOptions {
  /** One of its own: renewals must not wait behind the work's appends. */
  readonly store: EventStore;
  readonly self: Candidate;
  readonly logger: ServiceLogger;
  readonly times?: LeaseTimes;
  /** Monotonic milliseconds, going on while the process is stopped. */
  readonly now?: () => number;
}

/** Takes the lease when it is free, keeps it by renewing, and gives it back when it stops. */
export class LeadershipWorker implements Leadership {
  private readonly stopping = new AbortController();
  private readonly times: LeaseTimes;
  private readonly now: () => number;
  private readonly watch: LeaseWatch;
  private readonly decided = Promise.withResolvers<void>();
  private running: Promise<void> | undefined;
  /** The term this process leads. */
  private own: SeenTerm | undefined;
  private watched: number | undefined;
  private role: Standing['role'] = 'unknown';
  private heldUntil = Number.NEGATIVE_INFINITY;
  private active = false;

  constructor(private readonly options: LeadershipOptions) {
    this.times = options.times ?? LEASE_TIMES;
    this.watch = new LeaseWatch(options.self, this.times.expiryMs);
    this.now = options.now ?? ((): number => performance.now());
  }

  /** Resolves when it is first known whether this process leads or waits, or after `boundMs`. */
  async start(duties: Duties, boundMs: number): Promise<void> {
    this.running ??= this.run(duties);
    await Promise.race([this.decided.promise, pause(boundMs, this.stopping.signal)]);
  }

  /** Ends the work and leaves the place to a standby at once. */
  async stop(): Promise<void> {
    this.stopping.abort(new Error('closing'));
    await this.running;
  }

  holds(): boolean {
    return this.own !== undefined && this.now() < this.heldUntil;
  }

  get ready(): boolean {
    return this.active && this.holds();
  }

  get standing(): Standing {
    return this.own === undefined ? { role: this.role, term: this.watched } : { role: this.active ? 'leader' : 'unknown', term: this.own.term };
  }

  private async run(duties: Duties): Promise<void> {
    const { signal } = this.stopping;
    const { logger } = this.options;
    while (!signal.aborted) {
      try {
        await this.wait(duties);
        if (this.own !== undefined) await this.lead(duties);
      } catch (error) {
        if (signal.aborted) return;
        logger.error({ err: error }, 'leading or waiting for it failed and begins again');
        await pause(RETRY_MS, signal);
      }
    }
  }

  /** Looks at the stream until the place is free, and takes it. */
  private async wait(duties: Duties): Promise<void> {
    const { signal } = this.stopping;
    const { watch } = this;
    watch.blind();
    while (!signal.aborted) {
      try {
        watch.look(await this.newest(), this.now());
        this.watched = watch.seen?.term;
        if (watch.mayTake(this.now())) {
          if (await this.take(watch.seen)) return;
          continue;
        }
        this.role = 'standby';
        await duties.watch();
        this.decided.resolve();
      } catch (error) {
        if (signal.aborted) return;
        watch.blind();
        this.options.logger.warn({ err: error }, 'the standby lost sight of the leader and looks again');
      }
      await pause(this.times.lookMs, signal);
    }
  }

  private async take(seen: SeenTerm | undefined): Promise<boolean> {
    const startedAt = this.now();
    const term = (seen?.term ?? 0) + 1;
    try {
      const revision = await this.append(TERM_BEGUN, term, seen?.revision ?? 'no-stream');
      this.own = { ...this.options.self, term, revision, ended: false };
      this.heldUntil = startedAt + this.times.leaseMs;
      this.options.logger.info({ term, instance: this.options.self.instance }, 'leads from now on');
      return true;
    } catch (error) {
      if (error instanceof ConcurrencyConflict) return false;
      throw error;
    }
  }

  /** Works and renews side by side until the lease is somebody else's or the process stops. */
  private async lead(duties: Duties): Promise<void> {
    const over = new AbortController();
    const renewing = this.renew(over.signal);
    let failure: unknown;
    try {
      await duties.begin();
      this.active = true;
      this.decided.resolve();
      await Promise.race([renewing, aborted(this.stopping.signal)]);
    } catch (error) {
      failure = error;
    }
    this.active = false;
    // Renewed for as long as work is in hand, so that no standby begins before it has ended.
    await duties.end();
    over.abort();
    await renewing;
    await this.leave();
    if (failure !== undefined) throw failure instanceof Error ? failure : new Error('the duties did not begin', { cause: failure });
  }

  private async renew(over: AbortSignal): Promise<void> {
    let waitMs = this.times.renewMs;
    while (!over.aborted) {
      await pause(waitMs, over);
      waitMs = this.times.renewMs;
      if (over.aborted || this.own === undefined) return;
      const startedAt = this.now();
      try {
        const revision = await this.append(TERM_RENEWED, this.own.term, this.own.revision);
        this.own = { ...this.own, revision };
        this.heldUntil = startedAt + this.times.leaseMs;
      } catch (error) {
        if (error instanceof ConcurrencyConflict) {
          this.options.logger.error({ term: this.own.term }, 'another instance took the lease: this one stops its work');
          this.own = undefined;
          this.heldUntil = Number.NEGATIVE_INFINITY;
          return;
        }
        this.options.logger.warn({ err: error, term: this.own.term }, 'the lease could not be renewed and is tried again');
        waitMs = Math.min(this.times.lookMs, waitMs);
      }
    }
  }

  /** Says that the place is free, unless somebody has it already. */
  private async leave(): Promise<void> {
    const { own } = this;
    this.own = undefined;
    this.role = 'unknown';
    this.heldUntil = Number.NEGATIVE_INFINITY;
    if (own === undefined) return;
    await this.append(TERM_ENDED, own.term, own.revision).catch((error: unknown) => this.options.logger.warn({ err: error, term: own.term }, 'the lease was not given back: a standby waits until it expires'));
  }

  private async append(type: string, term: number, expected: ExpectedRevision): Promise<bigint> {
    const { store, self } = this.options;
    const event = {
      // One place of the stream, one event of one process: an append that is repeated after a timeout is the same.
      id: eventId(LEADERSHIP_STREAM, `${type} ${self.process}@${expected}`, 0),
      type,
      data: { term, instance: self.instance, process: self.process },
      metadata: { schemaVersion: 1, actor: CUSTODY, correlationId: self.process },
    };
    const { revision } = await store.append(LEADERSHIP_STREAM, expected, [event], { timeoutMs: this.times.callMs });
    return revision;
  }

  private async newest(): Promise<SeenTerm | undefined> {
    for await (const [event] of this.options.store.readStream(LEADERSHIP_STREAM, { direction: 'backwards', limit: 1, timeoutMs: this.times.callMs })) {
      if (event === undefined) continue;
      const { term, instance, process } = event.data as { term: number; instance: string; process: string };
      return { revision: event.revision, term, instance, process, ended: event.type === TERM_ENDED };
    }
    return undefined;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
