import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EVENT_CATALOGUE, TOPICS } from '@qazyna/contracts';
import { CONSUMERS } from './duties.js';
import { RELAYED, VIEWS } from './pipeline.js';

const ROOT = join(import.meta.dirname, '../../../..');
const sources = globSync('{services/*,libs/service-kit}/src/**/*.ts', { cwd: ROOT })
  .filter((path) => !path.endsWith('.spec.ts') && !path.includes('/spec-support/') && !path.startsWith('services/cli/'))
  .map((path) => readFileSync(join(ROOT, path), 'utf8'));

/** What the services subscribe to and keep, by their own sources: what is added there must be added to the audit. */
describe('the audit knows', () => {
  it('every consumer, and every type it takes', () => {
    const subscribed = sources.flatMap((text) => [...text.matchAll(/@EventPattern<string>\(TOPICS\.(\w+), \{ group: '([\w-]+)', types: \[([^\]]*)\]/g)].map(([, topic, group]) => `${TOPICS[topic as keyof typeof TOPICS]} ${group}`));
    expect(subscribed).toHaveLength(sources.join('\n').split('@EventPattern<string>(').length - 1);
    expect(CONSUMERS.map(({ topic, group }) => `${topic} ${group}`).sort()).toEqual(subscribed.sort());
  });

  it('every relayed topic and every view', () => {
    expect(RELAYED.map(({ topic }) => topic).sort()).toEqual([...new Set(EVENT_CATALOGUE.map(({ topic }) => topic))].sort());
    const defined = sources.flatMap((text) => [...text.matchAll(/: ReadModelDefinition = \{\s+name: '([\w-]+)'/g)].map(([, name]) => name));
    expect(VIEWS.map(({ name }) => name).sort()).toEqual(defined.sort());
  });
});
