import { EXIT, UsageError } from '../exit-codes.js';
import type { CommandContext, RegisterCommands } from '../program.js';
import { toJsonText, type Terminal } from '../terminal.js';
import { addressOf, asUsage, Door } from '../door/door.client.js';
import { uploadList, type ListAnswer } from './lists.client.js';

const KINDS = ['ofac', 'text', 'opensanctions'];
const BAR_WIDTH = 30;

export interface UpdateOptions {
  readonly list: string;
  readonly name?: string;
  readonly listVersion?: string;
  readonly mayShrink: boolean;
  readonly dryRun: boolean;
  readonly url?: string;
}

const HELP = `
The file is a whole version of the list: what it does not name is taken off. Everything known is compared with it at once.
Ends with 0 when it is in force (or was already), 1 when it was refused or has types of address never seen before, 2 and 3 as elsewhere.
OPERATOR_TOKEN is an access token with the role "compliance-officer". The address is --url, or INTAKE_URL, or this machine's.`;

/** `qazyna screening …`: lists to be compared with. */
export const registerScreeningCommands: RegisterCommands = (program, context) => {
  program
    .command('screening')
    .description('sanctions lists that origins are compared with')
    .command('update <file>')
    .description('hand in a new version of a list')
    .requiredOption('--list <kind>', 'ofac (sdn.xml or sdn_advanced.xml), text (one address a line) or opensanctions (JSON lines)')
    .option('--name <list>', 'which list it is a version of; left out, the kind')
    .option('--list-version <version>', 'its version; left out, the day it was published or its hash')
    .option('--may-shrink', 'take it although it has less than half the entries of the version before', false)
    .option('--dry-run', 'only say what would change', false)
    .option('--url <address>', 'the service that takes lists')
    .addHelpText('after', HELP)
    .action(async (file: string, options: UpdateOptions) => void (await updateList(file, options, context)));
};

/** Hands in a version of a list, or says what would change, and prints what came of it. @returns whether it was not refused @throws {UsageError} @throws {Unreachable} */
export async function updateList(file: string, options: UpdateOptions, context: CommandContext): Promise<boolean> {
  const terminal = context.terminal();
  try {
    const answer = await update(file, options, terminal);
    terminal.out(terminal.json ? toJsonText(answer) : textOf(answer));
    if (answer.unknownTypes.length > 0) context.exit(EXIT.findings);
    return true;
  } catch (error) {
    const { code, message } = asUsage(error, [401, 403]);
    if (terminal.json) terminal.out(toJsonText({ file, refused: code, message }));
    else terminal.err(`${file} is refused, and the version before stays in force: ${message}\n`);
    context.exit(EXIT.findings);
    return false;
  }
}

async function update(file: string, { list, name = list, listVersion, mayShrink, dryRun, url }: UpdateOptions, terminal: Terminal): Promise<ListAnswer> {
  if (!KINDS.includes(list)) throw new UsageError(`--list must be one of ${KINDS.join(', ')}, not ${list}`);
  const door = await Door.open(addressOf(url, 'INTAKE_URL', terminal), 'compliance-officer', terminal);
  const query = { list: name, format: list, mayShrink: String(mayShrink), dryRun: String(dryRun), ...(listVersion === undefined ? {} : { version: listVersion }) };
  const answer = await uploadList(door, file, query, (sent, of) => showProgress(terminal, sent, of));
  if (terminal.isInteractive) terminal.err('\r\u001b[K');
  return answer;
}

function showProgress({ err, isInteractive }: Terminal, sent: number, of: number): void {
  if (!isInteractive) return;
  const filled = of === 0 ? BAR_WIDTH : Math.round((sent / of) * BAR_WIDTH);
  err(`\r\u001b[K${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${(sent / 1_048_576).toFixed(1)} of ${(of / 1_048_576).toFixed(1)} MiB${sent >= of ? ', being compared' : ''}`);
}

const SAID: Readonly<Record<ListAnswer['status'], string>> = { 'updated': 'is in force', 'unchanged': 'was in force already', 'dry-run': 'would be in force: nothing is recorded' };

function textOf({ status, list, version, previousVersion, sha256, entries, added, removed, unrecognised, perType, unknownTypes }: ListAnswer): string {
  return [
    `${list} ${version} ${SAID[status]}`,
    `file      SHA-256 ${sha256}`,
    `before    ${previousVersion ?? '(none)'}`,
    `entries   ${entries}: ${added} added, ${removed} removed`,
    ...Object.entries(perType).sort(([a], [b]) => (a < b ? -1 : 1)).map(([type, count]) => `  ${type.padEnd(8)}${count}`),
    ...(unrecognised === 0 ? [] : [`${unrecognised} without a checksum known here: compared as they are written`]),
    ...unknownTypes.map((type) => `ALERT     the type ${type} was never seen before: look whether it is read rightly`),
  ].map((line) => `${line.replaceAll(/[\p{Cc}\p{Cf}]/gu, '?')}\n`).join('');
}
