import { closeSync, constants, copyFileSync, existsSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Unreachable } from '../exit-codes.js';

const ATTEMPTS_MAX = 8;
/** Place of the two salts in the header of a write-ahead log, https://www.sqlite.org/fileformat2.html#walformat */
const SALTS_AT = 16;
const SALTS_LENGTH = 8;

/**
 * Copies an SQLite file that another process may be writing to, and that it may have locked: an owner's lock keeps other
 * connections out, not readers of bytes. The database is copied first and its write-ahead log after it; as long as the log's
 * salts stay the same, no frame of it was overwritten meanwhile, so whatever a checkpoint moved into the database while it was
 * copied is in the copied log as well, and the two together are the database at one moment. When the salts change, the
 * copy begins again. Call it only from another process than the owner's: closing a file gives up the process's own locks.
 * @returns the copy's path, or undefined when there is no such file
 * @throws {Unreachable} the file changes faster than it can be copied
 */
export function hotCopy(file: string, folder: string): string | undefined {
  if (!existsSync(file)) return undefined;
  const copy = join(folder, `${++copies}-${basename(file)}`);
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    if (copyOnce(file, copy)) return copy;
  }
  for (const suffix of ['', '-wal']) rmSync(copy + suffix, { force: true });
  throw new Unreachable(`${file} changes faster than it can be copied: audit it when there is less to do, or stop the process that owns it`);
}

let copies = 0;

function copyOnce(file: string, copy: string): boolean {
  const [inode, before] = [inodeOf(file), saltsOf(`${file}-wal`)];
  rmSync(`${copy}-wal`, { force: true });
  try {
    copyFileSync(file, copy, constants.COPYFILE_FICLONE);
    if (before !== undefined) copyFileSync(`${file}-wal`, `${copy}-wal`, constants.COPYFILE_FICLONE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw new Unreachable(`${file} cannot be copied: ${(error as Error).message}`, { cause: error });
  }
  return inodeOf(file) === inode && saltsOf(`${file}-wal`) === before && (before === undefined || saltsOf(`${copy}-wal`) === before);
}

/** Another one when the file was replaced by a rename. */
function inodeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ino;
}

/** Undefined when there is no log; empty while it has no header. */
function saltsOf(wal: string): string | undefined {
  let fd: number;
  try {
    fd = openSync(wal, 'r');
  } catch {
    return undefined;
  }
  try {
    const salts = Buffer.alloc(SALTS_LENGTH);
    return salts.subarray(0, readSync(fd, salts, 0, SALTS_LENGTH, SALTS_AT)).toString('hex');
  } finally {
    closeSync(fd);
  }
}
