import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { Cast } from './cast.js';

const ROOT = join(import.meta.dirname, '../..');
const AUDIT_MS_MAX = 120_000;

export interface AuditOutcome {
  readonly note: string;
  /** Why the pipeline is not clean. */
  readonly finding?: string;
}

/** The operators' own proof, on what chaos has left behind: `qazyna audit pipeline`, as a process of its own. */
export async function auditPipeline(cast: Cast): Promise<AuditOutcome> {
  const help = await qazyna(cast, ['audit', '--help']);
  if (!/^\s+pipeline\b/m.test(help.text)) return { note: 'not there yet' };
  const { code, text } = await qazyna(cast, ['audit', 'pipeline']);
  return code === 0 ? { note: 'clean' } : { note: `exit ${code}`, finding: `the audit of the pipeline is not clean (exit ${code}):\n${text.slice(-4_000)}` };
}

function qazyna(cast: Cast, words: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    SWC_NODE_PROJECT: 'tsconfig.base.json',
    KAFKA_BROKERS: cast.kafka.brokers.join(','),
    EVENTSTORE_URL: cast.storeUrl,
    QAZYNA_DATA_DIR: cast.folder,
  };
  const program = ['--disable-warning=ExperimentalWarning', '--conditions=@qazyna/source', '--import', '@swc-node/register/esm-register', 'services/cli/src/main.ts', ...words];
  return new Promise((resolve) => {
    execFile(process.execPath, program, { cwd: ROOT, env, timeout: AUDIT_MS_MAX, maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, text: `${stdout}${stderr}` });
    });
  });
}
