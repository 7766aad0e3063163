import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { report, type JestResults, type SkipRecord, type TierRun } from './report.ts';

/**
 * Runs the test tiers and sums them up: `node test/tiers/run.ts [unit|integration|e2e …] [-- Jest's own arguments]`.
 * Results stay in test-results/, one JSON file of Jest's per tier.
 */

interface Tier {
  readonly name: string;
  readonly jestArguments: readonly string[];
  /** A tier that hangs is ended, so that CI always gets its last line. */
  readonly limitMs: number;
}

const MINUTE_MS = 60_000;

const TIERS: readonly Tier[] = [
  { name: 'unit', jestArguments: ['--testTimeout=10000'], limitMs: 6 * MINUTE_MS },
  { name: 'integration', jestArguments: ['--maxWorkers=1', '--testTimeout=60000'], limitMs: 20 * MINUTE_MS },
  { name: 'e2e', jestArguments: ['--maxWorkers=1', '--testTimeout=120000'], limitMs: 12 * MINUTE_MS },
];

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const RESULTS = join(ROOT, 'test-results');
const NODE_OPTIONS = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];

const { names, jestArguments } = readArguments(process.argv.slice(2));
const chosen = names.length === 0 ? TIERS : TIERS.filter((tier) => names.includes(tier.name));
const unknown = names.filter((name) => !TIERS.some((tier) => tier.name === name));
if (unknown.length > 0) {
  console.error(`No such tier: ${unknown.join(', ')}. Tiers: ${TIERS.map((tier) => tier.name).join(', ')}.`);
  process.exit(2);
}

const runs: TierRun[] = [];
for (const tier of chosen) {
  console.log(`\n== ${tier.name} ==`);
  runs.push(await runTier(tier));
}
const { lines, ok } = report(runs, isSet(process.env['CI']));
console.log(lines.join('\n'));
process.exitCode = ok ? 0 : 1;

function readArguments(given: readonly string[]): { names: readonly string[]; jestArguments: readonly string[] } {
  const end = given.indexOf('--');
  if (end === -1) return { names: given, jestArguments: [] };
  return { names: given.slice(0, end), jestArguments: given.slice(end + 1) };
}

async function runTier(tier: Tier): Promise<TierRun> {
  const resultsFile = join(RESULTS, `${tier.name}.json`);
  const skipFolder = join(RESULTS, 'skips', tier.name);
  rmSync(resultsFile, { force: true });
  rmSync(skipFolder, { recursive: true, force: true });
  mkdirSync(skipFolder, { recursive: true });

  const started = performance.now();
  const { exitCode, timedOut } = await runJest(tier, resultsFile, skipFolder);
  return {
    tier: tier.name,
    results: readResults(resultsFile),
    exitCode,
    timedOut,
    skips: readSkips(skipFolder),
    durationMs: performance.now() - started,
  };
}

function runJest(tier: Tier, resultsFile: string, skipFolder: string): Promise<{ exitCode: number; timedOut: boolean }> {
  const child = spawn(
    process.execPath,
    [
      ...NODE_OPTIONS,
      join(ROOT, 'node_modules/jest/bin/jest.js'),
      '--selectProjects', tier.name,
      '--passWithNoTests',
      '--json', `--outputFile=${resultsFile}`,
      ...tier.jestArguments,
      ...jestArguments,
    ],
    // Jest reports progress on stderr; its stdout would repeat the JSON.
    { cwd: ROOT, stdio: ['inherit', 'ignore', 'inherit'], env: { ...process.env, QAZYNA_SKIP_RECORDS: skipFolder } },
  );
  return new Promise((resolve, reject) => {
    let timedOut = false;
    const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
    const limit = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, tier.limitMs);
    process.on('SIGINT', forward);
    process.on('SIGTERM', forward);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(limit);
      process.off('SIGINT', forward);
      process.off('SIGTERM', forward);
      resolve({ exitCode: code ?? 1, timedOut });
    });
  });
}

function readResults(file: string): JestResults | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as JestResults;
  } catch {
    return undefined;
  }
}

function readSkips(folder: string): SkipRecord[] {
  return readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as SkipRecord);
}

/** CI services set `CI=true`; a developer may switch it off with `CI=` or `CI=false`. */
function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== 'false' && value !== '0';
}
