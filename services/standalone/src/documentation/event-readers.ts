import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
/** What tells a story, tests or prints is no reader. */
const APART: ReadonlySet<string> = new Set(['standalone', 'cli']);
const NO_CODE = /\.spec\.ts$|\/spec-support\/|\/dist\//;
const EVENT_TYPE = /'((?:intake|mining|custody|operations|pipeline)\.[a-z-]+)'/g;

/**
 * Which parts of which services, and of what all of them share, name each event type in their code: `custody/cases`. Whoever decides by an event, shows
 * it or answers it must name it, so this is found and not written down.
 */
export function eventReaders(): ReadonlyMap<string, readonly string[]> {
  const readers = new Map<string, Set<string>>();
  const services = readdirSync(join(ROOT, 'services')).filter((name) => !APART.has(name));
  for (const [folder, service] of [...services.map((name) => ['services', name] as const), ['libs', 'service-kit'] as const]) {
    const source = join(ROOT, folder, service, 'src');
    for (const file of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts') || NO_CODE.test(`/${file}`)) continue;
      const part = file.includes('/') ? `${service}/${file.split('/')[0] ?? ''}` : service;
      for (const [, type = ''] of readFileSync(join(source, file), 'utf8').matchAll(EVENT_TYPE)) readers.set(type, (readers.get(type) ?? new Set()).add(part));
    }
  }
  return new Map([...readers].map(([type, parts]) => [type, [...parts].sort()]));
}
