import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Position } from '../port.js';
import { all, caughtUp, contractEvent, CONTRACT_PAGE_SIZE, count, eventsOf, follow, numbered, numbers, type Bench } from './bench.js';

/** Catch-up, live events, checkpoints, back-pressure, leaving. */
export function describeSubscribing(bench: Bench): void {
  describe('a subscription', () => {
    it('catches up, says so, and goes on with what is appended later', async () => {
      const filter = { streamPrefixes: [bench.own] };
      await bench.store.append(`${bench.own}a`, 'no-stream', numbered(0, 24));
      const seen = await follow(bench.store, { filter }, (messages) => {
        if (caughtUp(messages) && eventsOf(messages).length === 25) void bench.store.append(`${bench.own}b`, 'no-stream', numbered(25, 27));
        return eventsOf(messages).length >= 28;
      });
      expect(numbers(eventsOf(seen))).toEqual(count(0, 27));
      const signal = seen.findIndex((message) => message.kind === 'caught-up');
      expect(numbers(eventsOf(seen.slice(0, signal)))).toEqual(count(0, 24));
      for (const message of seen) if (message.kind === 'events') expect(message.position).toBe(message.events.at(-1)?.position);
      expect(Math.max(...seen.map((message) => (message.kind === 'events' ? message.events.length : 0)))).toBeLessThanOrEqual(CONTRACT_PAGE_SIZE);
    });

    it('resumes after a position without a gap or a repetition', async () => {
      const filter = { streamPrefixes: [bench.own] };
      await bench.store.append(`${bench.own}a`, 'no-stream', numbered(0, 24));
      const first = await follow(bench.store, { filter }, (messages) => eventsOf(messages).length >= 7);
      const after = eventsOf(first)[6]?.position as Position;
      const second = await follow(bench.store, { filter, after }, caughtUp);
      expect(numbers(eventsOf(second))).toEqual(count(7, 24));
    });

    it('says how far it has looked when nothing passes its filter', async () => {
      const from = await bench.store.head();
      for (const n of count(0, 19)) await bench.store.append(`${bench.own}noise-${n}`, 'no-stream', numbered(1, 200));
      const [middle] = await all(bench.store.readStream(`${bench.own}noise-9`, { limit: 1 }));
      const seen = await follow(bench.store, { filter: { streamPrefixes: [`${bench.own}signal`] }, ...(from !== undefined && { after: from }) }, (messages) =>
        messages.some((message) => (message.position ?? '') > (middle?.position ?? '')),
      );
      expect(eventsOf(seen)).toEqual([]);
      const reached = seen.at(-1)?.position as Position;
      await bench.store.append(`${bench.own}signal`, 'no-stream', numbered(1, 1));
      const resumed = await follow(bench.store, { filter: { streamPrefixes: [`${bench.own}signal`] }, after: reached }, (messages) => eventsOf(messages).length > 0);
      expect(numbers(eventsOf(resumed))).toEqual([1]);
    });

    it('loses nothing while its consumer is slow and others append', async () => {
      const writing = (async () => {
        for (const n of count(0, 39)) await bench.store.append(`${bench.own}${n}`, 'no-stream', numbered(n * 10, n * 10 + 9));
      })();
      let pages = 0;
      const got: unknown[] = [];
      for await (const message of bench.store.subscribe({ filter: { streamPrefixes: [bench.own] }, signal: AbortSignal.timeout(20_000) })) {
        if (message.kind !== 'events') continue;
        if (pages++ % 5 === 0) await sleep(5);
        got.push(...numbers(message.events));
        if (got.length >= 400) break;
      }
      await writing;
      expect(got).toEqual(count(0, 399));
    });

    it('holds a bounded number of events for a consumer that stands still', async () => {
      for (const n of count(0, 9)) await bench.store.append(`${bench.own}${n}`, 'no-stream', numbered(n * 200, n * 200 + 199));
      const got: unknown[] = [];
      for await (const message of bench.store.subscribe({ filter: { streamPrefixes: [bench.own] }, signal: AbortSignal.timeout(20_000) })) {
        if (message.kind !== 'events') continue;
        if (got.length === 0) {
          await sleep(150);
          if (bench.harness.heldEvents !== undefined) expect(bench.harness.heldEvents()).toBeLessThanOrEqual(bench.harness.heldEventsMax ?? 0);
        }
        got.push(...numbers(message.events));
        if (got.length >= 2000) break;
      }
      expect(got).toEqual(count(0, 1999));
    });

    it('ends with the reason of its signal while it waits', async () => {
      const aborter = new AbortController();
      const reason = new Error('enough');
      const following = follow(bench.store, { filter: { streamPrefixes: [bench.own] }, signal: aborter.signal }, (messages) => {
        if (caughtUp(messages)) setTimeout(() => aborter.abort(reason), 20);
        return false;
      });
      await expect(following).rejects.toBe(reason);
    });

    it('can be left while it waits', async () => {
      const iterator = bench.store.subscribe({ filter: { streamPrefixes: [bench.own] } })[Symbol.asyncIterator]();
      let message = await iterator.next();
      while (message.done !== true && message.value.kind !== 'caught-up') message = await iterator.next();
      const waiting = iterator.next();
      await sleep(10);
      await iterator.return?.();
      expect(await waiting).toEqual({ done: true, value: undefined });
      expect(await iterator.next()).toEqual({ done: true, value: undefined });
    });

    it('serves several subscribers at their own pace', async () => {
      const filter = { streamPrefixes: [bench.own] };
      const followers = count(1, 5).map(() => follow(bench.store, { filter }, (messages) => eventsOf(messages).length >= 30));
      for (const n of count(0, 29)) await bench.store.append(`${bench.own}${n}`, 'no-stream', [contractEvent({ n })]);
      for (const seen of await Promise.all(followers)) expect(numbers(eventsOf(seen))).toEqual(count(0, 29));
    });
  });
}
