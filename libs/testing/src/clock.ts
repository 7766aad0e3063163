import { uuidV7, type Clock, type IdSource } from '@qazyna/event-store';

/** A clock that moves only when told to. */
export class SimulatedClock implements Clock {
  private time: number;

  constructor(start: Date = new Date('2026-01-01T00:00:00Z')) {
    this.time = start.getTime();
  }

  now(): Date {
    return new Date(this.time);
  }

  /** Moves on. @throws {RangeError} backwards: simulated time only moves forward */
  advance(ms: number): void {
    if (!Number.isSafeInteger(ms) || ms < 0) throw new RangeError(`a simulated clock moves by whole milliseconds from 0, not ${ms}`);
    this.time += ms;
  }

  /** @throws {RangeError} before now */
  advanceTo(time: Date): void {
    this.advance(time.getTime() - this.time);
  }
}

/** Ids that are the same in every run with the same seed and clock. */
export class SeededIds implements IdSource {
  private state: number;

  constructor(
    seed: number,
    private readonly clock: Clock = new SimulatedClock(),
  ) {
    this.state = seed >>> 0;
  }

  next(): string {
    return uuidV7(this.clock.now(), Uint8Array.from({ length: 10 }, () => this.byte()));
  }

  /** Mulberry32 (Tommy Ettinger, public domain): one byte of a 32-bit generator with full period. */
  private byte(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) & 0xff;
  }
}
