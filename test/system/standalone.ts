import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, launchServiceProcess, type ServiceProcess } from '@qazyna/testing';
import { until } from './caller.js';

const ENTRY = 'services/standalone/src/main.ts';
const STORY_MS_MAX = 90_000;

/** What `npm start` runs, as a process with a data folder of its own, which can be killed and started again. */
export class Standalone {
  private process: ServiceProcess | undefined;
  private port = 0;

  private constructor(
    readonly dataDir: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  /** Starts on an empty folder. `story`: whether it plays its story there; it is over when this resolves. */
  static async start(options: { readonly story: boolean; readonly env?: Readonly<Record<string, string>> }): Promise<Standalone> {
    const standalone = new Standalone(mkdtempSync(join(tmpdir(), 'qazyna-standalone-')), { QAZYNA_STORY: options.story ? 'on' : 'off', ...options.env });
    try {
      await standalone.again();
      if (options.story) {
        const log = await until('the story is over', () => standalone.log(), (text) => /What happened:|the story stopped/.test(text), STORY_MS_MAX);
        if (!log.includes('What happened:')) throw new Error('the story stopped');
      }
      return standalone;
    } catch (error) {
      await standalone.remove();
      throw new Error(`standalone: ${error instanceof Error ? error.message : String(error)}\n${standalone.log()}`, { cause: error });
    }
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  log(): string {
    return this.process?.log() ?? '';
  }

  /** Starts on the same folder and port. @returns ms from the start of the process until it is ready */
  async again(): Promise<number> {
    if (this.port === 0) [this.port = 0] = await freePorts(1);
    const started = performance.now();
    this.process = await launchServiceProcess({ entry: ENTRY, env: { QAZYNA_DATA_DIR: this.dataDir, PORT: String(this.port), ...this.env } });
    await this.process.ready();
    return performance.now() - started;
  }

  /** Without warning. */
  async kill9(): Promise<void> {
    await this.process?.kill9();
  }

  /** As SIGTERM does; resolves with the exit code. */
  async stop(): Promise<number | null> {
    const stopping = this.process;
    this.process = undefined;
    return (await stopping?.stop()) ?? null;
  }

  /** Ends the process and removes its folder. */
  async remove(): Promise<void> {
    await this.process?.kill9();
    rmSync(this.dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}
