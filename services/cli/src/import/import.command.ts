import { readFileSync } from 'node:fs';
import { EXIT, Unreachable, UsageError } from '../exit-codes.js';
import type { RegisterCommands } from '../program.js';
import { toJsonText, type Terminal } from '../terminal.js';
import { ImportTally, isClean, summaryText, type ImportSummary } from './import-summary.js';
import { piecesOf } from './pieces.js';
import { addressOf, asUsage, Door } from '../door/door.client.js';
import { KeyUnusable, privateKeyOf } from '@qazyna/signing';
import { readBytes } from '../signing/key-files.js';
import { updateList } from '../screening/screening.command.js';
import { handInStatement, type StatementMedia, type StatementQuery, type StatementSigner } from './statements.client.js';

/** What the door takes at once. */
const DOOR_BYTES_MAX = 16 * 1024 * 1024;
/** Files of lines are handed in by pieces of this size, so that progress shows and each answer comes soon. */
const PIECE_BYTES = 1024 * 1024;
const BAR_WIDTH = 30;

interface ImportOptions {
  readonly pool?: string;
  readonly account?: string;
  readonly list?: string;
  readonly format?: string;
  readonly media?: string;
  readonly url?: string;
  readonly privateKey?: string;
  readonly publisher?: string;
  readonly key?: string;
  readonly source?: string;
  readonly yes: boolean;
}

const HELP = `
First a dry run: the service says what would become of each row, and records nothing. With --yes the file is then handed in.
Rows that are held, refused or unreadable are shown with their line. Handed in again, a file changes nothing.
Ends with 0 when every row is in order, 1 when a person should look at some (in a dry run too) or the file is refused.
With --list the file is a version of a sanctions list, as for \`screening update\`.
OPERATOR_TOKEN is an access token with the role "pool-operator", for a list "compliance-officer". The address is --url, or MINING_URL, for a list
INTAKE_URL, or this machine's.`;

/** `qazyna import …`: statements of pools, and sanctions lists, as files. */
export const registerImportCommands: RegisterCommands = (program, context) => {
  program
    .command('import <file>')
    .description('hand in a pool\'s statement or a sanctions list: a dry run first, then with --yes for good')
    .option('--pool <name>', 'of a statement: the pool, by its registered short name')
    .option('--account <name>', 'of a statement: the account at the pool')
    .option('--list <kind>', 'a sanctions list in place of a statement: ofac, text or opensanctions')
    .option('--format <name>', 'btcpool-kz, viabtc, f2pool, antpool, braiins, canonical or statutory; left out, the pool\'s own')
    .option('--media <kind>', 'json, csv or json-lines; left out, told from the file\'s name')
    .option('--private-key <file>', 'sign what is handed in, where the pool signs: PKCS#8 PEM, with --publisher, --key and --source')
    .option('--publisher <name>', 'the publisher\'s registered name')
    .option('--key <name>', 'the key\'s name')
    .option('--source <uri>', 'the source that the publisher speaks as')
    .option('--yes', 'hand it in when the dry run went through', false)
    .option('--url <address>', 'the service that takes it')
    .addHelpText('after', HELP)
    .action(async (file: string, options: ImportOptions) => {
      const terminal = context.terminal();
      const { list, yes, url } = options;
      if (list !== undefined) {
        const isTaken = await updateList(file, { list, mayShrink: false, dryRun: !yes, ...(url === undefined ? {} : { url }) }, context);
        if (isTaken && !yes && !terminal.json) terminal.err('nothing is recorded: repeat with --yes to hand it in\n');
        return;
      }
      try {
        const summary = await importFile(file, options, terminal);
        terminal.out(terminal.json ? toJsonText(summary) : summaryText(summary));
        if (summary.dryRun && !terminal.json) terminal.err('nothing is recorded: repeat with --yes to hand it in\n');
        if (!isClean(summary)) context.exit(EXIT.findings);
      } catch (error) {
        const { code, message } = asUsage(error, [401, 403]);
        if (terminal.json) terminal.out(toJsonText({ file, refused: code, message }));
        else terminal.err(`${file} is refused: ${message}\n`);
        context.exit(EXIT.findings);
      }
    });
};

async function importFile(file: string, options: ImportOptions, terminal: Terminal): Promise<ImportSummary> {
  const { pool, account, format, media: given, url, yes } = options;
  if (pool === undefined || account === undefined) throw new UsageError('a statement needs --pool and --account, a sanctions list --list');
  const signer = signerOf(options);
  const media = mediaOf(file, given);
  const bytes = contentOf(file);
  if (media === 'json' && bytes.length > DOOR_BYTES_MAX) throw new UsageError(`${file} is larger than ${DOOR_BYTES_MAX} bytes: hand it in as CSV or JSON lines, or in several files`);
  const door = await Door.open(addressOf(url, 'MINING_URL', terminal), 'pool-operator', terminal);
  const query = { pool, account, ...(format === undefined ? {} : { format }), ...(signer === undefined ? {} : { signer }) };
  const assessed = await handIn(door, query, { file, bytes, media, dryRun: true }, terminal);
  return yes ? handIn(door, query, { file, bytes, media, dryRun: false }, terminal) : assessed;
}

async function handIn(door: Door, query: StatementQuery, { file, bytes, media, dryRun }: { file: string; bytes: Uint8Array; media: StatementMedia; dryRun: boolean }, terminal: Terminal): Promise<ImportSummary> {
  const tally = new ImportTally(file, dryRun);
  const pieces = piecesOf(bytes, media, PIECE_BYTES);
  for (const [index, piece] of pieces.entries()) {
    showProgress(terminal, dryRun, index, pieces.length);
    tally.add(await handInStatement(door, query, media, piece.bytes, dryRun), piece.linesBefore);
  }
  showProgress(terminal, dryRun, pieces.length, pieces.length);
  return tally.done();
}

/** @throws {UsageError} half of what a signature needs, or a key that cannot be used */
function signerOf({ privateKey, publisher, key, source }: ImportOptions): StatementSigner | undefined {
  if (privateKey === undefined && publisher === undefined && key === undefined && source === undefined) return undefined;
  if (privateKey === undefined || publisher === undefined || key === undefined || source === undefined) throw new UsageError('a signed file needs --private-key, --publisher, --key and --source');
  try {
    return { privateKey: privateKeyOf(readBytes(privateKey).toString('utf8')), keyId: { publisher, key }, source };
  } catch (error) {
    if (error instanceof KeyUnusable) throw new UsageError(error.message);
    throw error;
  }
}

function showProgress({ err, isInteractive }: Terminal, dryRun: boolean, done: number, of: number): void {
  if (!isInteractive) return;
  const filled = Math.round((done / of) * BAR_WIDTH);
  err(`\r\u001b[K${dryRun ? 'dry run' : 'hand in'} ${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${done} of ${of}${done === of ? '\r\u001b[K' : ''}`);
}

function mediaOf(file: string, given: string | undefined): StatementMedia {
  if (given !== undefined) {
    if (given === 'json' || given === 'csv' || given === 'json-lines') return given;
    throw new UsageError(`--media must be json, csv or json-lines, not ${given}`);
  }
  if (/\.(?:csv|tsv)$/i.test(file)) return 'csv';
  return /\.(?:jsonl|ndjson)$/i.test(file) ? 'json-lines' : 'json';
}

function contentOf(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Unreachable(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
