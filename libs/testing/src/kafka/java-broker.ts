import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { downloadKafka } from './distribution.js';
import { freePorts } from './free-ports.js';
import { serverProperties } from './server-properties.js';
import type { RunningKafka, StartKafkaOptions } from './start-kafka.js';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
const run = promisify(execFile);

/** Ends the broker when this process ends, however it ends: the shell's input closes with it. */
const WATCHED = 'java "$@" >>"$BROKER_LOG" 2>&1 & echo $!; cat >/dev/null; kill -9 $! 2>/dev/null';

/** A real broker on this machine's Java, in a folder of its own. */
export class JavaBroker implements RunningKafka {
  readonly brokers: readonly string[];
  private watcher: ChildProcess | undefined;
  private current: number | undefined;

  private constructor(
    private readonly classPath: string,
    private readonly folder: string,
    private readonly port: number,
    private readonly ownsFolder: boolean,
  ) {
    this.brokers = [`127.0.0.1:${port}`];
  }

  static async start(options: StartKafkaOptions): Promise<JavaBroker> {
    const classPath = await downloadKafka();
    const folder = options.dataDir ?? mkdtempSync(join(tmpdir(), 'qazyna-kafka-'));
    mkdirSync(folder, { recursive: true });
    const [first = 0, second = 0] = await freePorts(2);
    const port = options.port ?? first;
    const broker = new JavaBroker(classPath, folder, port, options.dataDir === undefined);
    const properties = join(folder, 'server.properties');
    writeFileSync(properties, serverProperties({ port, controllerPort: second, logDir: join(folder, 'data') }));
    if (!existsSync(join(folder, 'data', 'meta.properties'))) {
      const { stdout } = await run('java', ['-cp', classPath, 'kafka.tools.StorageTool', 'random-uuid'], { timeout: START_TIMEOUT_MS });
      await run('java', ['-cp', classPath, 'kafka.tools.StorageTool', 'format', '-t', stdout.trim(), '-c', properties], { timeout: START_TIMEOUT_MS });
    }
    try {
      await broker.launch();
    } catch (error) {
      broker.kill('SIGKILL');
      throw error;
    }
    return broker;
  }

  get pid(): number | undefined {
    return this.current;
  }

  /** Where the broker writes what it does. */
  get logFile(): string {
    return join(this.folder, 'broker.log');
  }

  async stop(): Promise<void> {
    this.kill('SIGTERM');
    await this.ended().catch(() => this.kill('SIGKILL'));
    this.watcher?.stdin?.end();
    if (this.ownsFolder) rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async kill9(): Promise<void> {
    this.kill('SIGKILL');
    await this.ended();
    this.watcher?.stdin?.end();
  }

  async restart(): Promise<void> {
    if (this.isAlive()) {
      this.kill('SIGTERM');
      await this.ended();
      this.watcher?.stdin?.end();
    }
    await this.launch();
  }

  private async launch(): Promise<void> {
    const args = ['-Xms256m', '-Xmx512m', '-XX:+UseSerialGC', '-cp', this.classPath, 'kafka.Kafka', join(this.folder, 'server.properties')];
    const watcher = spawn('sh', ['-c', WATCHED, 'broker', ...args], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...process.env, BROKER_LOG: this.logFile },
    });
    this.watcher = watcher;
    this.current = await new Promise<number>((resolve, reject) => {
      watcher.once('error', reject);
      watcher.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk.toString().trim())));
    });
    // A test runner that is done must not be kept alive by its broker.
    watcher.unref();
    (watcher.stdin as unknown as { unref(): void }).unref();
    (watcher.stdout as unknown as { unref(): void }).unref();
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!(await this.accepts())) {
      if (!this.isAlive() || Date.now() > deadline) throw new Error(`Kafka does not start:\n${readFileSync(this.logFile, 'utf8').slice(-4_000)}`);
      await sleep(100);
    }
  }

  private accepts(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.1', port: this.port });
      const end = (result: boolean) => (): void => {
        socket.destroy();
        resolve(result);
      };
      socket.once('connect', end(true)).once('error', end(false)).setTimeout(1_000, end(false));
    });
  }

  private kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    try {
      if (this.current !== undefined) process.kill(this.current, signal);
    } catch {
      // It has ended already.
    }
  }

  private isAlive(): boolean {
    try {
      return this.current !== undefined && process.kill(this.current, 0);
    } catch {
      return false;
    }
  }

  private async ended(): Promise<void> {
    const deadline = Date.now() + STOP_TIMEOUT_MS;
    // A zombie answers signals until its shell has ended; what counts is that nobody listens.
    while (this.isAlive() && (await this.accepts())) {
      if (Date.now() > deadline) throw new Error('Kafka does not end');
      await sleep(50);
    }
    while (this.isAlive() && Date.now() < deadline) {
      this.watcher?.stdin?.end();
      await sleep(20);
    }
  }
}
