import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { hotCopy } from './hot-copy.js';

/** Locks its file as the services do, and writes pairs of rows in one transaction each, as fast as it can. */
const OWNER = `
  const { DatabaseSync } = require('node:sqlite');
  const db = new DatabaseSync(process.argv[1]);
  db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 50; CREATE TABLE t (n INTEGER, half INTEGER, filler TEXT)');
  const insert = db.prepare('INSERT INTO t VALUES (?, ?, ?)');
  let n = 0;
  const write = () => {
    for (let i = 0; i < 20; i++) { n++; db.exec('BEGIN'); insert.run(n, 1, 'x'.repeat(500)); insert.run(n, 2, 'y'.repeat(500)); db.exec('COMMIT'); }
    if (n === 200) console.log('writing');
    setTimeout(write, 2);
  };
  write();
`;

describe('a copy of a file that is in use', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'qazyna-copy-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is the database at one moment, while its owner has it locked and writes', async () => {
    const file = join(folder, 'owned.sqlite');
    const owner = spawn(process.execPath, ['-e', OWNER, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(owner, 'exit');
    try {
      await once(owner.stdout, 'data');
      expect(() => new DatabaseSync(file, { timeout: 0, readOnly: true }).prepare('SELECT count(*) FROM t').get()).toThrow(/locked/);
      let last = 0;
      for (let round = 0; round < 5; round++) {
        const db = new DatabaseSync(hotCopy(file, folder) ?? '');
        const row = db.prepare('SELECT count(*) AS n, max(n) AS last FROM t').get() as { n: number; last: number };
        expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
        expect(row.n).toBe(row.last * 2);
        expect(row.last).toBeGreaterThanOrEqual(Math.max(last, 200));
        ({ last } = row);
        db.close();
      }
    } finally {
      owner.kill('SIGKILL');
      await ended;
    }
  });

  it('is made without a log too, and of nothing is nothing', () => {
    const file = join(folder, 'plain.sqlite');
    const db = new DatabaseSync(file);
    db.exec('CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (7)');
    db.close();
    const copy = hotCopy(file, folder) ?? '';
    expect(new DatabaseSync(copy).prepare('SELECT n FROM t').get()).toEqual({ n: 7 });
    expect(existsSync(`${copy}-wal`)).toBe(false);
    expect(hotCopy(join(folder, 'none.sqlite'), folder)).toBeUndefined();
  });
});
