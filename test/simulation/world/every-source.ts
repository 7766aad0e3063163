import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PROFILES = join(import.meta.dirname, '../../../deploy/jurisdictions');

interface Profile {
  readonly sources: readonly { readonly source: string }[];
  readonly currencies: readonly { readonly code: string }[];
}

/** A state that seizes, mines, buys and collects: the law of one profile with the sources of two others. @returns its file */
export function everySource(folder: string): string {
  const [kz, sv, ua] = ['kz', 'sv', 'ua'].map((name) => JSON.parse(readFileSync(join(PROFILES, `${name}.json`), 'utf8')) as Profile) as [Profile, Profile, Profile];
  const file = join(folder, 'every-source.json');
  const currencies = [...kz.currencies.filter(({ code }) => code !== 'USD'), ...sv.currencies];
  writeFileSync(file, JSON.stringify({ ...kz, sources: [...kz.sources, ...sv.sources, ...ua.sources], currencies }));
  return file;
}
