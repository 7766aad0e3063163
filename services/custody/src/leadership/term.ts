/**
 * Leadership by lease, on a stream of the event store: whoever appends the next term at the expected revision leads,
 * and goes on leading by renewing. Nobody's wall clock is compared with anybody else's: a leader counts from before it
 * sent its renewal, a standby from after it saw it, each on its own monotonic clock, so the leader's count always ends
 * first.
 */

export const LEADERSHIP_STREAM = 'custody-leadership';

/** Events of the stream that a server which can forget keeps: the last forty minutes of a leader. */
export const TERMS_KEPT = 1_000;

export const TERM_BEGUN = 'custody.term-begun';
export const TERM_RENEWED = 'custody.term-renewed';
/** The leader has stopped its work and leaves its place to anyone. */
export const TERM_ENDED = 'custody.term-ended';

/** Who leads or wants to. */
export interface Candidate {
  /** Of a data folder: only one process at a time can hold it. */
  readonly instance: string;
  /** Of one process, from its start to its end. */
  readonly process: string;
}

/** The newest event of the stream. */
export interface SeenTerm extends Candidate {
  readonly revision: bigint;
  /** 1 for the first term. */
  readonly term: number;
  readonly ended: boolean;
}

export interface LeaseTimes {
  /** From one renewal to the next, in ms. */
  readonly renewMs: number;
  /** How long a leader works after it began to send its last renewal that was taken, in ms. */
  readonly leaseMs: number;
  /** How long a standby waits after it last saw a renewal, in ms; above `leaseMs`. */
  readonly expiryMs: number;
  /** From one look of a standby at the stream to the next, in ms. */
  readonly lookMs: number;
  /** Bound on each call to the store, in ms. */
  readonly callMs: number;
}

/** A leader that dies is followed after at most 8 s; 34,560 renewals a day of about 350 bytes. */
export const LEASE_TIMES: LeaseTimes = { renewMs: 2_500, leaseMs: 5_500, expiryMs: 7_000, lookMs: 500, callMs: 2_500 };

/** A standby's judgement of whether the place is free. Times are milliseconds of its own monotonic clock. */
export class LeaseWatch {
  private newest: SeenTerm | undefined;
  /** When the newest event was first seen; undefined before the first look and after a look that failed. */
  private since: number | undefined;
  private looked = false;
  /** The process that held our data folder before us. */
  private predecessor: string | undefined;

  constructor(
    private readonly self: Candidate,
    private readonly expiryMs: number,
  ) {}

  /** @param now after the stream was read, not before: what is in it was sent earlier */
  look(newest: SeenTerm | undefined, now: number): void {
    // Only at the very first look: a process of a copied folder is not dead, and must not be taken from each time.
    if (!this.looked && newest?.instance === this.self.instance) this.predecessor = newest.process;
    this.looked = true;
    if (this.since === undefined || newest?.revision !== this.newest?.revision) this.since = now;
    this.newest = newest;
  }

  /** The store did not answer: nobody could renew either, so the wait begins again. */
  blind(): void {
    this.since = undefined;
  }

  get seen(): SeenTerm | undefined {
    return this.newest;
  }

  mayTake(now: number): boolean {
    if (this.since === undefined) return false;
    if (this.newest === undefined || this.newest.ended || this.newest.process === this.self.process || this.newest.process === this.predecessor) return true;
    return now - this.since >= this.expiryMs;
  }
}
