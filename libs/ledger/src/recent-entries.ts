import type { Entry, Posting } from './entries.js';

/** The latest entries by id, up to a bound: a ring of ids beside a map, so that forgetting the oldest costs nothing. */
export class RecentEntries {
  private readonly postings = new Map<string, readonly Posting[]>();
  private ring: string[] = [];
  private next = 0;

  constructor(private readonly max: number) {}

  has(entryId: string): boolean {
    return this.postings.has(entryId);
  }

  postingsOf(entryId: string): readonly Posting[] | undefined {
    return this.postings.get(entryId);
  }

  add(entry: Entry): void {
    if (this.max <= 0) return;
    if (this.max !== Number.POSITIVE_INFINITY) {
      const oldest = this.ring[this.next];
      if (oldest !== undefined) this.postings.delete(oldest);
      this.ring[this.next] = entry.entryId;
      this.next = (this.next + 1) % this.max;
    }
    this.postings.set(entry.entryId, entry.postings);
  }

  clone(): RecentEntries {
    const copy = new RecentEntries(this.max);
    for (const [entryId, postings] of this.postings) copy.postings.set(entryId, postings);
    copy.ring = [...this.ring];
    copy.next = this.next;
    return copy;
  }
}
