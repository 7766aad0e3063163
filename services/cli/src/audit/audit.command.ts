import { loadPlatformConfig, type PlatformConfig } from '@qazyna/service-kit';
import { EXIT, UsageError } from '../exit-codes.js';
import type { RegisterCommands } from '../program.js';
import { System } from '../sources/system.js';
import { toJsonText, type Terminal } from '../terminal.js';
import { auditPipeline } from './audit-pipeline.js';
import { reportText } from './report.js';

interface PipelineOptions {
  readonly all: boolean;
  readonly strict: boolean;
  readonly grace: string;
  readonly dataDir: readonly string[];
  readonly scratch?: string;
}

const PROGRESS_EVERY_MS = { interactive: 250, otherwise: 10_000 };

const HELP = `
Walks the event store, the topics, the dead letters, the views and the journal, of a system that runs or is stopped, changes
nothing, and says of every event where it is. "Consumed" means that the effect a message must have is in the streams, not that
an offset moved. Notices (such as messages that will be delivered again) lose nothing and leave the exit code 0.`;

/** `qazyna audit …`: proofs over what is stored, which trust no service's own view. */
export const registerAuditCommands: RegisterCommands = (program, context) => {
  const audit = program.command('audit').description('prove that what is stored is complete and agrees with itself');
  audit
    .command('pipeline')
    .description('account for every event: relayed, consumed, dead-lettered, missing')
    .option('--all', 'list every finding, not only the first 20 of each kind and place', false)
    .option('--strict', 'let notices count as findings', false)
    .option('--grace <seconds>', 'what is younger may still be on its way to the journal', '60')
    .option('--data-dir <folder...>', 'further folders with checkpoints and views, where each service has its own', [])
    .option('--scratch <folder>', 'folder for copies and rebuilt views; it needs room for the event store and the views')
    .addHelpText('after', HELP)
    .action(async (options: PipelineOptions) => {
      const terminal = context.terminal();
      const graceMs = Number(options.grace) * 1000;
      if (!Number.isFinite(graceMs) || graceMs < 0) throw new UsageError(`--grace must be a number of seconds, not ${options.grace}`);
      const config = configOf(terminal);
      const progress = new Progress(terminal);
      const system = System.open({ config, dataDirs: [...new Set([config.dataDir, ...options.dataDir])], scratchDir: options.scratch });
      try {
        const report = await auditPipeline(system, { now: new Date(), graceMs, listedMax: options.all ? Infinity : 20, onProgress: (step, walked) => progress.tell(step, walked) });
        progress.end();
        terminal.out(terminal.json ? toJsonText(report) : reportText(report));
        const isClean = options.strict ? report.counts.length === 0 : report.clean;
        context.exit(isClean ? EXIT.clean : EXIT.findings);
      } finally {
        progress.end();
        await system.close();
      }
    });
};

/** The services' own settings; whether the parts are shared or in one folder follows from them. */
function configOf({ env }: Terminal): PlatformConfig {
  const standalone = env['EVENTSTORE_URL'] === undefined || env['KAFKA_BROKERS'] === undefined;
  return loadPlatformConfig(env, { standalone, usesChain: false }).config;
}

/** One line that overwrites itself on a terminal; elsewhere a line now and then. */
class Progress {
  private toldAt = performance.now();
  private isOpen = false;

  constructor(private readonly terminal: Terminal) {}

  tell(step: string, walked: number): void {
    const { signal, isInteractive, err } = this.terminal;
    signal.throwIfAborted();
    const now = performance.now();
    if (now - this.toldAt < (isInteractive ? PROGRESS_EVERY_MS.interactive : PROGRESS_EVERY_MS.otherwise)) return;
    this.toldAt = now;
    const line = `audit: ${step}, ${walked.toLocaleString('en')} walked`;
    err(isInteractive ? `\r\u001b[K${line}` : `${line}\n`);
    this.isOpen = isInteractive;
  }

  end(): void {
    if (this.isOpen) this.terminal.err('\r\u001b[K');
    this.isOpen = false;
  }
}
