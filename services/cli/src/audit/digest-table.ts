import { hash } from 'node:crypto';

/**
 * A set of texts with a few 32-bit numbers beside each, in 16 bytes a text and 4 a number: of a text only 128 bits of its
 * SHA-1 are kept, so a million events take some 50 MB, whatever they hold. Open addressing with linear probing, at most
 * two thirds full.
 */
export class DigestTable {
  private capacity = 1024;
  private cells: Uint32Array;
  private readonly width: number;
  private used = 0;

  /** `lanes`: numbers beside each text. */
  constructor(lanes: number) {
    this.width = KEY_LANES + lanes;
    this.cells = new Uint32Array(this.capacity * this.width);
  }

  get size(): number {
    return this.used;
  }

  /** The text's slot, or -1. Slots hold until the next `insert`. */
  find(text: string): number {
    const at = this.probe(keyOf(text));
    return this.isFree(at) ? -1 : at;
  }

  /** The text's slot, new with zeros beside it when the text is. */
  insert(text: string): number {
    if ((this.used + 1) * 3 > this.capacity * 2) this.grow();
    const sought = keyOf(text);
    const at = this.probe(sought);
    if (this.isFree(at)) {
      this.cells.set(sought, at * this.width);
      this.used += 1;
    }
    return at;
  }

  get(slot: number, lane: number): number {
    return this.cells[slot * this.width + KEY_LANES + lane] ?? 0;
  }

  set(slot: number, lane: number, value: number): void {
    this.cells[slot * this.width + KEY_LANES + lane] = value;
  }

  *slots(): Generator<number> {
    for (let slot = 0; slot < this.capacity; slot++) if (!this.isFree(slot)) yield slot;
  }

  private isFree(slot: number): boolean {
    const base = slot * this.width;
    const { cells } = this;
    return cells[base] === 0 && cells[base + 1] === 0 && cells[base + 2] === 0 && cells[base + 3] === 0;
  }

  private probe(sought: Uint32Array): number {
    const { cells, width } = this;
    for (let at = (sought[0] ?? 0) & (this.capacity - 1); ; at = (at + 1) & (this.capacity - 1)) {
      const base = at * width;
      if (this.isFree(at)) return at;
      if (cells[base] === sought[0] && cells[base + 1] === sought[1] && cells[base + 2] === sought[2] && cells[base + 3] === sought[3]) return at;
    }
  }

  private grow(): void {
    const before = this.cells;
    this.capacity *= 2;
    this.cells = new Uint32Array(this.capacity * this.width);
    for (let base = 0; base < before.length; base += this.width) {
      const row = before.subarray(base, base + this.width);
      if (row[0] === 0 && row[1] === 0 && row[2] === 0 && row[3] === 0) continue;
      this.cells.set(row, this.probe(row.subarray(0, KEY_LANES)) * this.width);
    }
  }
}

const KEY_LANES = 4;

/** Of the text asked for last: a million keys need not be a million objects. */
const key = new Uint32Array(KEY_LANES);

function keyOf(text: string): Uint32Array {
  // As hex: a buffer for each would lie outside the heap, where garbage is collected late.
  const hex = hash('sha1', text, 'hex');
  for (let lane = 0; lane < KEY_LANES; lane++) key[lane] = parseInt(hex.slice(lane * 8, lane * 8 + 8), 16);
  // All zeros marks a free slot.
  if (key[0] === 0 && key[1] === 0 && key[2] === 0 && key[3] === 0) key[0] = 1;
  return key;
}

/** 32 bits of a text's SHA-1, to tell contents apart beside an identity that is compared in full. */
export function digest32(text: string): number {
  return parseInt(hash('sha1', text, 'hex').slice(0, 8), 16);
}
