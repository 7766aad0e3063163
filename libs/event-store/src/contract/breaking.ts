import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreTimeout, StoreUnavailable } from '../port.js';
import { all, contractEvent, count, eventsOf, follow, numbers, type Bench } from './bench.js';

/** Cut connections, timeouts and the end. */
export function describeBreaking(bench: Bench): void {
  describe('when the way to the store breaks', () => {
    it('survives a cut connection: appends get an answer, subscriptions come back', async () => {
      if (bench.harness.cutConnections === undefined) return;
      const seen = follow(bench.store, { filter: { streamPrefixes: [bench.own] } }, (messages) => eventsOf(messages).length >= 60);
      for (const n of count(0, 19)) await bench.store.append(`${bench.own}${n}`, 'no-stream', [contractEvent({ n })]);
      const cut = bench.harness.cutConnections(150);
      for (const n of count(20, 59)) {
        const event = contractEvent({ n });
        for (let attempt = 1; ; attempt++) {
          try {
            await bench.store.append(`${bench.own}${n}`, 'no-stream', [event]);
            break;
          } catch (error) {
            if (!(error instanceof StoreUnavailable || error instanceof StoreTimeout) || attempt > 100) throw error;
            await sleep(20);
          }
        }
      }
      await cut;
      expect(numbers(eventsOf(await seen))).toEqual(count(0, 59));
      expect(numbers(await all(bench.store.readAll({ filter: { streamPrefixes: [bench.own] } })))).toEqual(count(0, 59));
    });

    it('bounds each call by its timeout, after which the same append may be repeated', async () => {
      if (bench.harness.slowAppends === undefined) return;
      bench.harness.slowAppends(300);
      const event = contractEvent({ n: 1 });
      const started = Date.now();
      await expect(bench.store.append(`${bench.own}a`, 'no-stream', [event], { timeoutMs: 50 })).rejects.toBeInstanceOf(StoreTimeout);
      expect(Date.now() - started).toBeLessThan(250);
      bench.harness.slowAppends(0);
      expect((await bench.store.append(`${bench.own}a`, 'no-stream', [event])).revision).toBe(0n);
      await sleep(350);
      expect(await all(bench.store.readStream(`${bench.own}a`))).toHaveLength(1);
    });
  });

  describe('close', () => {
    it('finishes what was accepted, then refuses everything', async () => {
      await bench.store.ping();
      const accepted = count(1, 50).map((n) => bench.store.append(`${bench.own}${n}`, 'no-stream', [contractEvent({ n })]));
      const waiting = follow(bench.store, { filter: { streamPrefixes: [`${bench.own}nothing`] } }, () => false).catch((error: unknown) => error);
      await bench.store.close();
      await bench.store.close();
      expect(await Promise.all(accepted)).toHaveLength(50);
      expect(await waiting).toBeInstanceOf(StoreUnavailable);
      await expect(bench.store.append(`${bench.own}late`, 'no-stream', [contractEvent()])).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(all(bench.store.readStream(`${bench.own}1`))).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(all(bench.store.readAll())).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(follow(bench.store, {}, () => false)).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(bench.store.head()).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(bench.store.ping()).rejects.toBeInstanceOf(StoreUnavailable);
      bench.store = await bench.harness.reopen();
      expect(await all(bench.store.readAll({ filter: { streamPrefixes: [bench.own] } }))).toHaveLength(50);
    });
  });
}
