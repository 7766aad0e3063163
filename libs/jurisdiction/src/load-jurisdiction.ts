import { readdirSync, readFileSync } from 'node:fs';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jsonSchemaOf, type FieldError, type JsonSchema, type MessageClass } from '@qazyna/contracts';
import type { JurisdictionProfile } from './rules/profile.js';
import { ProfileFile } from './profile-file.js';
import { checkProfile } from './sound-profile.js';

export const DEFAULT_JURISDICTION = 'kz';

/** Where the profiles that come with the system lie; the image carries them at the same place. */
export const JURISDICTIONS_DIR = fileURLToPath(new URL('../../../deploy/jurisdictions/', import.meta.url));

/** A profile that cannot be used: names the file, and each field with the rule it breaks. */
export class InvalidProfile extends Error {
  readonly code = 'invalid-jurisdiction-profile';
  override readonly name = 'InvalidProfile';
  constructor(
    readonly file: string,
    readonly errors: readonly FieldError[],
  ) {
    super(`${file}: ${errors.map(({ field, rule, message }) => `${field === '' ? 'the file' : field} [${rule}]: ${message}`).join('; ')}`);
  }
}

/**
 * Reads a state's profile.
 * @param nameOrPath `kz`, one of the profiles that come with the system; or the path of a file, told by its `.json`
 * @throws {InvalidProfile} no such file, no JSON, a field that breaks a rule
 */
export function loadJurisdiction(nameOrPath: string = DEFAULT_JURISDICTION, directory: string = JURISDICTIONS_DIR): JurisdictionProfile {
  const byPath = nameOrPath.endsWith('.json');
  const file = byPath ? resolve(nameOrPath) : join(directory, `${nameOrPath}.json`);
  if (!byPath && (isAbsolute(nameOrPath) || !/^[a-z][a-z0-9-]*$/.test(nameOrPath))) {
    throw new InvalidProfile(nameOrPath, [{ field: '', rule: 'name', message: 'a profile is named by lower-case letters, digits and hyphens, or by a path that ends in .json' }]);
  }
  const checked = checkProfile(readJson(file, directory));
  if (!checked.ok) throw new InvalidProfile(file, checked.errors);
  const expected = basename(file, '.json');
  if (!byPath && checked.profile.code !== expected) {
    throw new InvalidProfile(file, [{ field: 'code', rule: 'isFileName', message: `code must be ${expected}, as the file is called, not ${checked.profile.code}` }]);
  }
  return checked.profile;
}

/** Names of the profiles in a folder. */
export function listJurisdictions(directory: string = JURISDICTIONS_DIR): readonly string[] {
  return readdirSync(directory).filter((name) => name.endsWith('.json') && !name.endsWith('.schema.json')).map((name) => name.slice(0, -'.json'.length)).sort();
}

function readJson(file: string, directory: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const known = listed(directory);
    throw new InvalidProfile(file, [{ field: '', rule: 'readable', message: `it cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown fault'})${known === '' ? '' : `; profiles here are ${known}`}` }]);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new InvalidProfile(file, [{ field: '', rule: 'json', message: `it is not JSON: ${(error as Error).message}` }]);
  }
}

function listed(directory: string): string {
  try {
    return listJurisdictions(directory).join(', ');
  } catch {
    return '';
  }
}

/** JSON Schema 2020-12 of a profile, for editors; `deploy/jurisdictions/profile.schema.json` is this. */
export function profileSchema(): JsonSchema {
  const definitions: Record<string, JsonSchema> = {};
  const collect = (type: MessageClass): JsonSchema =>
    jsonSchemaOf(type, '#/$defs/', (nested) => {
      if (definitions[nested.name] === undefined) {
        definitions[nested.name] = {};
        definitions[nested.name] = collect(nested);
      }
    });
  const root = collect(ProfileFile);
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'Jurisdiction profile', ...root, $defs: definitions };
}
