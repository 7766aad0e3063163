import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageBusContract } from '../contract.js';
import { until } from '../contract/harness.js';
import { EmbeddedBus } from './embedded-bus.js';

const pauses = { firstMs: 1, maxMs: 20 };

function folder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'qazyna-bus-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

messageBusContract('embedded', () => {
  const { path, remove } = folder();
  return Promise.resolve({
    open: () => Promise.resolve(EmbeddedBus.open({ file: join(path, 'bus.sqlite'), pauses })),
    dispose: () => Promise.resolve(remove()),
  });
});

describe('the embedded log', () => {
  it('refuses a file that another process or bus holds', async () => {
    const { path, remove } = folder();
    const bus = EmbeddedBus.open({ file: join(path, 'bus.sqlite') });
    expect(() => EmbeddedBus.open({ file: join(path, 'bus.sqlite') })).toThrow(/in use by another process/);
    await bus.close();
    EmbeddedBus.open({ file: join(path, 'bus.sqlite') });
    remove();
  });

  it('removes what every group has consumed, except from topics kept for ever', async () => {
    const bus = EmbeddedBus.open({ file: ':memory:', pauses });
    await bus.ensureTopics([
      { name: 'passing', partitions: 1, retentionMs: 1_000 },
      { name: 'kept', partitions: 1 },
    ]);
    const records = Array.from({ length: 1_500 }, (_, n) => ({ key: 'k', headers: {}, value: Buffer.from(String(n)) }));
    const done = new Map<string, number>();
    const read = (group: string, topic: string): Promise<unknown> =>
      bus.subscribe({
        topics: [topic],
        group,
        handler: (batch) => Promise.resolve(void done.set(group + topic, (done.get(group + topic) ?? 0) + batch.length)),
      });
    await read('one', 'passing');
    const slow = await bus.subscribe({ topics: ['passing'], group: 'slow', handler: () => Promise.reject(new Error('not yet')) });
    await read('one', 'kept');
    await bus.publish('passing', records);
    await bus.publish('kept', records);
    await until(() => done.get('onepassing') === 1_500 && done.get('onekept') === 1_500, 'the fast group');
    await slow.stop();
    // The slow group holds all of them back.
    await read('slow', 'passing');
    await until(() => done.get('slowpassing') === 1_500, 'the slow group');
    await until(async () => (await bus.lag('slow', ['passing']))[0]?.committed === 1_500n, 'its commits');
    await read('late', 'passing');
    await read('late', 'kept');
    await until(() => done.get('latekept') === 1_500, 'the late group');
    expect(done.get('latepassing') ?? 0).toBeLessThan(1_500);
    await bus.close();
  });

  it('makes publishers wait when its queue is full, and loses none', async () => {
    const bus = EmbeddedBus.open({ file: ':memory:', queueRecordsMax: 10 });
    await bus.ensureTopics([{ name: 't', partitions: 1 }]);
    await Promise.all(Array.from({ length: 500 }, (_, n) => bus.publish('t', [{ key: 'k', headers: {}, value: Buffer.from(String(n)) }])));
    expect(await bus.lag('g', ['t'])).toEqual([{ topic: 't', partition: 0, committed: 0n, end: 500n }]);
    await bus.close();
  });
});
