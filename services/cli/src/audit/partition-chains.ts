import type { CloudEvent, ReceivedRecord } from '@qazyna/messaging';
import { placeOf, type PartitionBounds } from './topic.js';

/** What the first message names in place of one before it. */
export const FIRST = 'none';

/**
 * Follows the links from each message to the one before it in its partition. A link that leads past what was seen is a gap
 * until the message it leads to turns up, for a relay that began again fills it behind the others. Where the log itself
 * has lost an event, this is the only trace of it.
 */
export class PartitionChains {
  private readonly last = new Map<number, string | undefined>();
  private readonly gaps = new Map<string, string>();

  constructor(partitions: readonly PartitionBounds[]) {
    // Where records were deleted, nobody can say which was the last before.
    for (const { partition, low: firstOffset } of partitions) this.last.set(partition, firstOffset === 0n ? FIRST : undefined);
  }

  /** The first record of an event; its repetitions carry the same links. */
  take(record: ReceivedRecord, { extensions }: CloudEvent): void {
    const { partition } = record;
    const { position, previousinpartition: previous } = extensions;
    if (position === undefined) return;
    this.gaps.delete(`${partition} ${position}`);
    const last = this.last.get(partition);
    if (previous !== undefined && last !== undefined && previous !== last && !isLate(previous, last)) {
      this.gaps.set(`${partition} ${previous}`, `${placeOf(record)} follows an event at position ${previous} in its partition, and the topic does not hold that one: the last before is at ${last}`);
    }
    if (last === undefined || last === FIRST || position > last) this.last.set(partition, position);
  }

  /** Gaps that nothing has filled. */
  open(): IterableIterator<string> {
    return this.gaps.values();
  }
}

/** A message that follows one from before the last: it fills a gap. */
function isLate(previous: string, last: string): boolean {
  return last !== FIRST && (previous === FIRST || previous < last);
}
