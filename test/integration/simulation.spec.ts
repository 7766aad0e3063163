import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BUGS } from '../simulation/bugs/bugs.js';
import { spoil } from '../simulation/bugs/bug.js';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
const ORACLE = join(ROOT, 'test/simulation/oracle');
/** Far above what it takes: CI's machine does other work beside it. */
const LIMIT_MS = 200_000;

interface Ended {
  readonly code: number;
  readonly output: string;
}

/** The command line of the simulator, in processes of its own: it takes over the clock of whoever runs it. */
async function simulate(...words: string[]): Promise<Ended> {
  const node = ['--disable-warning=ExperimentalWarning', '--conditions=@qazyna/source', '--import', '@swc-node/register/esm-register', 'test/simulation/run.ts', ...words];
  try {
    const { stdout } = await run(process.execPath, node, { cwd: ROOT, timeout: LIMIT_MS, maxBuffer: 64 * 1024 * 1024 });
    return { code: 0, output: stdout };
  } catch (error) {
    const { code, stdout } = error as { readonly code?: unknown; readonly stdout?: string };
    return { code: typeof code === 'number' ? code : -1, output: stdout ?? String(error) };
  }
}

describe('the simulator', () => {
  it('plays a fixed set of seeds in which nothing is found', async () => {
    const { code, output } = await simulate('--seeds', '8', '--from', '1');
    expect(output).toMatch(/8 seeds from 1, \d+ events, 0 failed/);
    expect(code).toBe(0);
  }, LIMIT_MS);

  // In the second a service that keeps a snapshot of its journal is told to stop: its files must not answer in true time.
  it.each(['4', '26249'])('replays seed %s byte for byte', async (seed) => {
    const [first, second] = [await simulate('--seed', seed, '--trace'), await simulate('--seed', seed, '--trace')];
    expect(first.code).toBe(0);
    expect(first.output.split('\n').length).toBeGreaterThan(100);
    expect(second.output).toBe(first.output);
  }, 2 * LIMIT_MS);

  it('finds a bug, says so by its exit code, and prints the seed and a shortened trace', async () => {
    const { code, output } = await simulate('--seed', '4', '--bug', 'confirmations-overcounted');
    expect(output).toMatch(/seed 4 fails; npm run simulate -- --seed 4 --trace --bug confirmations-overcounted\n {2}INV-28: /);
    expect(output.split('\n').length).toBeLessThan(100);
    expect(code).toBe(1);
  }, LIMIT_MS);
});

describe('the oracle', () => {
  it('imports nothing but itself', () => {
    const imports = readdirSync(ORACLE).flatMap((file) => [...readFileSync(join(ORACLE, file), 'utf8').matchAll(/\bfrom '([^']+)'|\bimport\(['"`]([^'"`]+)|\brequire\(/g)].map(([, name, dynamic]) => name ?? dynamic ?? 'require'));
    expect(imports.length).toBeGreaterThan(10);
    for (const name of imports) expect(name).toMatch(/^\.\/[a-z-]+\.js$/);
  });
});

describe('bugs on purpose', () => {
  it('are at least twelve, and each fits the code as it is', () => {
    expect(BUGS.length).toBeGreaterThanOrEqual(12);
    expect(new Set(BUGS.map(({ name }) => name)).size).toBe(BUGS.length);
    for (const bug of BUGS) {
      const source = readFileSync(join(ROOT, bug.file), 'utf8');
      expect(spoil(bug, source)).not.toBe(source);
    }
  });

  it('are refused when their text is not there exactly once', () => {
    const bug = { name: 'x', what: '', file: 'f', find: 'a', replace: 'b' };
    expect(spoil(bug, 'an')).toBe('bn');
    expect(() => spoil(bug, 'none')).toThrow(/its text is not in f/);
    expect(() => spoil(bug, 'a a')).toThrow(/more than once/);
  });
});
