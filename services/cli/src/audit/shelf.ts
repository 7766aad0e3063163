/** What an audit keeps by name while it walks: in memory where it is little, in a scratch file where it may be millions. */
export interface Shelf<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  /** In the order of the keys' bytes; only keys that begin with `prefix`. Nothing may be set meanwhile. */
  entries(prefix?: string): Iterable<readonly [string, Value]>;
}

export class MemoryShelf<Value> implements Shelf<Value> {
  private readonly kept = new Map<string, Value>();

  get(key: string): Value | undefined {
    return this.kept.get(key);
  }

  set(key: string, value: Value): void {
    this.kept.set(key, value);
  }

  *entries(prefix = ''): Generator<readonly [string, Value]> {
    for (const key of [...this.kept.keys()].sort()) if (key.startsWith(prefix)) yield [key, this.kept.get(key) as Value];
  }
}
