export { EXIT, Unreachable, UsageError, type ExitCode } from './exit-codes.js';
export { runCommand, type CommandContext, type RegisterCommands } from './program.js';
export { toJsonText, type Terminal } from './terminal.js';
