import { registerAuditCommands } from './audit/audit.command.js';
import { registerDeadLetterCommands } from './dead-letters/dead-letters.command.js';
import { registerImportCommands } from './import/import.command.js';
import { registerRegisterCommands } from './registers/registers.command.js';
import { registerScreeningCommands } from './screening/screening.command.js';
import { registerSigningCommands } from './signing/signing.command.js';
import type { RegisterCommands } from './program.js';

/** Every group of commands, in the order of the help. */
export const COMMANDS: readonly RegisterCommands[] = [registerAuditCommands, registerDeadLetterCommands, registerImportCommands, registerRegisterCommands, registerScreeningCommands, registerSigningCommands];
