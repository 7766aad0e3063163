/**
 * Ids of every entry of the journal, 16 bytes each: however long the journal, whether an id is in it is answered from
 * memory. Open addressing with linear probing; at most half full.
 */
export class EntryIds {
  private lanes: Uint32Array;
  private capacity: number;
  private used = 0;

  constructor(capacity = 1024) {
    this.capacity = capacity;
    this.lanes = new Uint32Array(capacity * LANES);
  }

  get size(): number {
    return this.used;
  }

  has(uuid: string): boolean {
    return this.find(lanesOf(uuid)).found;
  }

  add(uuid: string): void {
    if ((this.used + 1) * 2 > this.capacity) this.grow();
    this.put(lanesOf(uuid));
  }

  private put(id: Lanes): void {
    const { at, found } = this.find(id);
    if (found) return;
    this.lanes.set(id, at * LANES);
    this.used += 1;
  }

  /** The slot of an id, or the free one where it belongs. The nil UUID marks a free slot and is no entry's id. */
  private find([a, b, c, d]: Lanes): { readonly at: number; readonly found: boolean } {
    const { lanes } = this;
    for (let at = a & (this.capacity - 1); ; at = (at + 1) & (this.capacity - 1)) {
      const base = at * LANES;
      if (lanes[base] === a && lanes[base + 1] === b && lanes[base + 2] === c && lanes[base + 3] === d) return { at, found: true };
      if (lanes[base] === 0 && lanes[base + 1] === 0 && lanes[base + 2] === 0 && lanes[base + 3] === 0) return { at, found: false };
    }
  }

  private grow(): void {
    const before = this.lanes;
    this.capacity *= 2;
    this.lanes = new Uint32Array(this.capacity * LANES);
    this.used = 0;
    for (let base = 0; base < before.length; base += LANES) {
      const id: Lanes = [before[base] ?? 0, before[base + 1] ?? 0, before[base + 2] ?? 0, before[base + 3] ?? 0];
      if (id.some((lane) => lane !== 0)) this.put(id);
    }
  }
}

const LANES = 4;
type Lanes = readonly [number, number, number, number];

function lanesOf(uuid: string): Lanes {
  const hex = uuid.slice(0, 8) + uuid.slice(9, 13) + uuid.slice(14, 18) + uuid.slice(19, 23) + uuid.slice(24, 36);
  return [parseInt(hex.slice(0, 8), 16), parseInt(hex.slice(8, 16), 16), parseInt(hex.slice(16, 24), 16), parseInt(hex.slice(24, 32), 16)];
}
