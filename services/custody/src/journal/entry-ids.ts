/**
 * Ids of every entry of the journal, 16 bytes each: however long the journal, whether an id is in it is answered from
 * memory. Open addressing with linear probing; at most three quarters full. Numbers are passed one by one, and kept
 * as signed ones: millions of ids are added at a start, and a tuple for each would cost ten times the time.
 */
export class EntryIds {
  private lanes: Int32Array;
  private capacity: number;
  private used = 0;

  /** @param expected how many ids are about to be added; more are taken all the same */
  constructor(expected = 512) {
    this.capacity = 1024;
    while (this.capacity * 3 < expected * 4) this.capacity *= 2;
    this.lanes = new Int32Array(this.capacity * LANES);
  }

  get size(): number {
    return this.used;
  }

  has(uuid: string): boolean {
    const [a, b, c, d] = lanesOf(uuid);
    return this.slot(a, b, c, d) < 0;
  }

  add(uuid: string): void {
    this.addLanes(lanesOf(uuid));
  }

  /** As `add`, of an id that {@link lanesOf} has taken apart. */
  addLanes(id: Lanes): void {
    this.put(id[0], id[1], id[2], id[3]);
  }

  /** Adds ids of 16 bytes each. */
  addAll(bytes: Buffer): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = 0; at < bytes.length; at += ID_BYTES) {
      this.put(view.getInt32(at), view.getInt32(at + 4), view.getInt32(at + 8), view.getInt32(at + 12));
    }
  }

  private put(a: number, b: number, c: number, d: number): void {
    if ((this.used + 1) * 4 > this.capacity * 3) this.grow();
    const base = this.slot(a, b, c, d);
    if (base < 0) return;
    const { lanes } = this;
    lanes[base] = a;
    lanes[base + 1] = b;
    lanes[base + 2] = c;
    lanes[base + 3] = d;
    this.used += 1;
  }

  /** Where in `lanes` an id belongs; -1 when it is there. The nil UUID marks a free slot and is no entry's id. */
  private slot(a: number, b: number, c: number, d: number): number {
    const { lanes } = this;
    const last = lanes.length - 1;
    for (let base = (a & (this.capacity - 1)) * LANES; ; base = (base + LANES) & last) {
      const first = lanes[base];
      if (first === a && lanes[base + 1] === b && lanes[base + 2] === c && lanes[base + 3] === d) return -1;
      if (first === 0 && lanes[base + 1] === 0 && lanes[base + 2] === 0 && lanes[base + 3] === 0) return base;
    }
  }

  private grow(): void {
    const before = this.lanes;
    this.capacity *= 2;
    this.lanes = new Int32Array(this.capacity * LANES);
    this.used = 0;
    for (let base = 0; base < before.length; base += LANES) {
      const a = before[base] as number;
      const b = before[base + 1] as number;
      const c = before[base + 2] as number;
      const d = before[base + 3] as number;
      if ((a | b | c | d) !== 0) this.put(a, b, c, d);
    }
  }
}

export const ID_BYTES = 16;

const LANES = 4;
/** A UUID as four signed numbers of 32 bits, big end first. */
export type Lanes = readonly [number, number, number, number];

export function lanesOf(uuid: string): Lanes {
  const hex = uuid.slice(0, 8) + uuid.slice(9, 13) + uuid.slice(14, 18) + uuid.slice(19, 23) + uuid.slice(24, 36);
  return [parseInt(hex.slice(0, 8), 16) | 0, parseInt(hex.slice(8, 16), 16) | 0, parseInt(hex.slice(16, 24), 16) | 0, parseInt(hex.slice(24, 32), 16) | 0];
}
