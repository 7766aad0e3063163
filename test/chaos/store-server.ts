import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePorts } from '@qazyna/testing';

const ROOT = join(import.meta.dirname, '../..');
/** It keeps the whole log in memory: three million events take a few GiB. */
const HEAP_MIB_MAX = 10_000;
const STARTED_MS_MAX = 30_000;

/** EventStoreDB's stand-in as a process on a port and a file of its own, so that it can be killed and started again. */
export class StoreServer {
  private child: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly file: string,
  ) {}

  /** @throws {Error} it does not listen in time */
  static async start(file: string): Promise<StoreServer> {
    const [port = 0] = await freePorts(1);
    const server = new StoreServer(port, file);
    process.on('exit', () => server.child?.kill('SIGKILL'));
    await server.again();
    return server;
  }

  get pid(): number {
    return this.child?.pid ?? -1;
  }

  /** A command on its standard input: `delay <ms>`, `rate <appends per second>`, `apply-then-time-out <count>`. */
  tell(command: string): void {
    this.child?.stdin?.write(`${command}\n`);
  }

  /** Ends it without warning; its file keeps what it had acknowledged. */
  async kill9(): Promise<void> {
    const { child } = this;
    if (child === undefined) return;
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    this.child = undefined;
  }

  /** Starts on the same port and file. */
  async again(): Promise<void> {
    const program = join(ROOT, 'libs/testing/src/eventstoredb/main.ts');
    const child = spawn(process.execPath, [`--max-old-space-size=${HEAP_MIB_MAX}`, '--conditions=@qazyna/source', '--import', '@swc-node/register/esm-register', program, String(this.port), this.file], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', SWC_NODE_PROJECT: 'tsconfig.base.json' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.child = child;
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString('utf8')).slice(-4_000)));
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`the store did not start:\n${errors}`)), STARTED_MS_MAX);
      child.stdout.on('data', (chunk: Buffer) => {
        if (!chunk.toString('utf8').includes('esdb:')) return;
        clearTimeout(timer);
        resolve();
      });
      child.once('exit', () => {
        clearTimeout(timer);
        reject(new Error(`the store ended:\n${errors}`));
      });
    });
  }
}
