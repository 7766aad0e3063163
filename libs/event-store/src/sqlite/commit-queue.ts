import { StoreTimeout, StoreUnavailable, type AppendResult, type CallOptions, type ConcurrencyConflict } from '../port.js';
import type { AppendRequest } from './writer.js';

interface Waiting extends AppendRequest {
  readonly bytes: number;
  /** Milliseconds of the epoch. */
  readonly deadline: number;
  readonly settle: (outcome: AppendResult | Error) => void;
  settled: boolean;
}

export interface CommitQueueOptions {
  /** Appends that may wait for their commit; further callers wait for a place. */
  readonly queueMax: number;
  /** Bounds of one transaction. */
  readonly groupAppendsMax: number;
  readonly groupBytesMax: number;
  readonly timeoutMs: number;
}

/**
 * Collects concurrent appends and commits them together, once per turn of the event loop: one flush to disk pays
 * for everything that arrived meanwhile.
 */
export class CommitQueue {
  private waiting: Waiting[] = [];
  private readonly blocked: (() => void)[] = [];
  private scheduled = false;
  private closed = false;
  /** Calls of `add` that have not returned. */
  private active = 0;
  private readonly idle: (() => void)[] = [];

  constructor(
    private readonly commit: (group: readonly AppendRequest[]) => (AppendResult | ConcurrencyConflict)[],
    private readonly options: CommitQueueOptions,
  ) {}

  /** Appends accepted and not yet durable; never above `queueMax`. */
  get depth(): number {
    return this.waiting.length;
  }

  async add(request: AppendRequest, options: CallOptions | undefined): Promise<AppendResult> {
    if (this.closed) throw new StoreUnavailable('the event store is closed');
    const deadline = Date.now() + (options?.timeoutMs ?? this.options.timeoutMs);
    this.active += 1;
    try {
      options?.signal?.throwIfAborted();
      if (this.blocked.length > 0 || this.waiting.length >= this.options.queueMax) await this.place(options, deadline, request.stream);
      return await this.enqueue(request, options?.signal, deadline);
    } finally {
      this.active -= 1;
      this.blocked.shift()?.();
      if (this.active === 0) for (const resolve of this.idle.splice(0)) resolve();
    }
  }

  /** Refuses new appends; resolves when those accepted before are settled. */
  async close(): Promise<void> {
    this.closed = true;
    if (this.active > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private async place(options: CallOptions | undefined, deadline: number, stream: string): Promise<void> {
    do {
      await new Promise<void>((resolve) => this.blocked.push(resolve));
      options?.signal?.throwIfAborted();
      if (Date.now() >= deadline) throw new StoreTimeout(`the append to ${stream} found no place in the queue in time`);
    } while (this.waiting.length >= this.options.queueMax);
  }

  private enqueue(request: AppendRequest, signal: AbortSignal | undefined, deadline: number): Promise<AppendResult> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => entry.settle(signal?.reason as Error);
      const entry: Waiting = {
        ...request,
        deadline,
        bytes: request.events.reduce((sum, event) => sum + event.data.length + event.metadata.length, 0),
        settled: false,
        settle: (outcome) => {
          if (entry.settled) return;
          entry.settled = true;
          signal?.removeEventListener('abort', onAbort);
          if (outcome instanceof Error) reject(outcome);
          else resolve(outcome);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.waiting.push(entry);
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => this.flush());
  }

  private flush(): void {
    this.scheduled = false;
    const group = this.takeGroup();
    if (group.length > 0) {
      try {
        const outcomes = this.commit(group);
        group.forEach((entry, index) => entry.settle(outcomes[index] as AppendResult | ConcurrencyConflict));
      } catch (error) {
        for (const entry of group) entry.settle(error as Error);
      }
    }
    if (this.waiting.length > 0) this.schedule();
  }

  /** The longest run from the front that fits one transaction. What its caller gave up on is left out, unwritten. */
  private takeGroup(): Waiting[] {
    const group: Waiting[] = [];
    let bytes = 0;
    let taken = 0;
    const now = Date.now();
    for (const entry of this.waiting) {
      if (group.length >= this.options.groupAppendsMax || (group.length > 0 && bytes + entry.bytes > this.options.groupBytesMax)) break;
      taken += 1;
      if (now > entry.deadline) entry.settle(new StoreTimeout(`the append to ${entry.stream} waited too long for its commit`));
      if (entry.settled) continue;
      bytes += entry.bytes;
      group.push(entry);
    }
    this.waiting = taken === this.waiting.length ? [] : this.waiting.slice(taken);
    return group;
  }
}
