import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const STARTED_MS_MAX = 30_000;

/** EventStoreDB's stand-in as a process of its own, so that it outlives every service that is killed. */
export interface DoubleProcess {
  readonly url: string;
  stop(): Promise<void>;
}

/** @throws {Error} it does not listen in time */
export async function startDoubleProcess(dataFile?: string): Promise<DoubleProcess> {
  const program = join(ROOT, 'libs/testing/src/eventstoredb/main.ts');
  const child = spawn(process.execPath, ['--conditions=@qazyna/source', '--import', '@swc-node/register/esm-register', program, '0', ...(dataFile === undefined ? [] : [dataFile])], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', SWC_NODE_PROJECT: 'tsconfig.base.json' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const endWithUs = (): void => void child.kill('SIGKILL');
  process.on('exit', endWithUs);
  const exited = once(child, 'exit');
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString('utf8')).slice(-4_000)));
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the double did not start:\n${errors}`)), STARTED_MS_MAX);
    let written = '';
    child.stdout.on('data', (chunk: Buffer) => {
      written += chunk.toString('utf8');
      const line = /^esdb:\S+$/m.exec(written)?.[0];
      if (line === undefined) return;
      clearTimeout(timer);
      resolve(line);
    });
    void exited.then(() => reject(new Error(`the double ended:\n${errors}`)));
  }).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw error;
  });
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      const hard = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await exited;
      clearTimeout(hard);
      process.off('exit', endWithUs);
    },
  };
}
