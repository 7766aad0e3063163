import type { RegisterCommands } from '../program.js';

/** `qazyna audit …`: proofs over what is stored, which trust no service's own view. */
export const registerAuditCommands: RegisterCommands = (program) => {
  program.command('audit').description('prove that what is stored is complete and agrees with itself');
};
