import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadJurisdiction, type JurisdictionProfile } from '@qazyna/jurisdiction';
import { ConfigError } from '../config/settings.js';

const FILE = 'jurisdiction';

/**
 * The profile that a service runs under. The first start writes its code into the data folder: the ledger of one state
 * must not go on as another's because a setting was forgotten.
 * @throws {InvalidProfile} the profile breaks a rule @throws {ConfigError} the data folder was begun under another one
 */
export function jurisdictionOfData({ jurisdiction, dataDir }: { readonly jurisdiction: string; readonly dataDir: string }): JurisdictionProfile {
  const profile = loadJurisdiction(jurisdiction);
  mkdirSync(dataDir, { recursive: true });
  const file = join(dataDir, FILE);
  // Empty: the disk was full, or the process was killed, between making the file and writing it.
  const begunUnder = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  if (begunUnder === '') writeFileSync(file, `${profile.code}\n`);
  else if (begunUnder !== profile.code) {
    throw new ConfigError([{ name: 'QAZYNA_JURISDICTION', shown: jurisdiction, rule: `the data folder ${dataDir} was begun under "${begunUnder}", and a ledger stays one state's: give another a data folder of its own (QAZYNA_DATA_DIR)` }]);
  }
  return profile;
}
