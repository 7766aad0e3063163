import { InMemoryCheckpoints, SqliteEventStore, type NewEvent, type Position, type RecordedEvent } from '@qazyna/event-store';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { Chain, chainUntil, linksOf, NO_PREVIOUS, saveHeads, type MessageLinks } from './links.js';
import { ChainWalk } from './judge.js';

const at = (n: number): string => String(n).padStart(19, '0');
const chainOf = (length: number): MessageLinks[] => Array.from({ length }, (_, n) => ({ position: at(n * 3 + 1), previous: n === 0 ? NO_PREVIOUS : at(n * 3 - 2) }));

/** What a guard does whose store has every message: the verdicts that are breaks. */
function breaks(messages: readonly MessageLinks[], place: string): string[] {
  const walk = new ChainWalk(place);
  return messages.flatMap((message) => {
    const verdict = walk.judge(message);
    walk.accept(message);
    return verdict === 'gap' || verdict === 'fork' ? [`${verdict} ${message.position}`] : [];
  });
}

describe('the walk along a partition', () => {
  const chain = chainOf(5);
  const [first, second, third, fourth] = chain as [MessageLinks, MessageLinks, MessageLinks, MessageLinks];
  const judge = (place: string, message: MessageLinks): string => new ChainWalk(place).judge(message);

  it('tells each case', () => {
    expect(judge(NO_PREVIOUS, first)).toBe('next');
    expect(judge(first.position, second)).toBe('next');
    expect(judge(NO_PREVIOUS, second)).toBe('gap');
    expect(judge(first.position, third)).toBe('gap');
    expect(judge(third.position, third)).toBe('old');
    expect(judge(fourth.position, second)).toBe('old');
    // It jumps over what was handled.
    expect(judge(third.position, { ...fourth, previous: second.position })).toBe('fork');
    expect(judge(third.position, { ...fourth, previous: NO_PREVIOUS })).toBe('fork');
    expect(judge(first.position, { position: second.position, previous: second.position })).toBe('fork');
  });

  it('asks the store about the first message of a repetition only', () => {
    const walk = new ChainWalk(fourth.position);
    const verdicts = chain.map((message) => {
      const verdict = walk.judge(message);
      walk.accept(message);
      return verdict;
    });
    expect(verdicts).toEqual(['old', 'duplicate', 'duplicate', 'duplicate', 'next']);
  });

  it('takes any repetition of what was published, from anywhere', () => {
    // A relay that dies goes back to some message that it published before, and on from there.
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 10 }), (length, restarts) => {
        const all = chainOf(length);
        const published: MessageLinks[] = [];
        let reached = 0;
        for (const [back, forth] of restarts) {
          const from = reached === 0 ? 0 : back % (reached + 1);
          const to = Math.min(length, from + (forth % 8));
          published.push(...all.slice(from, to));
          reached = Math.max(reached, to);
        }
        published.push(...all.slice(reached));
        expect(breaks(published, NO_PREVIOUS)).toEqual([]);
      }),
    );
  });

  it('finds any removed range, at the message after it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 60 }), fc.nat(), fc.nat(), fc.nat(), (length, start, more, placed) => {
        const all = chainOf(length);
        const from = start % (length - 1);
        const to = from + 1 + (more % (length - 1 - from));
        const kept = [...all.slice(0, from), ...all.slice(to)];
        const place = placed % (from + 1);
        expect(breaks(kept.slice(place), all[place - 1]?.position ?? NO_PREVIOUS)).toEqual([`gap ${(all[to] as MessageLinks).position}`]);
      }),
    );
  });
});

describe('links', () => {
  const partitioner = { partitions: 3, partitionOf: (key: string) => key.length % 3 };
  const topic = { streamPrefixes: ['a'] };
  const event = (): NewEvent => ({ id: randomUUID(), type: 't', data: {}, metadata: { schemaVersion: 1, actor: { subject: 's', organisation: 'o' }, correlationId: 'c' } });

  it('are read from headers, and are absent where a message has none', () => {
    expect(linksOf({ headers: { ce_position: at(2), ce_previousinpartition: at(1) } })).toEqual({ position: at(2), previous: at(1) });
    expect(linksOf({ headers: { ce_position: at(2) } })).toBeUndefined();
  });

  it('are the same from any checkpoint, with a cache, without one, and with one from after it', async () => {
    const store = SqliteEventStore.open({ file: ':memory:' });
    for (let n = 0; n < 30; n++) await store.append(`${n % 4 === 3 ? 'b' : 'a'}${'x'.repeat(n % 7)}-${n}`, 'no-stream', [event()]);
    const events: RecordedEvent[] = [];
    for await (const page of store.readAll({ filter: topic })) events.push(...page);
    const whole = new Chain(topic, partitioner);
    const links = events.map((recorded) => whole.link(recorded));
    for (const cachedAfter of [undefined, 0, 9, events.length - 1]) {
      const checkpoints = new InMemoryCheckpoints();
      const options = { name: 'relay', store, checkpoints, topic, partitioner };
      const asOf = cachedAfter === undefined ? undefined : (events[cachedAfter]?.position as Position);
      if (asOf !== undefined) await saveHeads(asOf, (await chainUntil(asOf, options)).snapshot(), options);
      for (const [index, { position }] of events.entries()) {
        const chain = await chainUntil(position, options);
        const next = events[index + 1];
        if (next !== undefined) expect(chain.link(next)).toEqual(links[index + 1]);
      }
    }
    await store.close();
  });
});
