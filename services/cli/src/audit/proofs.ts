import type { RecordedEvent } from '@qazyna/event-store';
import { DigestTable, digest32 } from './digest-table.js';
import type { ConsumerDuties, Effect } from './duties.js';

const CONTENT = 0;

export type Standing =
  | 'proven'
  /** The effect is there with another content: not this message's. */
  | 'differs'
  | 'absent';

/** What the streams show to be done, in some 30 bytes an effect. */
export class Proofs {
  private readonly table = new DigestTable(1);

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

  get size(): number {
    return this.table.size;
  }
}

/** Walks the log once and keeps what it proves for these consumers. `onEvents` is told of each page's size. */
export async function collectProofs(pages: AsyncIterable<readonly RecordedEvent[]>, consumers: readonly ConsumerDuties[], onEvents: (count: number) => void = () => undefined): Promise<Proofs> {
  const proofs = new Proofs();
  for await (const page of pages) {
    for (const event of page) {
      for (const consumer of consumers) {
        if (!consumer.provenIn.some((prefix) => event.stream.startsWith(prefix))) continue;
        for (const effect of consumer.proofs(event)) proofs.add(effect);
      }
    }
    onEvents(page.length);
  }
  return proofs;
}
