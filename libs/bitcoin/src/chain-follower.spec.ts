import { InterruptibleSource } from '@qazyna/testing';
import { follow, ReorganisationTooDeep, type ChainEvent } from './chain-follower.js';
import type { BlockReference } from './chain-source.js';
import { SandboxChain } from './sandbox/sandbox-chain.js';

async function take(events: AsyncIterable<ChainEvent>, count: number): Promise<ChainEvent[]> {
  const taken: ChainEvent[] = [];
  for await (const event of events) {
    taken.push(event);
    if (taken.length === count) break;
  }
  return taken;
}

async function locator(chain: SandboxChain, length: number): Promise<BlockReference[]> {
  const { height } = await chain.tip();
  return Promise.all(Array.from({ length }, async (_, i) => ({ height: height - i, hash: (await chain.blockHash(height - i)) ?? '' })));
}

describe('following a chain', () => {
  let chain: SandboxChain;
  beforeEach(() => {
    chain = SandboxChain.open({ file: ':memory:', seed: 'follower', premine: 12 });
  });
  afterEach(() => chain.close());

  it('starts at the height asked for', async () => {
    expect(await take(follow(chain, { from: [], startHeight: 10 }), 3)).toMatchObject([{ block: { height: 10 } }, { block: { height: 11 } }, { block: { height: 12 } }]);
  });

  it('takes nothing back because a source is behind', async () => {
    const ahead = await locator(chain, 3);
    const shorter = SandboxChain.open({ file: ':memory:', seed: 'follower', premine: 10 });
    const troubles: string[] = [];
    const stop = new AbortController();
    const events = take(follow(shorter, { from: ahead, signal: stop.signal, retryMs: { min: 5, max: 5 }, onTrouble: (trouble) => troubles.push(trouble.code) }), 1);
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(troubles).toContain('chain-source-behind');
    // The same seed and commands: the shorter chain becomes the longer one, and then goes on.
    await shorter.mine(3);
    expect(await events).toMatchObject([{ kind: 'connected', block: { height: 13 } }]);
    stop.abort();
    await shorter.close();
  });

  it('forgets blocks beyond its depth and says so instead of guessing', async () => {
    const seen: ChainEvent[] = [];
    const run = (async (): Promise<void> => {
      for await (const event of follow(chain, { from: [], depthMax: 2 })) {
        seen.push(event);
        if (seen.length === 13) await chain.reorganise(2);
      }
    })();
    await expect(run).rejects.toBeInstanceOf(ReorganisationTooDeep);
    expect(seen.every(({ kind }) => kind === 'connected')).toBe(true);
  });

  it('starts again at its first height when all it had was replaced', async () => {
    const events = follow(chain, { from: [], startHeight: 12 });
    const first = await events.next();
    await chain.reorganise(3);
    const rest = [await events.next(), await events.next(), await events.next()].map(({ value }) => value as ChainEvent);
    expect(first.value).toMatchObject({ kind: 'connected', block: { height: 12 } });
    expect(rest).toMatchObject([{ kind: 'disconnected', height: 12 }, { kind: 'connected', block: { height: 12 } }, { kind: 'connected', block: { height: 13 } }]);
    await events.return();
  });

  it('refuses a locator with gaps', async () => {
    const [newest, , third] = await locator(chain, 3);
    if (newest === undefined || third === undefined) throw new Error('the chain has three blocks');
    await expect(follow(chain, { from: [newest, third] }).next()).rejects.toBeInstanceOf(RangeError);
  });

  it('ends when told to, also while the source is away', async () => {
    const source = new InterruptibleSource(chain);
    source.away = true;
    expect(await take(follow(source, { from: [], signal: AbortSignal.timeout(30) }), 1)).toEqual([]);
  });
});
