import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { InMemoryCheckpoints, SqliteCheckpoints, type CheckpointStore } from './checkpoints.js';
import { StoreUnusable, type Position } from './port.js';

const folder = mkdtempSync(join(tmpdir(), 'qazyna-checkpoints-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.each<[string, () => CheckpointStore]>([
  ['in memory', () => new InMemoryCheckpoints()],
  ['in SQLite', () => SqliteCheckpoints.open({ file: join(folder, 'new', 'a.db') })],
])('checkpoints %s', (_, open) => {
  it('keep the last position of each name', async () => {
    const checkpoints = open();
    expect(await checkpoints.load('relay')).toBeUndefined();
    await checkpoints.save('relay', '01' as Position);
    await checkpoints.save('projection', '07' as Position);
    await checkpoints.save('relay', '02' as Position);
    expect(await checkpoints.load('relay')).toBe('02');
    expect(await checkpoints.load('projection')).toBe('07');
  });
});

describe('checkpoints in SQLite', () => {
  it('are there after a restart, and for another process meanwhile', async () => {
    const file = join(folder, 'b.db');
    const first = SqliteCheckpoints.open({ file });
    await first.save('relay', '05' as Position);
    const second = SqliteCheckpoints.open({ file });
    expect(await second.load('relay')).toBe('05');
    first.close();
    await second.save('relay', '06' as Position);
    second.close();
    const third = SqliteCheckpoints.open({ file });
    expect(await third.load('relay')).toBe('06');
    third.close();
  });

  it('refuse an unknown schema version and a damaged file', () => {
    const file = join(folder, 'c.db');
    const db = new DatabaseSync(file);
    db.exec('PRAGMA user_version = 9');
    db.close();
    expect(() => SqliteCheckpoints.open({ file })).toThrow(StoreUnusable);
    writeFileSync(join(folder, 'd.db'), 'no database at all, but long enough to look at'.repeat(20));
    expect(() => SqliteCheckpoints.open({ file: join(folder, 'd.db') })).toThrow(StoreUnusable);
  });
});
