import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';

const ROOT = join(import.meta.dirname, '../..');
const LINE_MS_MAX = 120_000;

/** A program below this folder in a process of its own, spoken to line by line. */
export class LineProcess {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly lines: AsyncIterator<string>;
  private errors = '';

  constructor(private readonly program: string, args: readonly string[], nodeArguments: readonly string[] = []) {
    const path = join(import.meta.dirname, program);
    this.child = spawn(process.execPath, [...nodeArguments, '--conditions=@qazyna/source', '--import', '@swc-node/register/esm-register', path, ...args], {
      cwd: ROOT,
      env: { ...process.env, SWC_NODE_PROJECT: 'tsconfig.base.json', NODE_ENV: 'production' },
    });
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => (this.errors = (this.errors + text).slice(-4_000)));
    const reader: Interface = createInterface({ input: this.child.stdout });
    this.lines = reader[Symbol.asyncIterator]();
  }

  /** The next line it prints, as JSON. @throws {Error} it ended instead, or took too long */
  async read<T>(): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`${this.program} printed nothing for ${LINE_MS_MAX} ms`)), LINE_MS_MAX);
    });
    try {
      const line = await Promise.race([this.lines.next(), late]);
      if (line.done === true) throw new Error(`${this.program} ended: ${this.errors}`);
      return JSON.parse(line.value) as T;
    } finally {
      clearTimeout(timer);
    }
  }

  ask<T>(order: object): Promise<T> {
    this.child.stdin.write(`${JSON.stringify(order)}\n`);
    return this.read();
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }
}
