import { createRequire, syncBuiltinESMExports } from 'node:module';
import type { Faults } from '../engine/faults.js';
import { scope, type Generation } from '../engine/virtual-time.js';

const require = createRequire(import.meta.url);
const builtin = require('node:sqlite') as { DatabaseSync: typeof import('node:sqlite').DatabaseSync };
const RealDatabase = builtin.DatabaseSync;

let faults: Faults | undefined;
const open = new Map<Generation, Set<SimulatedDatabase>>();

/** A service that has ended runs no further statement. */
export class ProcessEnded extends Error {
  override readonly name = 'ProcessEnded';
}

/**
 * Read models are real SQLite files. A crash may fall before or after each commit, and what was not committed is gone;
 * a disk may be full for a while.
 */
class SimulatedDatabase extends RealDatabase {
  private readonly owner = scope.getStore();

  constructor(...parameters: ConstructorParameters<typeof RealDatabase>) {
    super(...parameters);
    if (this.owner === undefined) return;
    const mine = open.get(this.owner) ?? new Set();
    mine.add(this);
    open.set(this.owner, mine);
  }

  override exec(sql: string): void {
    if (this.owner?.alive === false) throw new ProcessEnded('simulated: the process has ended');
    if (sql !== 'COMMIT' || faults === undefined || this.owner === undefined) return super.exec(sql);
    if (faults.happens(faults.weather.crash)) this.end('before a commit of a read model');
    if (faults.happens(faults.weather.trouble / 4)) {
      faults.note('read model: disk full');
      throw Object.assign(new Error('simulated: database or disk is full'), { errcode: 13 });
    }
    super.exec(sql);
    if (faults.happens(faults.weather.crash)) this.end('after a commit of a read model');
  }

  private end(why: string): never {
    if (this.owner !== undefined) faults?.crash(this.owner, why);
    throw new ProcessEnded(`simulated: the process ended ${why}`);
  }
}

/** Before any service is loaded. */
export function takeOverDatabases(): void {
  builtin.DatabaseSync = SimulatedDatabase;
  syncBuiltinESMExports();
}

export function databasesSuffer(from: Faults | undefined): void {
  faults = from;
}

/** What the operating system does with the files of a process that ended. */
export function closeDatabasesOf(generation: Generation): void {
  for (const db of open.get(generation) ?? []) if (db.isOpen) db.close();
  open.delete(generation);
}
