import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describeWith, OWN_KAFKA } from '@qazyna/testing';

const ROOT = join(import.meta.dirname, '../..');
const RUN_MS_MAX = 360_000;

/** Runs the program itself, so that what CI proves is what an operator can repeat by hand. */
function chaos(words: readonly string[]): Promise<{ readonly code: number | null; readonly text: string }> {
  const program = ['--disable-warning=ExperimentalWarning', '--conditions=@qazyna/source', '--import', '@swc-node/register/esm-register', 'test/chaos/run.ts', ...words];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, program, { cwd: ROOT, env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', SWC_NODE_PROJECT: 'tsconfig.base.json' }, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
    const limit = setTimeout(() => child.kill('SIGTERM'), RUN_MS_MAX);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(limit);
      resolve({ code, text });
    });
  });
}

/** Those that take seconds each; `npm run chaos -- --short` has the others too, and takes six minutes. */
const FAULTS = 'kill -9,the broker stands still,break mid-append,never answered';

/** Half of the short form's: enough to be under way whenever a fault comes. */
const CLAIMS = '450';

await describeWith(OWN_KAFKA, 'chaos with real processes', () => {
  it('loses and doubles nothing while services, the broker and the store are killed, stopped and cut off', async () => {
    const { code, text } = await chaos(['--short', '--claims', CLAIMS, '--only', FAULTS]);
    // Whoever reads the report of a failure needs the run's own words, not a flag.
    if (code !== 0) throw new Error(`the run ended with ${String(code)}:\n${text.slice(-6_000)}`);
    expect(text).toContain('Nothing missing, nothing doubled, every class sums to zero.');
  }, RUN_MS_MAX + 10_000);
});
