import { join } from 'node:path';
import { ESLint, Linter } from 'eslint';
import { parser } from 'typescript-eslint';
import { DOMAIN_PURITY } from './domain-purity.ts';

const ROOT = join(import.meta.dirname, '..', '..');

function rulesBrokenBy(code: string): readonly (string | null)[] {
  const config = [{ files: ['**/*.ts'], languageOptions: { parser }, rules: DOMAIN_PURITY }];
  return new Linter().verify(code, config, 'planted.ts').map(({ ruleId }) => ruleId);
}

it.each([
  ['no-restricted-properties', 'export const at = Date.now();'],
  ['no-restricted-properties', "export const at = Date['now']();"],
  ['no-restricted-properties', 'export const dice = Math.random();'],
  ['no-restricted-properties', 'export const { random } = Math;'],
  ['no-restricted-syntax', 'export const at = new Date();'],
  ['no-restricted-syntax', 'export const at = Date();'],
  ['no-restricted-syntax', 'const Clock = Date; export const at = Clock.now();'],
  ['no-restricted-syntax', "export const fs = import('node:' + 'fs');"],
  ['no-restricted-globals', 'export const id = crypto.randomUUID();'],
  ['no-restricted-globals', 'export const at = performance.now();'],
  ['no-restricted-globals', 'export const at = globalThis.Date.now();'],
  ['no-restricted-globals', 'setTimeout(() => undefined, 1);'],
  ['no-restricted-globals', "export const page = fetch('http://127.0.0.1');"],
  ['no-restricted-globals', 'export const mode = process.env.MODE;'],
  ['no-restricted-imports', "import { randomUUID } from 'node:crypto'; export const id = randomUUID();"],
  ['no-restricted-imports', "import * as crypto from 'node:crypto'; export const id = crypto.randomBytes(8);"],
])('%s sees: %s', (rule, code) => {
  expect(rulesBrokenBy(code)).toContain(rule);
});

it.each([
  'export const at = (text: string): Date => new Date(text);',
  "import { createHash } from 'node:crypto'; export const hash = createHash('sha256');",
  'export const larger = (left: number, right: number): number => Math.max(left, right);',
])('lets pass: %s', (code) => {
  expect(rulesBrokenBy(code)).toEqual([]);
});

describe('the workspace', () => {
  const eslint = new ESLint({ cwd: ROOT });
  const isPure = async (path: string): Promise<boolean> => {
    const config = (await eslint.calculateConfigForFile(join(ROOT, path))) as { rules: Record<string, unknown[]> };
    const [severity, ...names] = config.rules['no-restricted-globals'] ?? [0];
    return severity === 2 && names.some((each) => (each as { name: string }).name === 'fetch');
  };

  it.each([
    'libs/ledger/src/entries.ts',
    'libs/event-store/src/decider.ts',
    'services/intake/src/seizures/case.ts',
    'services/custody/src/transfers/rules/limits.ts',
  ])('holds %s to purity', async (path) => {
    expect(await isPure(path)).toBe(true);
  });

  it.each([
    'libs/ledger/src/entries.spec.ts',
    'libs/event-store/src/runner.ts',
    'services/intake/src/index.ts',
    'services/intake/src/seizures/case.spec.ts',
    'services/intake/src/seizures/seizures.service.ts',
    'services/standalone/src/story/chapters.ts',
  ])('leaves %s free', async (path) => {
    expect(await isPure(path)).toBe(false);
  });
});
