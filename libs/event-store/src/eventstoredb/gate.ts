import { StoreTimeout } from '../port.js';

/** Bounds how many appends are on the wire at once; the others wait their turn. */
export class Gate {
  private inside = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly insideMax: number) {}

  /** @throws {StoreTimeout} no place before the deadline (milliseconds of the epoch) */
  async enter(signal: AbortSignal, deadline: number, what: string): Promise<void> {
    signal.throwIfAborted();
    if (this.inside < this.insideMax) {
      this.inside += 1;
      return;
    }
    // The place is handed over by the one who leaves, so `inside` does not change.
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    if (signal.aborted || Date.now() >= deadline) {
      this.leave();
      signal.throwIfAborted();
      throw new StoreTimeout(`${what} found no place among ${this.insideMax} others in time; nothing was sent`);
    }
  }

  leave(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.inside -= 1;
    else next();
  }
}
