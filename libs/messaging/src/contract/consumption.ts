import { setTimeout as sleep } from 'node:timers/promises';
import type { BusHarness } from './harness.js';
import { gate, Scene, text, texts, until } from './harness.js';

const numbered = (count: number): ReturnType<typeof text>[] => Array.from({ length: count }, (_, n) => text('k', String(n)));

export function consumptionContract(makeHarness: () => Promise<BusHarness>): void {
  let scene: Scene;
  beforeEach(async () => {
    scene = await Scene.open(makeHarness);
  });
  afterEach(() => scene.close());

  describe('consumption', () => {
    it('gives each group every record', async () => {
      const topic = await scene.topic();
      await scene.bus.publish(topic, numbered(10));
      const one = await scene.collect([topic], { group: `${scene.group}-1` });
      const two = await scene.collect([topic], { group: `${scene.group}-2` });
      await until(() => one.seen.length >= 10 && two.seen.length >= 10, 'both groups');
      expect(texts(one.seen)).toEqual(texts(two.seen));
    });

    it('shares a group between its members without giving a record twice', async () => {
      const topic = await scene.topic(4);
      const one = await scene.collect([topic]);
      const two = await scene.collect([topic]);
      await scene.bus.publish(topic, Array.from({ length: 200 }, (_, n) => text(`key-${n}`, String(n))));
      await until(() => one.seen.length + two.seen.length >= 200, 'all records');
      await until(async () => (await scene.bus.lag(scene.group, [topic])).every(({ committed, end }) => committed === end), 'all commits');
      expect(new Set([...texts(one.seen), ...texts(two.seen)]).size).toBe(200);
    });

    it('gives a group every record of each topic when its members read different topics', async () => {
      const [one, two] = [await scene.topic(3), await scene.topic(3)];
      const records = Array.from({ length: 60 }, (_, n) => text(`key-${n}`, String(n)));
      const [ofOne, ofTwo] = [await scene.collect([one]), await scene.collect([two])];
      await scene.bus.publish(one, records);
      await scene.bus.publish(two, records);
      await until(() => ofOne.seen.length >= 60 && ofTwo.seen.length >= 60, 'all records of both topics');
      await until(async () => (await scene.bus.lag(scene.group, [one, two])).every(({ committed, end }) => committed === end), 'all commits');
      expect(new Set(ofOne.seen.map(({ topic }) => topic))).toEqual(new Set([one]));
      expect(new Set(ofTwo.seen.map(({ topic }) => topic))).toEqual(new Set([two]));
    });

    it('goes on after the committed offset, also after a restart', async () => {
      const topic = await scene.topic();
      await scene.bus.publish(topic, numbered(5));
      const first = await scene.collect([topic]);
      await until(() => first.seen.length === 5, 'the first five');
      await scene.restart();
      await scene.bus.publish(topic, [text('k', 'later')]);
      const second = await scene.collect([topic]);
      await until(() => second.seen.length > 0, 'the record after the restart');
      expect(texts(second.seen)).toEqual(['later']);
    });

    it('bounds batches', async () => {
      const topic = await scene.topic();
      await scene.bus.publish(topic, numbered(25));
      const sizes: number[] = [];
      await scene.collect([topic], {
        batchSizeMax: 10,
        handler: (records) => {
          sizes.push(records.length);
          return Promise.resolve();
        },
      });
      await until(() => sizes.reduce((sum, size) => sum + size, 0) >= 25, 'all records');
      expect(Math.max(...sizes)).toBeLessThanOrEqual(10);
    });

    it('hands a slow consumer one batch at a time, while publishers go on', async () => {
      const topic = await scene.topic();
      const blocked = gate();
      let inHand = 0;
      let calls = 0;
      const seen: string[] = [];
      await scene.collect([topic], {
        batchSizeMax: 10,
        handler: async (records) => {
          calls += 1;
          inHand += records.length;
          expect(inHand).toBeLessThanOrEqual(10);
          await blocked.opened;
          seen.push(...texts(records));
          inHand -= records.length;
        },
      });
      await scene.bus.publish(topic, numbered(100));
      await until(() => calls > 0, 'the first batch');
      await sleep(300);
      expect(calls).toBe(1);
      blocked.open();
      await until(() => seen.length >= 100, 'the rest');
      expect(seen).toEqual(Array.from({ length: 100 }, (_, n) => String(n)));
    });

    it('finishes the batch in hand when stopped, commits it, and takes no other', async () => {
      const topic = await scene.topic();
      await scene.bus.publish(topic, numbered(20));
      const blocked = gate();
      let started = 0;
      let finished = 0;
      const { stop } = await scene.collect([topic], {
        batchSizeMax: 10,
        handler: async () => {
          started += 1;
          await blocked.opened;
          finished += 1;
        },
      });
      await until(() => started === 1, 'the batch in hand');
      const stopped = stop();
      await sleep(100);
      blocked.open();
      await stopped;
      expect({ started, finished }).toEqual({ started: 1, finished: 1 });
      expect(await scene.bus.lag(scene.group, [topic])).toEqual([{ topic, partition: 0, committed: 10n, end: 20n }]);
    });

    it('tells how far a group is behind', async () => {
      const topic = await scene.topic();
      await scene.bus.publish(topic, numbered(3));
      expect(await scene.bus.lag(scene.group, [topic])).toEqual([{ topic, partition: 0, committed: 0n, end: 3n }]);
      const { seen, stop } = await scene.collect([topic]);
      await until(() => seen.length === 3, 'three records');
      await stop();
      expect(await scene.bus.lag(scene.group, [topic])).toEqual([{ topic, partition: 0, committed: 3n, end: 3n }]);
    });
  });
}
