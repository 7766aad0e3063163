import { AsyncLocalStorage } from 'node:async_hooks';
import { realImmediate } from './takeover.js';

/** One start of one simulated service process: timers and calls made inside belong to it and end with it. */
export interface Generation {
  readonly node: string;
  readonly number: number;
  alive: boolean;
}

/** Which generation runs; undefined for the world outside of the services. */
export const scope = new AsyncLocalStorage<Generation | undefined>();

interface Planned {
  readonly at: number;
  readonly order: number;
  readonly owner: Generation | undefined;
  run: (() => void) | undefined;
}

export interface PlannedHandle {
  cancel(): void;
}

const MICROSECONDS = 1000;

/**
 * The only clock of a simulation. What is planned runs in the order of its time, one thing after another, and between
 * two of them everything that follows from the first (promises, next ticks) has run to its end. So the order of all
 * that happens depends on the seed alone.
 */
export class VirtualTime {
  private readonly heap: Planned[] = [];
  private order = 0;
  /** Microseconds since the start. */
  private elapsed = 0;
  /** How far each node's own clock is from the true time, in ms. */
  readonly skew = new Map<string, number>();
  steps = 0;

  /** @param startMs milliseconds of the epoch at which the simulation begins */
  constructor(readonly startMs: number) {}

  /** Milliseconds of the epoch, true time. */
  get nowMs(): number {
    return this.startMs + this.elapsed / MICROSECONDS;
  }

  get elapsedMs(): number {
    return this.elapsed / MICROSECONDS;
  }

  /** What the clock of the running node shows. */
  get shownMs(): number {
    const generation = scope.getStore();
    return Math.floor(this.nowMs) + (generation === undefined ? 0 : (this.skew.get(generation.node) ?? 0));
  }

  /** Plans `run` in the async context of the caller; a generation that has ended by then runs nothing. */
  plan(delayMs: number, run: () => void): PlannedHandle {
    const bound = AsyncLocalStorage.bind(run);
    const delay = Math.max(1, Math.round((Number.isFinite(delayMs) ? delayMs : 0) * MICROSECONDS));
    const planned: Planned = { at: this.elapsed + delay, order: this.order++, owner: scope.getStore(), run: bound };
    this.push(planned);
    return {
      cancel: () => {
        planned.run = undefined;
      },
    };
  }

  /** Plans `run` for the world: it happens whatever becomes of the node that caused it. */
  planOutside(delayMs: number, run: () => void): PlannedHandle {
    return scope.run(undefined, () => this.plan(delayMs, run));
  }

  /** Resolves after `ms` of virtual time. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.plan(ms, resolve));
  }

  /** Runs until `done` says so or nothing is planned. @returns false when nothing was left to run */
  async runUntil(done: () => boolean): Promise<boolean> {
    await settle();
    while (!done()) {
      const planned = this.pop();
      if (planned === undefined) return false;
      const { run, owner } = planned;
      if (run === undefined || owner?.alive === false) continue;
      this.elapsed = Math.max(this.elapsed, planned.at);
      this.steps += 1;
      run();
      await settle();
    }
    return true;
  }

  private push(planned: Planned): void {
    const { heap } = this;
    let at = heap.length;
    heap.push(planned);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(planned, heap[parent] as Planned)) break;
      heap[at] = heap[parent] as Planned;
      at = parent;
    }
    heap[at] = planned;
  }

  private pop(): Planned | undefined {
    const { heap } = this;
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as Planned, heap[child] as Planned)) child += 1;
      if (!before(heap[child] as Planned, last)) break;
      heap[at] = heap[child] as Planned;
      at = child;
    }
    heap[at] = last;
    return top;
  }
}

function before(a: Planned, b: Planned): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** Every promise and next tick that can run has run when a true turn of the event loop begins. */
function settle(): Promise<void> {
  return new Promise((resolve) => realImmediate(resolve));
}
