import { setTimeout as sleep } from 'node:timers/promises';
import { BlockInvalid, BlockUnknown, ChainSourceUnavailable, type Block, type BlockReference, type ChainSource } from './chain-source.js';

export type ChainEvent =
  | { readonly kind: 'connected'; readonly block: Block }
  | { readonly kind: 'disconnected'; readonly height: number; readonly hash: string };

export interface FollowOptions {
  /**
   * Blocks already taken in, newest first, with no height missing. Empty: start at `startHeight`. Its length bounds the
   * deepest reorganisation that can be followed, so keep as many as you may have to take back.
   */
  readonly from: readonly BlockReference[];
  /** First height to yield when `from` is empty. Default 0. */
  readonly startHeight?: number;
  readonly signal?: AbortSignal;
  /** Most blocks remembered, and so the deepest reorganisation followed. Default 1,000. */
  readonly depthMax?: number;
  /** Longest pause between two looks at the tip. Default 10 s. */
  readonly pollMs?: number;
  /** Bounds of the pause after a source that does not answer; it doubles each time. Default 0.2 s to 30 s. */
  readonly retryMs?: { readonly min: number; readonly max: number };
  /** Told of each failed attempt, and of a source that has fallen behind what was already taken in. */
  readonly onTrouble?: (trouble: ChainSourceUnavailable | BlockUnknown | SourceBehind) => void;
}

/** No block of the locator is in the best chain any more: taking blocks back further would be a guess. */
export class ReorganisationTooDeep extends Error {
  override readonly name = 'ReorganisationTooDeep';
  readonly code = 'reorganisation-too-deep';

  constructor(readonly oldestKnown: BlockReference) {
    super(`the best chain has no block that is known: even ${oldestKnown.hash} at height ${oldestKnown.height} is not in it`);
  }
}

/** The source's chain ends before a block already taken in, and contradicts none: it is still catching up. */
export class SourceBehind extends Error {
  override readonly name = 'SourceBehind';
  readonly code = 'chain-source-behind';

  constructor(
    readonly tipHeight: number,
    readonly knownHeight: number,
  ) {
    super(`the source is at height ${tipHeight}, blocks up to ${knownHeight} are known already`);
  }
}

const DEPTH_MAX_DEFAULT = 1_000;
const POLL_MS_DEFAULT = 10_000;
const RETRY_MS_DEFAULT = { min: 200, max: 30_000 };

/**
 * Follows the best chain without end: every block in order, each taken back before its replacement comes. A source that
 * goes away is waited for. A source whose chain is only shorter than ours takes nothing back (a node that is loading its
 * chain again looks like that); blocks are taken back when another branch stands in their place. Returns when the
 * signal aborts.
 * @throws {ReorganisationTooDeep}
 * @throws {BlockInvalid} the source sent something that is not the block asked for
 */
export async function* follow(source: ChainSource, options: FollowOptions): AsyncGenerator<ChainEvent, void, void> {
  const { signal } = options;
  const known = new KnownBlocks(options);
  const retry = options.retryMs ?? RETRY_MS_DEFAULT;
  let pauseMs = retry.min;
  while (signal?.aborted !== true) {
    let events: readonly ChainEvent[];
    try {
      events = await nextEvents(source, known, options);
    } catch (error) {
      if (signal?.aborted) return;
      // A block can vanish between its hash and itself when the chain is reorganised in between: look again.
      if (!(error instanceof ChainSourceUnavailable || error instanceof BlockUnknown || error instanceof SourceBehind)) throw error;
      options.onTrouble?.(error);
      await sleep(pauseMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
      pauseMs = Math.min(pauseMs * 2, retry.max);
      continue;
    }
    pauseMs = retry.min;
    for (const event of events) {
      if (signal?.aborted) return;
      known.take(event);
      yield event;
    }
  }
}

/** The next events from what is known; none when nothing happened within the poll's time. */
async function nextEvents(source: ChainSource, known: KnownBlocks, options: FollowOptions): Promise<readonly ChainEvent[]> {
  const call = options.signal === undefined ? {} : { signal: options.signal };
  const newest = known.newest();
  if (newest !== undefined && (await source.blockHash(newest.height, call)) !== newest.hash) {
    return takeBack(source, known, call);
  }
  const height = known.nextHeight();
  const hash = await source.blockHash(height, call);
  if (hash === undefined) {
    const tip = await source.tip(call);
    if (tip.height >= height) return [];
    await source.waitForChange(tip.hash, { timeoutMs: options.pollMs ?? POLL_MS_DEFAULT, ...call });
    return [];
  }
  const block = await source.block(hash, call);
  if (block.height !== height) throw new BlockInvalid('height', `block ${hash} is at height ${block.height}, ${height} was asked for`);
  // The chain moved between the two questions: the next round finds the fork.
  if (newest !== undefined && block.previousHash !== newest.hash) return [];
  return [{ kind: 'connected', block }];
}

/** Finds the fork before anything is taken back, so that a reorganisation that is too deep changes nothing. */
async function takeBack(source: ChainSource, known: KnownBlocks, call: { readonly signal?: AbortSignal }): Promise<readonly ChainEvent[]> {
  const gone: BlockReference[] = [];
  let contradicted = false;
  for (const block of known.newestFirst()) {
    const hash = await source.blockHash(block.height, call);
    if (hash === block.hash) {
      if (!contradicted) throw new SourceBehind(block.height, known.newest()?.height ?? block.height);
      return gone.map(({ height, hash: goneHash }) => ({ kind: 'disconnected', height, hash: goneHash }));
    }
    contradicted ||= hash !== undefined;
    gone.push(block);
  }
  const oldest = gone.at(-1);
  if (oldest === undefined) return [];
  if (!contradicted) throw new SourceBehind((await source.tip(call)).height, known.newest()?.height ?? oldest.height);
  if (!known.complete || oldest.height === 0) throw new ReorganisationTooDeep(oldest);
  return gone.map(({ height, hash }) => ({ kind: 'disconnected', height, hash }));
}

/** The newest blocks taken in, oldest first inside. */
class KnownBlocks {
  private readonly blocks: BlockReference[];
  private readonly startHeight: number;
  private readonly depthMax: number;
  /** Nothing was taken in before the oldest block here. */
  complete: boolean;

  constructor(options: FollowOptions) {
    this.blocks = options.from.map(({ height, hash }) => ({ height, hash })).reverse();
    this.startHeight = options.startHeight ?? 0;
    this.depthMax = options.depthMax ?? DEPTH_MAX_DEFAULT;
    this.complete = this.blocks.length === 0;
    this.blocks.forEach(({ height }, i) => {
      if (height !== (this.blocks[0]?.height ?? 0) + i) throw new RangeError('a locator lists every height, newest first');
    });
    if (this.depthMax < 1) throw new RangeError('depthMax must be at least 1');
    this.trim();
  }

  newest(): BlockReference | undefined {
    return this.blocks.at(-1);
  }

  nextHeight(): number {
    const newest = this.newest();
    return newest === undefined ? this.startHeight : newest.height + 1;
  }

  newestFirst(): BlockReference[] {
    return [...this.blocks].reverse();
  }

  take(event: ChainEvent): void {
    if (event.kind === 'connected') this.blocks.push({ height: event.block.height, hash: event.block.hash });
    else this.blocks.pop();
    this.trim();
  }

  private trim(): void {
    const surplus = this.blocks.length - this.depthMax;
    if (surplus <= 0) return;
    this.blocks.splice(0, surplus);
    this.complete = false;
  }
}
