import type { RecordedEvent } from '@qazyna/event-store';
import { DigestTable, digest32 } from './digest-table.js';
import type { ConsumerDuties, Effect } from './duties.js';

// Beside each effect: 32 bits of its content, and whether its message must be on its topic and has been seen there.
const CONTENT = 0;
const MESSAGE = 1;
const EXPECTED = 1;
const SEEN = 2;

export type Standing =
  | 'proven'
  /** The effect is there with another content: not this message's. */
  | 'differs'
  | 'absent';

/** What the streams show to be done, in some 36 bytes an effect. */
export class Proofs {
  private readonly table = new DigestTable(2);

  /** The first content of a key stands, as the first word does in every stream. */
  add({ key, content }: Effect): void {
    if (this.table.find(key) !== -1) return;
    this.table.set(this.table.insert(key), CONTENT, digest32(content));
  }

  /** How all of these effects stand together: as the worst of them. */
  standing(effects: readonly Effect[]): Standing {
    let worst: Standing = 'proven';
    for (const { key, content } of effects) {
      const slot = this.table.find(key);
      if (slot === -1) return 'absent';
      if (this.table.get(slot, CONTENT) !== digest32(content)) worst = 'differs';
    }
    return worst;
  }

  /** An effect, added before, whose message must be on its topic. */
  expectMessage(key: string): void {
    const slot = this.table.find(key);
    if (slot === -1) throw new Error(`the effect ${key} is expected on a topic and was never added`);
    if (this.table.get(slot, MESSAGE) !== SEEN) this.table.set(slot, MESSAGE, EXPECTED);
  }

  /** The message of an effect is on its topic. */
  sawMessage(key: string): void {
    const slot = this.table.find(key);
    if (slot !== -1) this.table.set(slot, MESSAGE, SEEN);
  }

  /** Effects that came over a topic which does not hold their message. */
  get unseen(): number {
    let unseen = 0;
    for (const slot of this.table.slots()) if (this.table.get(slot, MESSAGE) === EXPECTED) unseen += 1;
    return unseen;
  }
}

/**
 * Walks the log once and keeps what it proves for these consumers.
 * @param settledBefore later events may have come over a topic after it was looked at
 */
export async function collectProofs(
  pages: AsyncIterable<readonly RecordedEvent[]>,
  consumers: readonly ConsumerDuties[],
  settledBefore: Date,
  onProgress: (events: number) => void = () => undefined,
): Promise<Proofs> {
  const proofs = new Proofs();
  for await (const page of pages) {
    for (const event of page) {
      for (const { provenIn, proofs: proven, cameOverTopic } of consumers) {
        if (!provenIn.some((prefix) => event.stream.startsWith(prefix))) continue;
        for (const effect of proven(event)) proofs.add(effect);
        const came = event.recordedAt < settledBefore ? cameOverTopic?.(event) : undefined;
        if (came !== undefined) proofs.expectMessage(came);
      }
    }
    onProgress(page.length);
  }
  return proofs;
}
