import type { Entry, Posting } from './entries.js';

/**
 * The latest entries by id: at least `max` of them and fewer than twice as many. Two generations, of which the older is
 * dropped whole: forgetting entries one by one costs a reader of a long journal more than remembering them.
 */
export class RecentEntries {
  private young = new Map<string, readonly Posting[]>();
  private old: ReadonlyMap<string, readonly Posting[]> = new Map();

  constructor(private readonly max: number) {}

  has(entryId: string): boolean {
    return this.young.has(entryId) || this.old.has(entryId);
  }

  postingsOf(entryId: string): readonly Posting[] | undefined {
    return this.young.get(entryId) ?? this.old.get(entryId);
  }

  add(entry: Entry): void {
    if (this.max <= 0) return;
    this.young.set(entry.entryId, entry.postings);
    if (this.young.size >= this.max) {
      this.old = this.young;
      this.young = new Map();
    }
  }

  clone(): RecentEntries {
    const copy = new RecentEntries(this.max);
    copy.young = new Map(this.young);
    // Nobody writes to the older generation.
    copy.old = this.old;
    return copy;
  }
}
