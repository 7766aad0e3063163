import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteEventStore, systemClock, uuidV5, type EventStore, type Position } from '@qazyna/event-store';
import { createLogger } from '../logging/logger.js';
import type { ReadModelDefinition } from './read-model.js';
import { ReadModelFile, ReadModelInUse } from './read-model-file.js';
import { ReadModelStopped } from './event-application.js';
import { ReadModelHost, RebuildRunning } from './read-model-host.js';

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

  it('says that it shows all of its own, wherever the log ends', async () => {
    const host = open();
    host.start();
    await append('counted-a', 'no-stream');
    await caughtUp(host);
    await append('counted-a', 0n);
    await append('other-a', 'no-stream');
    await host.showsAll(5_000);
    expect(seen(host)).toEqual([{ stream: 'counted-a', times: 2 }]);
    await append('other-a', 0n);
    await host.showsAll(0);
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

  describe('built anew', () => {
    const BUILDING = 'counting.building.sqlite';
    const files = (): string[] => readdirSync(join(dataDir, 'read-models')).sort();
    async function many(count: number, from = 0): Promise<void> {
      for (let index = from; index < from + count; index++) await append(`counted-${index}`, 'no-stream');
    }

    it('is the same, tells how far it is, and leaves one file', async () => {
      await many(50);
      const host = open();
      host.start();
      await caughtUp(host);
      const before = seen(host);
      const told: number[] = [];
      const report = await host.rebuild(({ events }) => void told.push(events));
      expect(report).toMatchObject({ events: 50, comparison: { rows: 50, differences: 0, samples: [] } });
      expect(told.at(-1)).toBe(50);
      expect(seen(host)).toEqual(before);
      expect(files().filter((name) => name.endsWith('.sqlite'))).toEqual(['counting.sqlite']);
      await append('counted-0', 0n);
      await caughtUp(host);
      expect(seen(host)).toContainEqual({ stream: 'counted-0', times: 2 });
    });

    it('answers all the while, and never with less than before', async () => {
      await many(1_200);
      const host = open();
      host.start();
      await caughtUp(host);
      const positions: (Position | undefined)[] = [];
      const counts: number[] = [];
      let done = false;
      const rebuilt = host.rebuild().finally(() => (done = true));
      const appended = many(60, 1_200);
      while (!done) {
        positions.push(host.position());
        counts.push(seen(host).length);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await Promise.all([rebuilt, appended]);
      await caughtUp(host);
      expect(counts.length).toBeGreaterThan(3);
      expect(Math.min(...counts)).toBe(counts[0]);
      expect([...counts].sort((a, b) => a - b)).toEqual(counts);
      expect([...positions].sort()).toEqual(positions);
      expect(seen(host)).toHaveLength(1_260);
    });

    it('finds what was changed by hand, says so, and shows the truth again', async () => {
      await many(5);
      const host = open();
      host.start();
      await caughtUp(host);
      host.db.exec(`UPDATE seen SET times = 7 WHERE stream = 'counted-3'; DELETE FROM seen WHERE stream = 'counted-4'`);
      const { comparison } = await host.rebuild();
      expect(comparison).toMatchObject({ differences: 2, samples: [{ table: 'seen', row: 4, before: expect.stringContaining('7') as string, after: expect.stringContaining('1') as string }, { row: 5, after: expect.stringContaining('counted-4') as string }] });
      expect(seen(host)).toHaveLength(5);
    });

    it('goes on with a build that was interrupted, and is one at a time', async () => {
      await many(1_500);
      const host = open();
      host.start();
      await caughtUp(host);
      let closed: Promise<void> | undefined;
      const interrupted = host.rebuild(() => void (closed ??= host.close()));
      await expect(host.rebuild()).rejects.toThrow(RebuildRunning);
      await expect(interrupted).rejects.toThrow('closing');
      await closed;
      hosts.pop();
      expect(files()).toContain(BUILDING);
      const again = open();
      again.start();
      const { events, comparison } = await again.rebuild();
      expect(events).toBeLessThan(1_500);
      expect(comparison).toMatchObject({ rows: 1_500, differences: 0 });
    });

    it('starts over where what was built is of another log', async () => {
      await many(5);
      const stale = ReadModelFile.openBeside(counting, dataDir);
      stale.advance('0000000000000005' as Position, { after: undefined, position: '0000000000000005' as Position, id: 'another' }, () => stale.run(`INSERT INTO seen VALUES ('counted-never', 1)`));
      stale.close();
      const host = open();
      host.start();
      await caughtUp(host);
      expect(await host.rebuild()).toMatchObject({ events: 5, comparison: { differences: 0 } });
    });

    it('brings a view that stands still back, once its rule is mended', async () => {
      let poisoned = true;
      const mended: ReadModelDefinition = { ...counting, apply: (db, event) => { if (poisoned || event.type !== 'poison') counting.apply(db, event); } };
      await append('counted-a', 'no-stream');
      await append('counted-b', 'no-stream', 'poison');
      await append('counted-c', 'no-stream');
      const host = open(mended);
      host.start();
      await expect(caughtUp(host)).rejects.toThrow(ReadModelStopped);
      await expect(host.rebuild()).rejects.toThrow(ReadModelStopped);
      expect(seen(host)).toEqual([]);
      poisoned = false;
      expect(await host.rebuild()).toMatchObject({ comparison: undefined });
      await caughtUp(host);
      expect(seen(host).map((row) => (row as { stream: string }).stream)).toEqual(['counted-a', 'counted-c']);
      await append('counted-d', 'no-stream');
      await caughtUp(host);
      expect(host.health()).toEqual({ ok: true });
    });

    it('settles those who wait for what it now shows', async () => {
      await many(3);
      const host = open();
      const head = (await store.head()) as Position;
      const waited = host.caughtUpTo(head, 5_000);
      await host.rebuild();
      await waited;
      expect(seen(host)).toHaveLength(3);
    });

    it('leaves the file of another version alone until this one has caught up', async () => {
      await many(3);
      const old = open();
      old.start();
      await caughtUp(old);
      await hosts.pop()?.close();
      const next = { ...counting, version: 2 };
      const first = open(next);
      // As after a crash before anything was built: the old version finds its file as it left it.
      await hosts.pop()?.close();
      expect(first.position()).toBeUndefined();
      const back = open();
      expect(back.position()).toBeDefined();
      await hosts.pop()?.close();
      const second = open(next);
      expect(files()).toContain(BUILDING);
      second.start();
      await caughtUp(second);
      await until(() => !files().includes(BUILDING));
      expect(seen(second)).toHaveLength(3);
      await expect(second.rebuild()).resolves.toMatchObject({ comparison: { differences: 0 } });
      await hosts.pop()?.close();
      const third = open({ ...counting, version: 3 });
      // Without following the log, as the command for a stopped service does it.
      await expect(third.rebuild()).resolves.toMatchObject({ events: 3, comparison: undefined });
      expect(seen(third)).toHaveLength(3);
      expect(files().filter((name) => name.endsWith('.sqlite'))).toEqual(['counting.sqlite']);
    });
  });
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}
