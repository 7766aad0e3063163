/** Reads Bitcoin's wire format; every read past the end throws. */
export class ByteReader {
  private readonly view: DataView;
  private at = 0;

  constructor(readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get position(): number {
    return this.at;
  }

  get remaining(): number {
    return this.bytes.length - this.at;
  }

  uint8(): number {
    return this.view.getUint8(this.advance(1));
  }

  uint16(): number {
    return this.view.getUint16(this.advance(2), true);
  }

  uint32(): number {
    return this.view.getUint32(this.advance(4), true);
  }

  int32(): number {
    return this.view.getInt32(this.advance(4), true);
  }

  uint64(): bigint {
    return this.view.getBigUint64(this.advance(8), true);
  }

  /** A copy. */
  take(length: number): Uint8Array {
    const from = this.advance(length);
    return this.bytes.slice(from, from + length);
  }

  /** A count or length (CompactSize), in its one shortest form. */
  compactSize(): number {
    const first = this.uint8();
    if (first < 0xfd) return first;
    if (first === 0xfd) return this.shortest(this.uint16(), 0xfd);
    if (first === 0xfe) return this.shortest(this.uint32(), 0x10000);
    throw new RangeError('a count above 2^32 fits in no block');
  }

  variableBytes(): Uint8Array {
    return this.take(this.compactSize());
  }

  /** A list whose elements have at least `bytesEachMin` bytes: a count that the rest cannot hold is refused at once. */
  list<T>(bytesEachMin: number, read: () => T): T[] {
    const count = this.compactSize();
    if (count * bytesEachMin > this.remaining) throw new RangeError('a count larger than what follows');
    const items: T[] = [];
    for (let i = 0; i < count; i += 1) items.push(read());
    return items;
  }

  private shortest(count: number, min: number): number {
    if (count < min) throw new RangeError('a count that is not in its shortest form');
    return count;
  }

  private advance(length: number): number {
    if (length > this.remaining) throw new RangeError('the bytes end too early');
    const from = this.at;
    this.at += length;
    return from;
  }
}

export function uint32Bytes(uint32: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, uint32, true);
  return bytes;
}

export function uint64Bytes(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
}

/** CompactSize of a count below 2^32. */
export function compactSizeBytes(count: number): Uint8Array {
  if (count < 0xfd) return Uint8Array.of(count);
  if (count < 0x10000) return Uint8Array.of(0xfd, count & 0xff, count >> 8);
  return Uint8Array.of(0xfe, ...uint32Bytes(count));
}
