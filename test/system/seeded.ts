/** Random choices that a seed repeats (mulberry32, by Tommy Ettinger, public domain). */
export class Seeded {
  private state: number;

  constructor(readonly seed: number) {
    this.state = seed >>> 0;
  }

  /** The seed of QAZYNA_TEST_SEED, else a new one; printed, so that a run can be repeated. */
  static announced(what: string): Seeded {
    const given = process.env['QAZYNA_TEST_SEED'];
    const seeded = new Seeded(given === undefined || given === '' ? Date.now() % 0x1_0000_0000 : Number(given));
    process.stdout.write(`  ${what}: QAZYNA_TEST_SEED=${seeded.seed}\n`);
    return seeded;
  }

  /** From 0 up to but not including 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  /** A whole number from `min` to `max`. */
  between(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }
}
