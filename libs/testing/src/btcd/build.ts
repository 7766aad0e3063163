import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Missing } from '../tiers.js';

const BTCD_VERSION = 'v0.26.2';
const BUILD_MS_MAX = 300_000;

/**
 * The btcd program, built with Go into the user's cache the first time (about 30 s on two cores).
 * @throws when Go is there and the build fails
 */
export async function buildBtcd(): Promise<string | Missing> {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(cache, 'qazyna', `btcd-${BTCD_VERSION}`);
  const program = join(folder, process.platform === 'win32' ? 'btcd.exe' : 'btcd');
  if (existsSync(program)) return program;
  if (spawnSync('go', ['version']).status !== 0) return new Missing('Go is not installed');
  mkdirSync(folder, { recursive: true });
  // Built aside and moved into place, so that two builds at once, or one cut short, leave no half program.
  const building = mkdtempSync(join(folder, 'building-'));
  try {
    await goInstall(building);
    renameSync(join(building, program.slice(folder.length + 1)), program);
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
  return program;
}

function goInstall(target: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const go = spawn('go', ['install', `github.com/btcsuite/btcd@${BTCD_VERSION}`], { env: { ...process.env, GOBIN: target }, stdio: ['ignore', 'ignore', 'pipe'], timeout: BUILD_MS_MAX });
    let complaint = '';
    go.stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString('utf8')).slice(-2_000);
    });
    go.on('error', reject);
    go.on('close', (status) => (status === 0 ? resolve() : reject(new Error(`btcd could not be built (go ended with ${String(status)}): ${complaint}`))));
  });
}
