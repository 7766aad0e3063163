import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Each wall is proven by planting a violation of it in a small workspace and seeing the check name it. */

const CHECK = join(import.meta.dirname, 'check.ts');
const PACKAGES = ['libs/ledger', 'libs/event-store', 'libs/contracts', 'libs/testing', 'services/intake', 'services/custody', 'services/standalone', 'services/cli'];
const DECIDER = "import type { Decider } from '@qazyna/event-store/decider';\nexport const planted: Decider<number> = { initialState: () => 0 };\n";

const CLEAN: Readonly<Record<string, string>> = {
  'libs/ledger/src/index.ts': "export const zero = 0n;\n",
  'libs/event-store/src/index.ts': "import { DatabaseSync } from 'node:sqlite';\nexport * from './decider.js';\nexport const open = (): DatabaseSync => new DatabaseSync(':memory:');\n",
  'libs/event-store/src/decider.ts': "export interface Decider<State> { initialState(): State }\n",
  'libs/contracts/src/index.ts': "import { Kafka } from 'kafkajs';\nexport interface Fact { readonly id: string }\nexport const kafka = Kafka;\n",
  'libs/testing/src/index.ts': "export const fixture = 1;\n",
  'services/intake/src/index.ts': "export * from './seizures/seizures.module.js';\n",
  'services/intake/src/seizures/case.ts':
    "import { createHash } from 'node:crypto';\nimport { zero } from '@qazyna/ledger';\nimport type { Fact } from '@qazyna/contracts';\nimport type { Decider } from '@qazyna/event-store/decider';\nexport const seizureCase: Decider<bigint> = { initialState: () => zero };\nexport const name = (fact: Fact): string => createHash('sha256').update(fact.id).digest('hex');\n",
  'services/intake/src/seizures/case.spec.ts': "import { fixture } from '@qazyna/testing';\nimport './case.js';\nexport const used = fixture;\n",
  'services/intake/src/seizures/seizures.module.ts': "import { open } from '@qazyna/event-store';\nimport './case.js';\nexport const store = open();\n",
  'services/custody/src/index.ts': "export const custody = 1;\n",
  'services/standalone/src/index.ts': "export * from '@qazyna/intake';\nexport * from '@qazyna/custody';\n",
  'services/cli/src/index.ts': "export * from '@qazyna/intake';\nexport * from '@qazyna/custody';\n",
  'services/cli/src/audit/reads-a-file.ts': "export { readFileSync } from 'node:fs';\n",
  'test/e2e/story.spec.ts': "export * from '@qazyna/standalone';\n",
};

interface Plant {
  readonly wall: string;
  readonly path: string;
  readonly text: string;
}

const PLANTS: readonly Plant[] = [
  { wall: 'services', path: 'services/custody/src/other.ts', text: "export * from '@qazyna/intake';\n" },
  { wall: 'services', path: 'services/custody/src/types-only.ts', text: "import type { store } from '@qazyna/intake';\nexport type Store = typeof store;\n" },
  { wall: 'services', path: 'services/custody/src/root.ts', text: "export * from '@qazyna/standalone';\n" },
  { wall: 'services', path: 'services/custody/src/tools.ts', text: "export * from '@qazyna/cli';\n" },
  { wall: 'libraries', path: 'libs/contracts/src/tools.ts', text: "export * from '@qazyna/cli';\n" },
  { wall: 'tests', path: 'services/cli/src/fixtures-in-product.ts', text: "export * from '@qazyna/testing';\n" },
  { wall: 'deciders', path: 'services/cli/src/audit/decider.ts', text: "export function decide(): void {}\n" },
  { wall: 'services', path: 'services/custody/src/lazy.ts', text: "export const later = () => import('@qazyna/intake');\n" },
  { wall: 'services', path: 'services/custody/src/other.spec.ts', text: "import '@qazyna/intake';\n" },
  { wall: 'libraries', path: 'libs/ledger/src/upwards.spec.ts', text: "import '@qazyna/intake';\n" },
  { wall: 'libraries', path: 'libs/contracts/src/upwards.ts', text: "export * from '@qazyna/custody';\n" },
  { wall: 'relative', path: 'services/intake/src/sideways.ts', text: "export * from '../../../libs/ledger/src/index.js';\n" },
  { wall: 'relative', path: 'test/e2e/sideways.ts', text: "export * from '../../libs/ledger/src/index.js';\n" },
  { wall: 'exports', path: 'services/intake/src/deep.ts', text: "export * from '@qazyna/ledger/src/index.js';\n" },
  { wall: 'exports', path: 'services/intake/src/nowhere.ts', text: "export * from '@qazyna/no-such-package';\n" },
  { wall: 'tests', path: 'services/intake/src/fixtures-in-product.ts', text: "export * from '@qazyna/testing';\n" },
  { wall: 'domain', path: 'libs/ledger/src/reads-a-file.ts', text: "export { readFileSync } from 'node:fs';\n" },
  { wall: 'domain', path: 'libs/ledger/src/lazily.ts', text: "export const later = () => import('node:net');\n" },
  { wall: 'domain', path: 'libs/event-store/src/decider.ts', text: "import { open } from './index.js';\nexport interface Decider<State> { initialState(): State }\nexport const leak = open;\n" },
  { wall: 'domain', path: 'services/intake/src/seizures/queries.ts', text: "import { DatabaseSync } from 'node:sqlite';\nexport const db = new DatabaseSync(':memory:');\n" },
  { wall: 'domain', path: 'services/intake/src/seizures/broker.ts', text: "export { Kafka } from 'kafkajs';\n" },
  { wall: 'domain', path: 'services/intake/src/seizures/nest.ts', text: "import type { Injectable } from '@nestjs/common';\nexport type Decorator = Injectable;\n" },
  { wall: 'domain', path: 'services/intake/src/seizures/waits.ts', text: "import { setTimeout as wait } from 'node:timers/promises';\nexport const later = wait(1);\n" },
  { wall: 'domain', path: 'services/intake/src/seizures/store-user.ts', text: "import { open } from '@qazyna/event-store';\nexport const store = open();\n" },
  { wall: 'domain', path: 'services/intake/src/seizures/contract-code.ts', text: "import { kafka } from '@qazyna/contracts';\nexport const leak = kafka;\n" },
  { wall: 'domain', path: 'services/intake/src/seizures/nested/through-a-role.ts', text: "import { store } from '../seizures.module.js';\nexport const leak = store;\n" },
  { wall: 'roles', path: 'services/intake/src/seizures/case.io.ts', text: "export { readFileSync } from 'node:fs';\n" },
  { wall: 'deciders', path: 'services/intake/src/seizures/seizures.service.ts', text: DECIDER },
  { wall: 'deciders', path: 'services/intake/src/decider-outside.ts', text: DECIDER },
  { wall: 'deciders', path: 'services/standalone/src/story/decider.ts', text: "export function decide(): void {}\n" },
];

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'walls-'));
  for (const path of PACKAGES) plantPackage(path);
  plantDependency('kafkajs', 'export class Kafka {}\n');
  plantDependency('@nestjs/common', 'export class Injectable {}\n');
  write('tsconfig.base.json', JSON.stringify({ compilerOptions: { module: 'nodenext', target: 'es2023' } }));
  for (const [path, text] of Object.entries(CLEAN)) write(path, text);
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

it('lets a clean workspace through', () => {
  expect(check()).toEqual({ exitCode: 0, violations: [] });
});

it('sees each planted violation, names its wall, and nothing else', () => {
  for (const { path, text } of PLANTS) write(path, text);
  const { exitCode, violations } = check();
  expect(violations).toEqual(PLANTS.map(({ path, wall }) => `${path}: [${wall}]`).sort());
  expect(exitCode).toBe(1);
});

it('fails where it finds nothing to look at', () => {
  for (const folder of ['libs', 'services', 'test']) {
    rmSync(join(root, folder), { recursive: true });
    mkdirSync(join(root, folder));
  }
  expect(check().exitCode).toBe(1);
});

function check(): { exitCode: number | null; violations: string[] } {
  const { status, stderr } = spawnSync(process.execPath, [CHECK, root], { encoding: 'utf8', cwd: root });
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  return { exitCode: status, violations: lines.map((line) => /^.*?: \[[a-z]+\]/.exec(line)?.[0] ?? line).sort() };
}

function plantPackage(path: string): void {
  const name = `@qazyna/${path.split('/').at(-1)}`;
  const entry = (file: string): object => ({ '@qazyna/source': `./src/${file}.ts`, default: `./dist/${file}.js` });
  const exports = { '.': entry('index'), ...(name === '@qazyna/event-store' ? { './decider': entry('decider') } : {}) };
  write(`${path}/package.json`, JSON.stringify({ name, type: 'module', exports }));
  mkdirSync(join(root, 'node_modules/@qazyna'), { recursive: true });
  symlinkSync(join(root, path), join(root, 'node_modules', name), 'dir');
}

function plantDependency(name: string, text: string): void {
  write(`node_modules/${name}/package.json`, JSON.stringify({ name, type: 'module', exports: './index.js' }));
  write(`node_modules/${name}/index.js`, text);
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
