import { BlockInvalid, type BlockFault, BlockUnknown, ChainSourceUnavailable, follow, networkParameters, ReorganisationTooDeep, type BlockReference, type ChainEvent, type ChainSource, type FollowOptions } from '@qazyna/bitcoin';

/** What the suite needs of an adapter. The chain behind it has at least five blocks above the first and may be shared. */
export interface ChainSourceHarness {
  readonly source: ChainSource;
  mine(blocks: number): Promise<void>;
  /** Abandons the newest blocks for a branch of `newBlocks`, in whatever way the chain behind has. */
  reorganise(depth: number, newBlocks: number): Promise<void>;
  /** From now on nothing is answered, until the returned function is called. */
  breakOff(): Promise<() => Promise<void>>;
  /** Changes the raw blocks on their way, until called with undefined. Absent where blocks do not travel: tell the suite so. */
  readonly corrupt?: (change: ((raw: Uint8Array) => Uint8Array) | undefined) => void;
  dispose(): Promise<void>;
}

const FAST: Partial<FollowOptions> = { pollMs: 100, retryMs: { min: 20, max: 100 } };
const LIMIT_MS = 20_000;

/** The behaviour every `ChainSource` must have, its failures included. */
export function chainSourceContract(name: string, create: () => Promise<ChainSourceHarness>, options: { readonly blocksTravel: boolean } = { blocksTravel: true }): void {
  describe(`chain source: ${name}`, () => {
    let harness: ChainSourceHarness;
    let source: ChainSource;

    beforeAll(async () => {
      harness = await create();
      source = harness.source;
    }, 60_000);
    afterAll(() => harness.dispose());

    /** The newest blocks, newest first, as a follower that had read them would hand them over. */
    const locator = async (length: number): Promise<BlockReference[]> => {
      const { height: top } = await source.tip();
      const heights = Array.from({ length }, (_, i) => top - i);
      return Promise.all(heights.map(async (height) => ({ height, hash: (await source.blockHash(height)) ?? '' })));
    };

    /** Follows until `enough`, running `during` once the follower is under way. */
    const collect = async (options: FollowOptions, count: number, during?: (seen: (events: number) => Promise<void>) => Promise<void>): Promise<ChainEvent[]> => {
      const stop = new AbortController();
      const events: ChainEvent[] = [];
      const reading = (async (): Promise<void> => {
        for await (const event of follow(source, { ...FAST, ...options, signal: AbortSignal.any([stop.signal, AbortSignal.timeout(LIMIT_MS)]) })) {
          events.push(event);
          if (events.length === count) return;
        }
      })();
      await during?.(async (length) => {
        while (events.length < length) await new Promise((resolve) => setTimeout(resolve, 5));
      });
      await reading;
      stop.abort();
      return events;
    };

    const brief = (events: readonly ChainEvent[]): string[] => events.map((event) => (event.kind === 'connected' ? `+${event.block.height}` : `-${event.height}`));

    it('answers and knows the first block of its network', async () => {
      await source.ping();
      expect(await source.blockHash(0)).toBe(networkParameters(source.network).genesisHash);
    });

    it('has its tip in the best chain and nothing above it', async () => {
      const tip = await source.tip();
      expect(await source.blockHash(tip.height)).toBe(tip.hash);
      expect(await source.blockHash(tip.height + 1)).toBeUndefined();
      expect(await source.blockHash(tip.height + 1_000_000)).toBeUndefined();
    });

    it('gives blocks that link, with a coinbase and exact amounts', async () => {
      const [newest, previous] = await locator(2);
      const block = await source.block(newest?.hash ?? '');
      expect(block).toMatchObject({ height: newest?.height, hash: newest?.hash, previousHash: previous?.hash });
      expect(block.transactions[0]).toMatchObject({ coinbase: true, inputs: [] });
      expect(typeof block.transactions[0]?.outputs[0]?.amount).toBe('bigint');
      expect(block.time).toBeInstanceOf(Date);
    });

    it('says that it has no block of an unknown hash', async () => {
      await expect(source.block('f'.repeat(64))).rejects.toBeInstanceOf(BlockUnknown);
    });

    it('wakes who waits for a change, and lets go at the timeout and at an abort', async () => {
      const { hash } = await source.tip();
      await source.waitForChange(hash, { timeoutMs: 50 });
      await source.waitForChange('0'.repeat(64), { timeoutMs: LIMIT_MS });
      await source.waitForChange(hash, { timeoutMs: LIMIT_MS, signal: AbortSignal.timeout(50) });
      const changed = source.waitForChange(hash, { timeoutMs: LIMIT_MS });
      await harness.mine(1);
      await changed;
      expect((await source.tip()).hash).not.toBe(hash);
    });

    it('is followed from the first block', async () => {
      const events = await collect({ from: [] }, 4);
      expect(brief(events)).toEqual(['+0', '+1', '+2', '+3']);
    });

    it('is followed from where one left off, and on', async () => {
      const from = await locator(3);
      const top = from[0]?.height ?? 0;
      const events = await collect({ from }, 2, () => harness.mine(2));
      expect(brief(events)).toEqual([`+${top + 1}`, `+${top + 2}`]);
    });

    it('takes back a branch, newest first, before the other comes, while it is followed', async () => {
      await harness.mine(3);
      const from = await locator(5);
      const top = from[0]?.height ?? 0;
      const events = await collect({ from }, 6, async (seen) => {
        await harness.mine(1);
        await seen(1);
        await harness.reorganise(2, 3);
      });
      expect(brief(events)).toEqual([`+${top + 1}`, `-${top + 1}`, `-${top}`, `+${top}`, `+${top + 1}`, `+${top + 2}`]);
    }, 30_000);

    it('finds a reorganisation that happened while nobody looked', async () => {
      const from = await locator(5);
      const top = from[0]?.height ?? 0;
      await harness.reorganise(3, 4);
      const events = await collect({ from }, 7);
      expect(brief(events)).toEqual([`-${top}`, `-${top - 1}`, `-${top - 2}`, `+${top - 2}`, `+${top - 1}`, `+${top}`, `+${top + 1}`]);
      expect(events.slice(0, 3).map((event) => (event.kind === 'disconnected' ? event.hash : ''))).toEqual(from.slice(0, 3).map(({ hash }) => hash));
    });

    it('never guesses at a reorganisation deeper than what is known', async () => {
      const from = await locator(2);
      await harness.reorganise(2, 3);
      await expect(collect({ from }, 1)).rejects.toBeInstanceOf(ReorganisationTooDeep);
    });

    it('is unavailable while it is away, and goes on where it was', async () => {
      const from = await locator(2);
      const top = from[0]?.height ?? 0;
      const comeBack = await harness.breakOff();
      await expect(source.tip()).rejects.toBeInstanceOf(ChainSourceUnavailable);
      await expect(source.ping()).rejects.toBeInstanceOf(ChainSourceUnavailable);
      const troubles: string[] = [];
      const events = await collect({ from, onTrouble: (trouble) => troubles.push(trouble.code) }, 1, async () => {
        await new Promise((resolve) => setTimeout(resolve, 150));
        await comeBack();
        await harness.mine(1);
      });
      expect(brief(events)).toEqual([`+${top + 1}`]);
      expect(troubles).toContain('chain-source-unavailable');
    }, 30_000);

    if (options.blocksTravel) it('refuses a block that was changed on its way', async () => {
      const { corrupt } = harness;
      if (corrupt === undefined) throw new Error('a harness whose blocks travel can change them');
      const { hash } = await source.tip();
      const changes: [BlockFault, (raw: Uint8Array) => Uint8Array][] = [
        ['header-hash', (raw) => flip(raw, 70)],
        // The last byte of the first transaction's lock time.
        ['merkle-root', (raw) => flip(raw, raw.length - 1)],
        ['truncated', (raw) => raw.slice(0, -1)],
        ['truncated', (raw) => Uint8Array.of(...raw, 0)],
      ];
      for (const [fault, change] of changes) {
        corrupt(change);
        const refusal = await source.block(hash).catch((error: unknown) => error);
        expect(refusal).toBeInstanceOf(BlockInvalid);
        expect(refusal).toMatchObject({ fault });
      }
      corrupt(undefined);
      expect((await source.block(hash)).hash).toBe(hash);
    });
  });
}

function flip(bytes: Uint8Array, at: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
}
