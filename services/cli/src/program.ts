import { StoreUnavailable, StoreUnusable } from '@qazyna/event-store';
import { BusUnavailable } from '@qazyna/messaging';
import { ConfigError } from '@qazyna/service-kit';
import { Command, CommanderError } from 'commander';
import { COMMANDS } from './commands.js';
import { EXIT, Unreachable, UsageError } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';
import type { Terminal } from './terminal.js';

/** Adds its commands to the program. A command's action resolves to nothing and reports its exit code by `context.exit`. */
export type RegisterCommands = (program: Command, context: CommandContext) => void;

export interface CommandContext {
  /** The terminal, with `json` as the command line has it. Call it inside an action: before, nothing is parsed. */
  terminal(): Terminal;
  exit(code: ExitCode): void;
}

const EXIT_CODES_HELP = `
Exit codes: 0 clean, 1 findings, 2 usage or configuration, 3 store, Kafka or a file unreachable, 4 a fault of this program.
The connection is the services' own: QAZYNA_DATA_DIR, or EVENTSTORE_URL and KAFKA_BROKERS (docs/configuration.md).`;

/** Runs one command line, such as `['audit', 'pipeline', '--json']`. Never throws; errors go to `err`. */
export async function runCommand(argv: readonly string[], terminal: Omit<Terminal, 'json'>, commands: readonly RegisterCommands[] = COMMANDS): Promise<ExitCode> {
  let code: ExitCode = EXIT.clean;
  const program = new Command('qazyna')
    .description('Operator\'s tools for the ledger of the reserve.')
    .option('--json', 'print one JSON document in place of tables and text', false)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .addHelpText('afterAll', EXIT_CODES_HELP)
    .exitOverride();
  const context: CommandContext = {
    terminal: () => ({
      env: terminal.env,
      out: terminal.out,
      err: terminal.err,
      isInteractive: terminal.isInteractive,
      signal: terminal.signal,
      json: program.opts<{ json: boolean }>().json,
    }),
    exit: (chosen) => void (code = chosen),
  };
  for (const register of commands) register(program, context);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    return failed(error, terminal);
  }
}

function failed(error: unknown, terminal: Omit<Terminal, 'json'>): ExitCode {
  if (error instanceof CommanderError) {
    // Commander has printed its message, or the help that was asked for.
    return error.exitCode === 0 ? EXIT.clean : EXIT.usage;
  }
  if (error instanceof ConfigError || error instanceof UsageError) {
    terminal.err(`${error.message}\n`);
    return EXIT.usage;
  }
  if (terminal.signal.aborted) {
    terminal.err(`${error instanceof Error ? error.message : String(error)}\n`);
    return EXIT.fault;
  }
  if (error instanceof Unreachable || error instanceof StoreUnavailable || error instanceof StoreUnusable || error instanceof BusUnavailable) {
    terminal.err(`${error.message}\n`);
    return EXIT.unreachable;
  }
  terminal.err(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return EXIT.fault;
}
