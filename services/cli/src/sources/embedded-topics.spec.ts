import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteCheckpoints, type Position } from '@qazyna/event-store';
import { EmbeddedBus, type ReceivedRecord } from '@qazyna/messaging';
import { readCheckpoints } from './checkpoints.js';
import { EmbeddedTopics } from './embedded-topics.js';
import { FileShelf } from './file-shelf.js';
import { DatabaseSync } from 'node:sqlite';

describe('the embedded parts, looked at from outside', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'qazyna-embedded-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('show every record of a topic and the place of each group', async () => {
    const file = join(folder, 'bus.sqlite');
    const bus = EmbeddedBus.open({ file });
    await bus.ensureTopics([{ name: 'events', partitions: 2 }, { name: 'other', partitions: 1 }]);
    const values = Array.from({ length: 1_200 }, (_, n) => `value ${n}`);
    await bus.publish('events', values.map((value, n) => ({ key: `key ${n % 7}`, headers: { n: String(n) }, value: Buffer.from(value) })));
    let taken = 0;
    await bus.subscribe({ topics: ['events'], group: 'reader', handler: (records) => Promise.resolve(void (taken += records.length)) });
    while (taken < values.length) await new Promise((resolve) => setTimeout(resolve, 5));
    await bus.close();

    const topics = EmbeddedTopics.open(file);
    const snapshot = await topics.snapshot('events');
    const records: ReceivedRecord[] = [];
    for await (const page of snapshot.records()) records.push(...page);
    expect(records.map(({ value }) => Buffer.from(value ?? []).toString()).sort()).toEqual([...values].sort());
    expect(snapshot.partitions.map(({ low }) => low)).toEqual([0n, 0n]);
    for (const { partition, high } of snapshot.partitions) {
      const offsets = records.filter((record) => record.partition === partition).map(({ offset }) => offset);
      expect(offsets).toEqual(offsets.map((_, index) => BigInt(index)));
      expect(BigInt(offsets.length)).toBe(high);
      expect((await topics.committed('reader', 'events')).get(partition)).toBe(high);
      expect((await topics.committed('stranger', 'events')).get(partition)).toBeUndefined();
    }
    expect(await topics.snapshot('none')).toMatchObject({ exists: false, partitions: [] });
    await topics.close();
    expect(await EmbeddedTopics.open(undefined).snapshot('events')).toMatchObject({ exists: false, partitions: [] });
  });

  it('tell the checkpoints of every service, and the earlier of one that is there twice', async () => {
    const [one, two] = [join(folder, 'one'), join(folder, 'two')];
    for (const [dir, name, position] of [[one, 'relay:a', '7'], [two, 'relay:a', '5'], [two, 'relay:b', '9']] as const) {
      const checkpoints = SqliteCheckpoints.open({ file: join(dir, `${name.slice(-1)}-checkpoints.sqlite`) });
      await checkpoints.save(name, position as Position);
      checkpoints.close();
    }
    expect(readCheckpoints([one, two, join(folder, 'none')], folder)).toEqual(new Map([['relay:a', '5'], ['relay:b', '9']]));
  });
});

describe('a shelf in a file', () => {
  it('keeps values by key, and lists them in order by prefix', () => {
    const shelf = new FileShelf<{ readonly n: number }>(new DatabaseSync(':memory:'), 'things');
    for (let n = 0; n < 2_500; n++) shelf.set(`b${String(n).padStart(5, '0')}`, { n });
    shelf.set('a', { n: -1 });
    shelf.set('b00007', { n: 70 });
    expect(shelf.get('b00007')).toEqual({ n: 70 });
    expect(shelf.get('none')).toBeUndefined();
    expect([...shelf.entries('b0000')].map(([, { n }]) => n)).toEqual([0, 1, 2, 3, 4, 5, 6, 70, 8, 9]);
    expect([...shelf.entries()]).toHaveLength(2_501);
  });
});
