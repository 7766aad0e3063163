import type { INestApplication } from '@nestjs/common';
import { encodeRecord, encodeStructuredRecord } from '../cloud-events/kafka-binding.js';
import type { NewCloudEvent } from '../cloud-events/cloud-event.js';
import { readDeadLetter, type DeadLetter } from '../delivery/dead-letters.js';
import { BusUnavailable, type OutgoingRecord } from '../port.js';
import type { BusHarness } from './harness.js';
import { Scene, until } from './harness.js';
import { NOTICE, startNotices, type Readers } from './notices-service.js';

const notice = (id: string, data: unknown = { text: id }, type = NOTICE): NewCloudEvent => ({
  id,
  source: '/contract',
  type,
  time: '2026-03-01T10:00:00Z',
  extensions: { partitionkey: 'one' },
  data,
});

export function strategyContract(makeHarness: () => Promise<BusHarness>): void {
  let scene: Scene;
  let app: INestApplication | undefined;
  let names: { topic: string; deadLetters: string; group: string };
  let readers: Readers & { react: Readers['react'] };

  beforeEach(async () => {
    scene = await Scene.open(makeHarness);
    names = { topic: await scene.topic(), deadLetters: await scene.topic(), group: scene.group };
    readers = { first: [], second: [], react: () => undefined };
  });
  afterEach(async () => {
    await app?.close();
    await scene.close();
  });

  const start = async (more: Parameters<typeof startNotices>[3] = {}): Promise<void> => {
    app = await startNotices(scene.bus, names, readers, more);
  };
  const publish = (...records: OutgoingRecord[]): Promise<void> => scene.bus.publish(names.topic, records);
  const committed = async (reader: 'first' | 'second'): Promise<bigint | undefined> => (await scene.bus.lag(`${names.group}-${reader}`, [names.topic]))[0]?.committed;
  const deadLetters = async (count: number, reader: 'first' | 'second' = 'first'): Promise<DeadLetter[]> => {
    const { seen, stop } = await scene.collect([names.deadLetters], { group: `${names.group}-letters-${Math.random()}` });
    const read = (): DeadLetter[] => seen.map((record) => readDeadLetter(record)).filter((letter) => letter?.group === `${names.group}-${reader}`) as DeadLetter[];
    await until(() => read().length >= count, `${count} dead letters`);
    await stop();
    return read();
  };

  it('gives two handlers of one topic, in different groups, every message once', async () => {
    await start();
    await publish(...['a', 'b', 'c'].map((id) => encodeRecord(notice(id))), encodeStructuredRecord(notice('d')));
    await until(() => readers.first.length >= 4 && readers.second.length >= 4, 'both readers');
    expect(readers.first).toEqual(['a', 'b', 'c', 'd']);
    expect(readers.second).toEqual(['a', 'b', 'c', 'd']);
  });

  it('puts malformed, invalid and refused messages aside with their reasons, and lets the healthy flow on', async () => {
    readers.react = (batch) =>
      batch.map(({ event }) => (event.id === 'refused' ? { kind: 'dead-letter', code: 'case-closed', message: 'the case is closed', field: 'caseId' } : { kind: 'done' }));
    await publish(
      encodeRecord(notice('a')),
      { ...encodeRecord(notice('torn')), value: Buffer.from('{"text": "to') },
      encodeRecord(notice('invalid', { text: 7 })),
      encodeRecord(notice('refused')),
      { key: 'one', headers: { 'content-type': 'text/plain', note: 'no event' }, value: Uint8Array.of(0xff, 0x00) },
      { ...encodeRecord(notice('tombstone')), value: null },
      encodeRecord(notice('b')),
    );
    await start();
    await until(async () => (await committed('first')) === 7n, 'the commit');
    expect(readers.first).toEqual(['a', 'refused', 'b']);
    const letters = await deadLetters(5);
    expect(letters.map(({ offset, code, field }) => ({ offset, code, field }))).toEqual([
      { offset: 1n, code: 'invalid-json', field: 'data' },
      { offset: 2n, code: 'invalid-message', field: 'text' },
      { offset: 3n, code: 'case-closed', field: 'caseId' },
      { offset: 4n, code: 'missing-attribute', field: 'specversion' },
      { offset: 5n, code: 'missing-data', field: 'data' },
    ]);
    expect(letters[3]?.original.headers).toEqual({ 'content-type': 'text/plain', note: 'no event' });
    expect(Buffer.from(letters[3]?.original.value ?? [])).toEqual(Buffer.from([0xff, 0x00]));
    expect(letters[4]?.original.value).toBeNull();
    expect(new Set(letters.map(({ id }) => id)).size).toBe(5);
    expect(letters[0]).toMatchObject({ topic: names.topic, partition: 0, attempts: 1 });
  });

  it('finds the one message that makes a batch fail again and again', async () => {
    readers.react = (batch) => {
      if (batch.some(({ event }) => event.id === 'poison')) throw Object.assign(new Error('cannot digest'), { code: 'indigestible' });
      return undefined;
    };
    await publish(...['a', 'poison', 'b'].map((id) => encodeRecord(notice(id))));
    await start({ attemptsMax: 3 });
    await until(async () => (await committed('first')) === 3n, 'the commit');
    expect(readers.first).toEqual(['a', 'b']);
    const [letter, ...others] = await deadLetters(1);
    expect(others).toEqual([]);
    expect(letter).toMatchObject({ offset: 1n, code: 'indigestible', message: 'cannot digest', attempts: 3 });
  });

  it('waits for the store or bus for as long as it takes, and blames no message', async () => {
    let failures = 0;
    readers.react = () => {
      failures += 1;
      if (failures <= 6) throw new Error('the append failed', { cause: new BusUnavailable('away') });
      return undefined;
    };
    await publish(encodeRecord(notice('a')));
    await start({ attemptsMax: 2 });
    await until(async () => (await committed('first')) === 1n, 'the commit');
    expect(readers.first).toEqual(['a']);
    expect((await scene.bus.lag('nobody', [names.deadLetters]))[0]?.end).toBe(0n);
  });

  it('skips types the handler did not ask for, and counts them', async () => {
    let skipped = 0;
    const none = (): void => undefined;
    await publish(encodeRecord(notice('x', {}, 'contract.unrelated.v1')), encodeStructuredRecord(notice('y', {}, 'contract.unrelated.v1')), encodeRecord(notice('a')));
    await start({
      metrics: {
        processed: none,
        deadLettered: none,
        redelivered: none,
        batch: none,
        skipped: (_, group, messages) => {
          if (group.endsWith('-first')) skipped += messages;
        },
      },
    });
    await until(async () => (await committed('first')) === 3n && (await committed('second')) === 3n, 'the commits');
    expect({ skipped, first: readers.first }).toEqual({ skipped: 2, first: ['a'] });
    expect((await scene.bus.lag('nobody', [names.deadLetters]))[0]?.end).toBe(0n);
  });
}
