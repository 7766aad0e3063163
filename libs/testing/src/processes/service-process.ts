import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const WORKSPACE = fileURLToPath(new URL('../../../../', import.meta.url));
const READY_POLL_MS = 100;
const LOG_KEPT_CHARACTERS = 200_000;

export interface ServiceProcessOptions {
  /** Entry point below the workspace, such as `services/intake/src/main.ts`. */
  readonly entry: string;
  /** Added to a minimal environment; `PORT` is chosen when absent. */
  readonly env: Readonly<Record<string, string>>;
  /** Bound on the time from start to `/health/ready`. Default 60 s: tests share two cores. */
  readonly readyTimeoutMs?: number;
}

export interface ServiceProcess {
  readonly url: string;
  readonly pid: number;
  /** The last part of what it wrote to stdout and stderr. */
  log(): string;
  /** SIGKILL: nothing is flushed, closed or said goodbye to. Resolves when the process is gone. */
  kill9(): Promise<void>;
  /** SIGTERM; resolves with the exit code. Rejects when the process does not drain within the bound. */
  stop(timeoutMs?: number): Promise<number | null>;
  /** Resolves when `/health/ready` says yes. @throws {Error} with the log when it does not in time */
  ready(): Promise<void>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A TCP port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Starts a service from its source as a process of its own, and waits until it is ready. */
export async function startServiceProcess(options: ServiceProcessOptions): Promise<ServiceProcess> {
  const service = await launchServiceProcess(options);
  await service.ready();
  return service;
}

/** As `startServiceProcess`, without waiting. */
export async function launchServiceProcess({ entry, env, readyTimeoutMs = 60_000 }: ServiceProcessOptions): Promise<ServiceProcess> {
  const port = env['PORT'] ?? String(await freePort());
  const child = spawn(process.execPath, ['--conditions=@qazyna/source', '--import', '@swc-node/register/esm-register', entry], {
    cwd: WORKSPACE,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', SWC_NODE_PROJECT: 'tsconfig.base.json', LOG_LEVEL: 'info', ...env, PORT: port },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let log = '';
  const keep = (chunk: Buffer): void => void (log = (log + chunk.toString('utf8')).slice(-LOG_KEPT_CHARACTERS));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const exited = once(child, 'exit').then(([code]) => {
    running.delete(child);
    return code as number | null;
  });
  const url = `http://127.0.0.1:${port}`;
  const gone = (): boolean => child.exitCode !== null || child.signalCode !== null;

  return {
    url,
    pid: child.pid ?? -1,
    log: () => log,
    async kill9() {
      child.kill('SIGKILL');
      await exited;
    },
    async stop(timeoutMs = 30_000) {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
      const code = await exited;
      clearTimeout(timer);
      if (child.signalCode === 'SIGKILL') throw new Error(`${entry} did not stop within ${timeoutMs} ms:\n${log}`);
      return code;
    },
    async ready() {
      const deadline = Date.now() + readyTimeoutMs;
      let last = 'no answer';
      while (Date.now() < deadline) {
        if (gone()) throw new Error(`${entry} ended before it was ready:\n${log}`);
        const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
        last = (await answer?.text().catch(() => undefined)) ?? last;
        if (answer?.ok === true) return;
        await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS));
      }
      throw new Error(`${entry} was not ready within ${readyTimeoutMs} ms, but ${last}:\n${log}`);
    },
  };
}
