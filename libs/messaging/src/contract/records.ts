import type { BusHarness } from './harness.js';
import { Scene, text, texts, until } from './harness.js';

export function recordsContract(makeHarness: () => Promise<BusHarness>): void {
  let scene: Scene;
  beforeEach(async () => {
    scene = await Scene.open(makeHarness);
  });
  afterEach(() => scene.close());

  describe('records', () => {
    it('keeps the order of each key over several partitions', async () => {
      const topic = await scene.topic(3);
      const keys = ['a', 'b', 'c', 'd', 'e'];
      for (let n = 0; n < 20; n++) await scene.bus.publish(topic, keys.map((key) => text(key, String(n))));
      const { seen } = await scene.collect([topic], { batchSizeMax: 7 });
      await until(() => seen.length >= 100, 'all records');
      for (const key of keys) {
        expect(texts(seen.filter((record) => record.key === key))).toEqual(Array.from({ length: 20 }, (_, n) => String(n)));
      }
      expect(new Set(seen.map(({ partition }) => partition)).size).toBeGreaterThan(1);
    });

    it('keeps bytes, headers, keys and tombstones as they were', async () => {
      const topic = await scene.topic();
      const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
      const headers = { ce_id: 'қазына-1', 'content-type': 'application/json', empty: '' };
      const before = Date.now();
      await scene.bus.publish(topic, [
        { key: 'ключ', headers, value: bytes },
        { key: null, headers: {}, value: null },
        { key: 'empty', headers: {}, value: new Uint8Array() },
      ]);
      const { seen } = await scene.collect([topic]);
      await until(() => seen.length >= 3, 'three records');
      expect(Buffer.from(seen[0]?.value ?? [])).toEqual(Buffer.from(bytes));
      expect(seen.map(({ key, headers: kept }) => ({ key, headers: kept }))).toEqual([
        { key: 'ключ', headers },
        { key: null, headers: {} },
        { key: 'empty', headers: {} },
      ]);
      expect(seen.map(({ value }) => value?.byteLength ?? null)).toEqual([256, null, 0]);
      expect(seen.map(({ offset }) => offset)).toEqual([0n, 1n, 2n]);
      expect(seen[0]?.topic).toBe(topic);
      expect(Math.abs((seen[0]?.timestamp.getTime() ?? 0) - before)).toBeLessThan(60_000);
    });

    it('has what was published after a restart', async () => {
      const topic = await scene.topic();
      await Promise.all(Array.from({ length: 50 }, (_, n) => scene.bus.publish(topic, [text('k', String(n))])));
      await scene.restart();
      const { seen } = await scene.collect([topic]);
      await until(() => seen.length >= 50, 'fifty records');
      expect(new Set(texts(seen)).size).toBe(50);
    });

    it('refuses topics that do not exist', async () => {
      await expect(scene.bus.publish('contract.nowhere', [text('k', 'x')])).rejects.toMatchObject({ code: 'unknown-topic' });
      await expect(scene.collect(['contract.nowhere'])).rejects.toMatchObject({ code: 'unknown-topic' });
    });

    it('creates topics once', async () => {
      const topic = await scene.topic(2);
      await scene.bus.publish(topic, [text('k', 'kept')]);
      await scene.bus.ensureTopics([{ name: topic, partitions: 2 }]);
      const { seen } = await scene.collect([topic]);
      await until(() => seen.length === 1, 'the record');
      expect(texts(seen)).toEqual(['kept']);
    });

    it('answers pings until it is closed', async () => {
      const topic = await scene.topic();
      await expect(scene.bus.ping()).resolves.toBeUndefined();
      await scene.bus.close();
      await expect(scene.bus.ping()).rejects.toMatchObject({ code: 'bus-unavailable' });
      await expect(scene.bus.publish(topic, [text('k', 'x')])).rejects.toMatchObject({ code: 'bus-unavailable' });
    });
  });
}
