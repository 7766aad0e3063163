import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Position } from '@qazyna/event-store';
import { hotCopy } from './hot-copy.js';

const SUFFIX = '-checkpoints.sqlite';

/** Checkpoints by name, of every service whose file lies in one of these folders. Of one found twice, the earlier: what comes after it is not safe. */
export function readCheckpoints(dataDirs: readonly string[], scratch: string): ReadonlyMap<string, Position> {
  const found = new Map<string, Position>();
  for (const file of dataDirs.flatMap(checkpointFiles)) {
    const copy = hotCopy(file, scratch);
    if (copy === undefined) continue;
    const db = new DatabaseSync(copy);
    try {
      for (const row of db.prepare('SELECT name, position FROM checkpoints').all()) {
        const [name, position] = [row['name'] as string, row['position'] as Position];
        const known = found.get(name);
        if (known === undefined || position < known) found.set(name, position);
      }
    } finally {
      db.close();
    }
  }
  return found;
}

function checkpointFiles(dataDir: string): string[] {
  try {
    return readdirSync(dataDir).filter((name) => name.endsWith(SUFFIX)).map((name) => join(dataDir, name));
  } catch {
    return [];
  }
}
