import type { BlockConnected, BlockDisconnected, EventsOf } from '@qazyna/contracts';

export type ChainRecord = EventsOf<{ 'custody.block-connected': BlockConnected; 'custody.block-disconnected': BlockDisconnected }>;

export interface FollowedBlock {
  readonly height: number;
  readonly hash: string;
}

/**
 * Reads the chain's stream from its end: gathers the newest connected blocks that were not disconnected, newest first,
 * until there are `max`. A disconnected block hides the nearest earlier connection of the same hash.
 */
export class TailOfChain {
  readonly blocks: FollowedBlock[] = [];
  private readonly hidden: string[] = [];

  constructor(private readonly max: number) {}

  get complete(): boolean {
    return this.blocks.length >= this.max;
  }

  /** Takes the next event backwards. */
  take(event: ChainRecord): void {
    if (this.complete) return;
    const { hash, height } = event.data;
    if (event.type === 'custody.block-disconnected') {
      this.hidden.push(hash);
      return;
    }
    const at = this.hidden.indexOf(hash);
    if (at >= 0) this.hidden.splice(at, 1);
    else this.blocks.push({ height, hash });
  }
}
