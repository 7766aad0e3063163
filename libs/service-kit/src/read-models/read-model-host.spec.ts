import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteEventStore, systemClock, uuidV5, type EventStore, type Position } from '@qazyna/event-store';
import { createLogger } from '../logging/logger.js';
import type { ReadModelDefinition } from './read-model.js';
import { ReadModelInUse } from './read-model-file.js';
import { ReadModelHost, ReadModelStopped } from './read-model-host.js';

const counting: ReadModelDefinition = {
  name: 'counting',
  version: 1,
  streamPrefixes: ['counted-'],
  schema: 'CREATE TABLE seen (stream TEXT PRIMARY KEY, times INTEGER NOT NULL) STRICT;',
  apply: (db, event) => {
    if (event.type === 'poison') throw new Error('cannot be applied');
    db.run('INSERT INTO seen VALUES (?, 1) ON CONFLICT (stream) DO UPDATE SET times = times + 1', event.stream);
  },
};

describe('a read model', () => {
  let dataDir: string;
  let store: EventStore;
  const hosts: ReadModelHost[] = [];

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'qazyna-read-model-'));
    store = SqliteEventStore.open({ file: ':memory:' });
  });
  afterEach(async () => {
    for (const host of hosts.splice(0)) await host.close();
    await store.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  function open(definition: ReadModelDefinition = counting): ReadModelHost {
    const host = ReadModelHost.open(definition, { dataDir, store, logger: createLogger({ service: 'spec', level: 'silent', pretty: false }), clock: systemClock });
    hosts.push(host);
    return host;
  }
  async function append(stream: string, expected: 'no-stream' | bigint, type = 'counted'): Promise<void> {
    const id = uuidV5('5a8f6c1e-3f0d-5d6b-8f57-0c1d6a7e2b94', `${stream} ${expected}`);
    await store.append(stream, expected, [{ id, type, data: {}, metadata: { schemaVersion: 1, actor: { subject: 's', organisation: 'o' }, correlationId: 'c' } }]);
  }
  async function caughtUp(host: ReadModelHost): Promise<void> {
    const head = await store.head();
    if (head !== undefined) await host.caughtUpTo(head, 5000);
  }
  const seen = (host: ReadModelHost): unknown[] => host.db.prepare('SELECT stream, times FROM seen ORDER BY stream').all().map((row) => ({ ...row }));

  it('shows what was appended before and after its start, and only its own streams', async () => {
    await append('counted-a', 'no-stream');
    await append('other-a', 'no-stream');
    const host = open();
    host.start();
    await caughtUp(host);
    await append('counted-a', 0n);
    await append('counted-b', 'no-stream');
    await caughtUp(host);
    expect(seen(host)).toEqual([
      { stream: 'counted-a', times: 2 },
      { stream: 'counted-b', times: 1 },
    ]);
    expect(host.health()).toEqual({ ok: true });
  });

  it('goes on where it was after a restart, applying nothing twice', async () => {
    await append('counted-a', 'no-stream');
    const first = open();
    first.start();
    await caughtUp(first);
    await hosts.pop()?.close();
    await append('counted-a', 0n);
    const second = open();
    expect(second.position()).toBeDefined();
    second.start();
    await caughtUp(second);
    expect(seen(second)).toEqual([{ stream: 'counted-a', times: 2 }]);
  });

  it.each<[string, () => ReadModelDefinition]>([
    ['its version changes', () => ({ ...counting, version: 2 })],
    ['its file is damaged', () => (writeFileSync(join(dataDir, 'read-models', 'counting.sqlite'), 'no database at all'), counting)],
  ])('is built anew when %s', async (_name, next) => {
    await append('counted-a', 'no-stream');
    const first = open();
    first.start();
    await caughtUp(first);
    await hosts.pop()?.close();
    const second = open(next());
    expect(second.position()).toBeUndefined();
    second.start();
    await caughtUp(second);
    expect(seen(second)).toEqual([{ stream: 'counted-a', times: 1 }]);
  });

  it('stops at an event it cannot apply, keeps what was before, and says which', async () => {
    await append('counted-a', 'no-stream');
    const host = open();
    host.start();
    await caughtUp(host);
    await append('counted-b', 'no-stream', 'poison');
    const deadline = Date.now() + 5000;
    while (host.health().ok && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(host.health()).toEqual({ ok: false, detail: 'the view counting stopped at poison counted-b@0' });
    expect(seen(host)).toEqual([{ stream: 'counted-a', times: 1 }]);
  });

  it('tells those who wait for a view that stands still at once', async () => {
    const host = open();
    host.start();
    await append('counted-b', 'no-stream', 'poison');
    const head = (await store.head()) as Position;
    await expect(host.caughtUpTo(head, 60_000)).rejects.toThrow('stopped at poison counted-b@0');
    await expect(host.caughtUpTo(head, 60_000)).rejects.toThrow(ReadModelStopped);
  });

  it('stops nobody for long who waits for it when it closes', async () => {
    const host = open();
    const waiting = expect(host.caughtUpTo('9'.repeat(16) as Position, 60_000)).rejects.toThrow('was closed');
    await hosts.pop()?.close();
    await waiting;
  });

  it('blames no event for a disk that is full, and goes on when there is room again', async () => {
    let full = true;
    const host = open({
      ...counting,
      apply: (db, event) => {
        if (full) throw Object.assign(new Error('database or disk is full'), { errcode: 13 });
        counting.apply(db, event);
      },
    });
    host.start();
    await append('counted-a', 'no-stream');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(host.health()).toEqual({ ok: false, detail: 'catching up with the log' });
    full = false;
    await caughtUp(host);
    expect(seen(host)).toEqual([{ stream: 'counted-a', times: 1 }]);
  });

  it('is fed by one process only', () => {
    open();
    const script = `import('node:sqlite').then(({ DatabaseSync }) => new DatabaseSync(process.argv[1]).prepare('SELECT version FROM read_model').get()).catch((error) => { process.stdout.write(error.message); process.exit(3); })`;
    const other = spawnSync(process.execPath, ['--input-type=module', '-e', script, join(dataDir, 'read-models', 'counting.sqlite')], { encoding: 'utf8' });
    expect([other.status, other.stdout]).toEqual([3, 'database is locked']);
    expect(() => open()).toThrow(ReadModelInUse);
  });

  describe('found beside a log it was not built from', () => {
    const replaceLog = async (): Promise<void> => {
      await store.close();
      store = SqliteEventStore.open({ file: ':memory:' });
    };
    beforeEach(async () => {
      await append('counted-a', 'no-stream');
      await append('counted-b', 'no-stream');
      await append('other-a', 'no-stream');
      const host = open();
      host.start();
      await caughtUp(host);
      await hosts.pop()?.close();
    });

    it.each<[string, string[], { stream: string; times: number }[]]>([
      ['a new and longer one', ['counted-c', 'counted-d', 'counted-e', 'counted-f'], ['c', 'd', 'e', 'f'].map((name) => ({ stream: `counted-${name}`, times: 1 }))],
      ['the same cut short', ['counted-a'], [{ stream: 'counted-a', times: 1 }]],
      ['an empty one', [], []],
      // What was cut off was nothing of the view's, and its place is given to an event that is.
      ['the same cut short and grown again', ['counted-a', 'counted-b'], ['a', 'b', 'z'].map((name) => ({ stream: `counted-${name}`, times: 1 }))],
    ])('(%s) is built anew or goes back', async (name, streams, shown) => {
      await replaceLog();
      for (const stream of streams) await append(stream, 'no-stream');
      const host = open();
      host.start();
      const deadline = Date.now() + 5000;
      while (!host.health().ok && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
      if (name.endsWith('grown again')) await append('counted-z', 'no-stream');
      await caughtUp(host);
      expect(seen(host)).toEqual(shown);
    });

    it('goes on where it was when the log is its own', async () => {
      const host = open();
      const before = host.position();
      host.start();
      await append('counted-a', 0n);
      await caughtUp(host);
      expect(before).toBeDefined();
      expect(seen(host)).toEqual([
        { stream: 'counted-a', times: 2 },
        { stream: 'counted-b', times: 1 },
      ]);
    });
  });

  it('is the same after a rebuild, and tells how far it is', async () => {
    for (let index = 0; index < 50; index++) await append(`counted-${index}`, 'no-stream');
    const host = open();
    host.start();
    await caughtUp(host);
    const before = seen(host);
    await hosts.pop()?.close();
    const rebuilt = open();
    const told: number[] = [];
    await rebuilt.rebuild(({ events }) => void told.push(events));
    expect(seen(rebuilt)).toEqual(before);
    expect(told.at(-1)).toBe(50);
  });
});
