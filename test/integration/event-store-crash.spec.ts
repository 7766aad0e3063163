import { SqliteEventStore, StoreUnusable, type RecordedEvent } from '@qazyna/event-store';
import { describeWith, Missing, type Requirement } from '@qazyna/testing';
import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../..');

interface Appending {
  readonly child: ChildProcess;
  /** One line for each append acknowledged so far. */
  readonly lines: () => string[];
}

async function startAppending(file: string, run: number): Promise<Appending> {
  const acknowledgements = `${file}.acknowledged-${run}`;
  const program = join(import.meta.dirname, 'event-store/appending-process.ts');
  const child = spawn(
    process.execPath,
    ['--conditions=@qazyna/source', '--import', '@swc-node/register/esm-register', program, file, acknowledgements, String(run)],
    { cwd: ROOT, env: { ...process.env, SWC_NODE_PROJECT: 'tsconfig.base.json' }, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  // The last line may be cut by the kill: the append it tells of was acknowledged, but which it was is unknown.
  const lines = (): string[] => readFileSync(acknowledgements, 'utf8').split('\n').slice(0, -1);
  while (!existsSync(acknowledgements) || lines().length === 0) {
    if (child.exitCode !== null) throw new Error('the appending process ended before it had opened the store');
    await sleep(10);
  }
  return { child, lines: () => lines().slice(1) };
}

const PRLIMIT: Requirement<'prlimit'> = {
  name: 'prlimit',
  enable: 'install util-linux (Linux only)',
  requiredInCi: false,
  find: () => (spawnSync('prlimit', ['--version']).status === 0 ? 'prlimit' : new Missing('the command prlimit is not there')),
};

async function kill({ child }: Appending): Promise<void> {
  if (child.exitCode !== null) throw new Error('the appending process ended by itself');
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}

describe('an SQLite event store whose process is killed', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'qazyna-crash-'));
    file = join(folder, 'events.db');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('has everything it acknowledged, without gaps, each time', async () => {
    const acknowledged = new Map<string, string>();
    for (let run = 0; run < 5; run++) {
      const appending = await startAppending(file, run);
      await sleep(50 + Math.random() * 250);
      await kill(appending);
      // What a write interrupted by a power cut may leave behind the last complete transaction.
      if (run % 2 === 1) appendFileSync(`${file}-wal`, Buffer.alloc(1000, run));
      for (const line of appending.lines()) {
        const [stream, revision, ids] = line.split(' ') as [string, string, string];
        ids.split(',').forEach((id, i) => acknowledged.set(id, `${stream} ${Number(revision) - 2 + i}`));
      }
      const store = SqliteEventStore.open({ file });
      const found = new Map<string, string>();
      const next = new Map<string, bigint>();
      let lastPosition = '';
      const wrong: string[] = [];
      for await (const page of store.readAll()) {
        for (const event of page as RecordedEvent[]) {
          if (event.revision !== (next.get(event.stream) ?? 0n)) wrong.push(`gap before ${event.stream} ${event.revision}`);
          if (event.position <= lastPosition) wrong.push(`order at ${event.position}`);
          next.set(event.stream, event.revision + 1n);
          lastPosition = event.position;
          found.set(event.id, `${event.stream} ${event.revision}`);
        }
      }
      await store.close();
      // An append is whole or absent: three events each.
      for (const [stream, revision] of next) if (revision % 3n !== 0n) wrong.push(`half an append in ${stream}`);
      for (const [id, place] of acknowledged) if (found.get(id) !== place) wrong.push(`acknowledged, not found: ${id} at ${place}`);
      expect(wrong).toEqual([]);
    }
    expect(acknowledged.size).toBeGreaterThan(1000);
  }, 60_000);

  it('refuses a second process by name of the file while the first lives, and opens at once after its kill', async () => {
    const appending = await startAppending(file, 0);
    expect(() => SqliteEventStore.open({ file })).toThrow(StoreUnusable);
    expect(() => SqliteEventStore.open({ file })).toThrow(`${file} is in use by another process`);
    await kill(appending);
    const store = SqliteEventStore.open({ file });
    // The process may have been killed before its first append: what matters is that the file can be written to again.
    const event = { id: randomUUID(), type: 'appended', data: {}, metadata: { schemaVersion: 1, actor: { subject: 'tester', organisation: 'laboratory' }, correlationId: 'next' } };
    await expect(store.append('the-next-process', 'no-stream', [event])).resolves.toMatchObject({ revision: 0n });
    await store.close();
  }, 30_000);
});

await describeWith(PRLIMIT, 'an SQLite event store on a full disk', () => {
  it('acknowledges nothing that it could not write, and goes on when there is room', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'qazyna-full-'));
    try {
      const program = join(import.meta.dirname, 'event-store/full-disk-process.ts');
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ['--conditions=@qazyna/source', '--import', '@swc-node/register/esm-register', program, join(folder, 'events.db')],
        { cwd: ROOT, env: { ...process.env, SWC_NODE_PROJECT: 'tsconfig.base.json' } },
      );
      const seen = JSON.parse(stdout) as { refusedWhileFull: number; refusedAfterwards: number; exactlyTheAcknowledged: boolean[]; acknowledged: number };
      expect(seen).toMatchObject({ refusedAfterwards: 0, exactlyTheAcknowledged: [true, true] });
      expect(seen.refusedWhileFull).toBeGreaterThan(0);
      expect(seen.acknowledged).toBe(400 - seen.refusedWhileFull + 20);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 30_000);
});
