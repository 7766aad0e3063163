import { describe, expect, it } from '@jest/globals';
import { type EventStore, type Position } from '../port.js';
import { all, contractEvent, CONTRACT_PAGE_SIZE, count, numbered, numbers, type Bench } from './bench.js';

/** Streams and the log: paging, direction, limits, filters, order. */
export function describeReading(bench: Bench): void {
  describe('reading a stream', () => {
    it('pages through it forwards and backwards, from anywhere, up to a limit', async () => {
      await bench.store.append(`${bench.own}a`, 'no-stream', numbered(0, 24));
      await bench.store.append(`${bench.own}b`, 'no-stream', numbered(100, 101));
      const sizes: number[] = [];
      for await (const page of bench.store.readStream(`${bench.own}a`)) sizes.push(page.length);
      expect(sizes).toEqual([CONTRACT_PAGE_SIZE, CONTRACT_PAGE_SIZE, 5]);
      const read = async (options: Parameters<EventStore['readStream']>[1]): Promise<unknown[]> => numbers(await all(bench.store.readStream(`${bench.own}a`, options)));
      expect(await read({})).toEqual(count(0, 24));
      expect(await read({ from: 20n })).toEqual(count(20, 24));
      expect(await read({ from: 5n, limit: 12 })).toEqual(count(5, 16));
      expect(await read({ from: 25n })).toEqual([]);
      expect(await read({ limit: 0 })).toEqual([]);
      expect(await read({ direction: 'backwards' })).toEqual(count(0, 24).reverse());
      expect(await read({ direction: 'backwards', limit: 1 })).toEqual([24]);
      expect(await read({ direction: 'backwards', from: 12n, limit: 11 })).toEqual(count(2, 12).reverse());
      expect(await read({ direction: 'backwards', from: 1000n, limit: 2 })).toEqual([24, 23]);
    });

    it('yields no page for an unknown stream', async () => {
      for await (const page of bench.store.readStream(`${bench.own}unknown`)) throw new Error(`a page of ${page.length}`);
      for await (const page of bench.store.readStream(`${bench.own}unknown`, { direction: 'backwards' })) throw new Error(`a page of ${page.length}`);
    });

    it('can be left after the first page, and throws the reason of its signal', async () => {
      await bench.store.append(`${bench.own}a`, 'no-stream', numbered(0, 24));
      for await (const page of bench.store.readStream(`${bench.own}a`)) {
        expect(page).toHaveLength(CONTRACT_PAGE_SIZE);
        break;
      }
      const aborter = new AbortController();
      const reason = new Error('enough');
      const reading = async (): Promise<void> => {
        for await (const page of bench.store.readStream(`${bench.own}a`, { signal: aborter.signal })) if (page.length > 0) aborter.abort(reason);
      };
      await expect(reading()).rejects.toBe(reason);
    });
  });

  describe('reading the log', () => {
    it('gives all streams in the order of their appends, with positions that sort as text', async () => {
      const from = await bench.store.head();
      for (const n of count(0, 24)) await bench.store.append(bench.own + (n % 3 === 0 ? 'x' : `y${n}`), n % 3 !== 0 || n === 0 ? 'no-stream' : BigInt(n / 3 - 1), [contractEvent({ n })]);
      const events = (await all(bench.store.readAll(from === undefined ? {} : { after: from }))).filter((event) => event.stream.startsWith(bench.own));
      expect(numbers(events)).toEqual(count(0, 24));
      const positions = events.map((event) => event.position);
      expect([...positions].sort()).toEqual(positions);
      expect(new Set(positions).size).toBe(25);
      expect(events.map((event) => event.recordedAt.getTime())).toEqual(events.map((event) => event.recordedAt.getTime()).sort((a, b) => a - b));
    });

    it('starts after a position, filters by prefix and stops at a limit', async () => {
      for (const n of count(0, 29)) await bench.store.append(`${bench.own}${'abc'[n % 3]}-${n}`, 'no-stream', [contractEvent({ n })]);
      const filter = { streamPrefixes: [`${bench.own}a-`, `${bench.own}c-`] };
      const filtered = await all(bench.store.readAll({ filter }));
      expect(numbers(filtered)).toEqual(count(0, 29).filter((n) => n % 3 !== 1));
      const after = filtered[3]?.position as Position;
      expect(numbers(await all(bench.store.readAll({ filter, after })))).toEqual(numbers(filtered).slice(4));
      expect(numbers(await all(bench.store.readAll({ filter, after, limit: 12 })))).toEqual(numbers(filtered).slice(4, 16));
      expect(await all(bench.store.readAll({ filter: { streamPrefixes: [`${bench.own}z`] } }))).toEqual([]);
      expect(() => bench.store.readAll({ filter: { streamPrefixes: [] } })).toThrow(RangeError);
    });

    it('never exceeds the page size, never yields an empty page, and ends where the log ended', async () => {
      for (const n of count(0, 24)) await bench.store.append(`${bench.own}${n}`, 'no-stream', [contractEvent({ n })]);
      const sizes: number[] = [];
      for await (const page of bench.store.readAll({ filter: { streamPrefixes: [bench.own] } })) {
        sizes.push(page.length);
        await bench.store.append(`${bench.own}late-${sizes.length}`, 'no-stream', [contractEvent({ n: -1 })]);
      }
      expect(sizes.reduce((a, b) => a + b)).toBe(25);
      expect(Math.min(...sizes)).toBeGreaterThan(0);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(CONTRACT_PAGE_SIZE);
    });

    it('knows its head', async () => {
      await bench.store.append(`${bench.own}a`, 'no-stream', numbered(0, 1));
      const [, last] = await all(bench.store.readStream(`${bench.own}a`));
      const head = await bench.store.head();
      expect(head).toBeDefined();
      expect((head as Position) >= (last?.position as Position)).toBe(true);
      expect((await all(bench.store.readAll({ after: head as Position }))).filter((event) => event.stream.startsWith(bench.own))).toEqual([]);
    });
  });
}
