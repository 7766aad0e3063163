import { setTimeout as sleep } from 'node:timers/promises';
import type { BusHarness } from './harness.js';
import { Scene, text, texts, until } from './harness.js';

export function failuresContract(makeHarness: () => Promise<BusHarness>): void {
  let scene: Scene;
  beforeEach(async () => {
    scene = await Scene.open(makeHarness);
  });
  afterEach(() => scene.close());

  describe('failures', () => {
    it('delivers a rejected batch again, with nothing committed meanwhile', async () => {
      const topic = await scene.topic();
      await scene.bus.publish(topic, [text('k', 'a'), text('k', 'b')]);
      const deliveries: string[][] = [];
      const attempts: number[] = [];
      const committed: bigint[] = [];
      await scene.collect([topic], {
        handler: async (records) => {
          for (const lag of await scene.bus.lag(scene.group, [topic])) committed.push(lag.committed);
          deliveries.push(texts(records));
          if (deliveries.length < 4) throw new Error('not now');
        },
        onError: (_, { attempt }) => attempts.push(attempt),
      });
      await until(() => deliveries.length >= 4, 'the fourth delivery');
      expect(deliveries).toEqual([['a', 'b'], ['a', 'b'], ['a', 'b'], ['a', 'b']]);
      expect(attempts).toEqual([1, 2, 3]);
      expect(committed).toEqual([0n, 0n, 0n, 0n]);
      await until(async () => (await scene.bus.lag(scene.group, [topic]))[0]?.committed === 2n, 'the commit');
    });

    it('delivers again after a restart what was rejected before it', async () => {
      const topic = await scene.topic();
      await scene.bus.publish(topic, [text('k', 'a')]);
      let rejected = 0;
      await scene.collect([topic], {
        handler: () => {
          rejected += 1;
          return Promise.reject(new Error('not now'));
        },
      });
      await until(() => rejected > 0, 'a rejection');
      await scene.restart();
      const { seen } = await scene.collect([topic]);
      await until(() => seen.length > 0, 'the record again');
      expect(texts(seen)).toEqual(['a']);
    });

    it('lets other topics of the subscription flow on while one is stuck', async () => {
      const bad = await scene.topic();
      const good = await scene.topic();
      await scene.bus.publish(bad, [text('k', 'poison')]);
      const seen: string[] = [];
      let failures = 0;
      await scene.collect([bad, good], {
        handler: (records, { topic }) => {
          if (topic === bad) return Promise.reject(new Error('never'));
          seen.push(...texts(records));
          return Promise.resolve();
        },
        onError: () => {
          failures += 1;
        },
      });
      await until(() => failures > 0, 'the stuck topic');
      await scene.bus.publish(good, [text('k', '1')]);
      await scene.bus.publish(good, [text('k', '2')]);
      await until(() => seen.length >= 2, 'the other topic');
      expect(seen).toEqual(['1', '2']);
      expect((await scene.bus.lag(scene.group, [bad]))[0]?.committed).toBe(0n);
    });

    it('survives an observer that throws', async () => {
      const topic = await scene.topic();
      await scene.bus.publish(topic, [text('k', 'a')]);
      let deliveries = 0;
      await scene.collect([topic], {
        handler: () => (++deliveries < 3 ? Promise.reject(new Error('not now')) : Promise.resolve()),
        onError: () => {
          throw new Error('broken observer');
        },
      });
      await until(() => deliveries >= 3, 'the third delivery');
      expect(deliveries).toBe(3);
    });

    it('stops while a batch keeps failing', async () => {
      const topic = await scene.topic();
      await scene.bus.publish(topic, [text('k', 'a')]);
      let failures = 0;
      const { stop } = await scene.collect([topic], {
        handler: () => Promise.reject(new Error('never')),
        onError: () => {
          failures += 1;
        },
      });
      await until(() => failures > 0, 'a failure');
      await stop();
      const after = failures;
      await sleep(300);
      expect(failures).toBe(after);
      expect((await scene.bus.lag(scene.group, [topic]))[0]?.committed).toBe(0n);
    });
  });
}
