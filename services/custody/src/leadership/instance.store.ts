import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isUuid, type IdSource } from '@qazyna/event-store';

/** The id of a data folder, made at its first use. Losing it only makes the next start wait for the lease to expire. */
export function instanceOf(dataDir: string, ids: IdSource): string {
  const file = join(dataDir, 'custody-instance.id');
  try {
    const known = readFileSync(file, 'utf8').trim();
    if (isUuid(known)) return known;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const made = ids.next();
  writeFileSync(file, `${made}\n`);
  return made;
}
