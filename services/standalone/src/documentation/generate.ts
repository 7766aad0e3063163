/**
 * Writes `docs/openapi.json`, `docs/asyncapi.json`, `docs/events.md` and `docs/configuration.md` from the code.
 * With `--check` nothing is written: it exits with 1 and names the pages that are not what the code says.
 */
import 'reflect-metadata';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asyncApiDocument, eventPages } from '@qazyna/contracts';
import { profileSchema } from '@qazyna/jurisdiction';
import { describeConfig, PLATFORM_SETTINGS, runService } from '@qazyna/service-kit';
import { STANDALONE } from '../standalone.js';
import { withAnswers } from './answer-shapes.js';
import { eventReaders } from './event-readers.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const DOCS = join(ROOT, 'docs/');
const VERSION = '1.0.0';

async function openApi(): Promise<object> {
  const dataDir = mkdtempSync(join(tmpdir(), 'qazyna-docs-'));
  try {
    const service = await runService({
      ...STANDALONE,
      signals: false,
      env: { PORT: '0', QAZYNA_DATA_DIR: dataDir, LOG_LEVEL: 'silent', QAZYNA_STORY: 'off' },
    });
    try {
      return (await (await fetch(`${service.url}/openapi.json`)).json()) as object;
    } finally {
      await service.close();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const json = (document: unknown): string => `${JSON.stringify(document, null, 2)}\n`;
const pages: Record<string, string> = {
  'openapi.json': json(withAnswers(await openApi(), ROOT)),
  '../deploy/jurisdictions/profile.schema.json': json(profileSchema()),
  'asyncapi.json': json(asyncApiDocument(VERSION)),
  'events.md': eventPages(eventReaders()),
  'configuration.md': `# Configuration\n\nGenerated from the code (\`npm run docs:generate\`); do not edit.\n\n${describeConfig(PLATFORM_SETTINGS)}\n`,
};

const stale = Object.entries(pages).filter(([name, content]) => {
  try {
    return readFileSync(join(DOCS, name), 'utf8') !== content;
  } catch {
    return true;
  }
});
if (process.argv.includes('--check')) {
  for (const [name] of stale) process.stderr.write(`docs/${name} is not what the code says: run npm run docs:generate and commit it\n`);
  if (stale.length === 0) process.stdout.write('docs are what the code says\n');
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [name, content] of stale) writeFileSync(join(DOCS, name), content);
  process.stdout.write(stale.length > 0 ? `written: ${stale.map(([name]) => `docs/${name}`).join(', ')}\n` : 'docs are what the code says\n');
}
