import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync, openSync, writeSync, closeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { contractEvent } from '../contract.js';
import { StoreTimeout, StoreUnavailable, StoreUnusable, type RecordedEvent } from '../port.js';
import { SqliteEventStore } from './sqlite-event-store.js';

let folder: string;
let file: string;
const opened: SqliteEventStore[] = [];

function open(options: Partial<Parameters<typeof SqliteEventStore.open>[0]> = {}): SqliteEventStore {
  const store = SqliteEventStore.open({ file, ...options });
  opened.push(store);
  return store;
}

async function filled(events: number): Promise<void> {
  const store = open();
  await store.append('a', 'no-stream', Array.from({ length: events }, (_, n) => contractEvent({ n, text: 'x'.repeat(500) })));
  await store.close();
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qazyna-sqlite-'));
  file = join(folder, 'deep', 'events.db');
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  rmSync(folder, { recursive: true });
});

describe('opening an event store file', () => {
  it('creates the folder, and finds everything again', async () => {
    await filled(3);
    const events: RecordedEvent[] = [];
    for await (const page of open().readAll()) events.push(...page);
    expect(events.map((event) => event.data['n'])).toEqual([0, 1, 2]);
  });

  it('refuses a second owner and names the file', () => {
    open();
    expect(() => open()).toThrow(StoreUnusable);
    expect(() => open()).toThrow(`${file} is in use by another process`);
  });

  it('keeps a plain SQLite reader out as well', () => {
    open();
    const other = new DatabaseSync(file);
    expect(() => other.prepare('SELECT count(*) FROM events').get()).toThrow(/locked/);
    other.close();
  });

  it('refuses an unknown schema version', async () => {
    await filled(1);
    const db = new DatabaseSync(file);
    db.exec('PRAGMA user_version = 7');
    db.close();
    expect(() => open()).toThrow(StoreUnusable);
    expect(() => open()).toThrow(/schema version 7/);
  });

  it('refuses an SQLite file that is not its own', () => {
    mkdirSync(join(folder, 'deep'));
    const db = new DatabaseSync(file);
    db.exec('CREATE TABLE recipes (name TEXT)');
    db.close();
    expect(() => open()).toThrow(/not an event store/);
  });

  it('refuses what is no SQLite file', () => {
    mkdirSync(join(folder, 'deep'));
    writeFileSync(file, 'Dear diary, today I was mistaken for a database.');
    expect(() => open()).toThrow(StoreUnusable);
    expect(readFileSync(file, 'utf8')).toContain('diary');
  });

  it('reports a file that was cut', async () => {
    await filled(500);
    truncateSync(file, 100_000);
    expect(() => open()).toThrow(StoreUnusable);
  });

  it('reports a file with bytes overwritten in the middle', async () => {
    await filled(500);
    const fd = openSync(file, 'r+');
    writeSync(fd, Buffer.alloc(8192, 0xa5), 0, 8192, 40_960);
    closeSync(fd);
    expect(() => open()).toThrow(/damaged/);
  });

  it('reports missing events', async () => {
    await filled(10);
    const db = new DatabaseSync(file);
    db.exec('DELETE FROM events WHERE position = 5');
    db.close();
    expect(() => open()).toThrow(/gaps/);
  });

  it('says when the file cannot be created', () => {
    writeFileSync(join(folder, 'deep'), 'a file where a folder should be');
    expect(() => open()).toThrow(StoreUnavailable);
  });
});

describe('group commit', () => {
  it('never holds more appends than its queue takes, and lands them all', async () => {
    const store = open({ maxQueue: 16 });
    let deepest = 0;
    const watch = (): void => {
      deepest = Math.max(deepest, store.queueDepth);
    };
    await Promise.all(
      Array.from({ length: 500 }, async (_, n) => {
        const appended = store.append(`s-${n}`, 'no-stream', [contractEvent({ n })]);
        watch();
        await appended;
        watch();
      }),
    );
    expect(deepest).toBe(16);
    let found = 0;
    for await (const page of store.readAll()) found += page.length;
    expect(found).toBe(500);
  });

  it('stamps a whole group with the clock it was given', async () => {
    const store = open({ clock: { now: () => new Date('2026-03-01T00:00:00Z') } });
    await Promise.all(['a', 'b'].map((stream) => store.append(stream, 'no-stream', [contractEvent()])));
    for await (const page of store.readAll()) for (const event of page) expect(event.recordedAt.toISOString()).toBe('2026-03-01T00:00:00.000Z');
  });

  it('gives up on an append that waits too long, and does not write it later', async () => {
    const store = open();
    const late = store.append('late', 'no-stream', [contractEvent()], { timeoutMs: 1 });
    const until = Date.now() + 5;
    while (Date.now() < until);
    await expect(late).rejects.toBeInstanceOf(StoreTimeout);
    for await (const page of store.readStream('late')) throw new Error(`a page of ${page.length}`);
  });

  it('acknowledges nothing when the disk is full, and goes on when there is room again', async () => {
    const store = open({ sizeBytesMax: 200_000 });
    const big = (n: number): ReturnType<typeof contractEvent> => contractEvent({ n, text: 'x'.repeat(5_000) });
    const outcomes: PromiseSettledResult<unknown>[] = [];
    for (let n = 0; n < 100; n += 10) {
      outcomes.push(...(await Promise.allSettled(Array.from({ length: 10 }, (_, i) => store.append(`s-${n + i}`, 'no-stream', [big(n + i)])))));
    }
    const acknowledged = outcomes.flatMap((outcome, n) => (outcome.status === 'fulfilled' ? [n] : []));
    expect(acknowledged.length).toBeGreaterThan(0);
    expect(acknowledged.length).toBeLessThan(100);
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(StoreUnavailable);
    const found = async (of: SqliteEventStore): Promise<unknown[]> => {
      const numbers: unknown[] = [];
      for await (const page of of.readAll()) numbers.push(...page.map((event) => event.data['n']));
      return numbers;
    };
    expect(await found(store)).toEqual(acknowledged);
    store.limitSize(10_000_000);
    expect(await store.append('s-99', 'no-stream', [big(99)])).toEqual({ revision: 0n, duplicate: false });
    expect(await found(store)).toEqual([...acknowledged, 99]);
  });
});
