import { isInstant, SEIZURE_FACT_TYPE } from '@qazyna/contracts';
import { KeyUnusable, parseSignature, privateKeyOf, publicKeyOf, publicKeyTextOfPem, sign, verify, type SignedAttributes } from '@qazyna/signing';
import type { Command } from 'commander';
import { EXIT, UsageError } from '../exit-codes.js';
import type { RegisterCommands } from '../program.js';
import { toJsonText } from '../terminal.js';
import { readBytes, writeKeys } from './key-files.js';

const DAY_MS = 86_400_000;

const HELP = `
For publishers of signed messages (docs/publishers.md): nothing here needs a connection, and the private key leaves no file.
  qazyna sign keygen --publisher afm --key 2026-1 --out keys
  qazyna sign message fact.json --private-key keys/afm.2026-1.private.pem --publisher afm --key 2026-1 \\
    --source urn:qazyna:agency:afm --id fact-1 --type ${SEIZURE_FACT_TYPE}
  qazyna sign verify fact.json --public-key keys/afm.2026-1.public.pem --signature <text> --source … --id … --type …
The file holds the body exactly as it will be sent; "-" reads standard input. "verify" ends with 1 when the signature does not hold.`;

interface KeygenOptions {
  readonly publisher: string;
  readonly key: string;
  readonly out: string;
  readonly validFrom?: string;
  readonly days: string;
}
interface MessageOptions {
  readonly source: string;
  readonly id: string;
  readonly type: string;
}
type SignOptions = MessageOptions & { readonly publisher: string; readonly key: string; readonly privateKey: string };
type VerifyOptions = MessageOptions & { readonly publicKey: string; readonly signature: string };

/** `qazyna sign …`: a publisher's keys, signatures, and the check of both. */
export const registerSigningCommands: RegisterCommands = (program, context) => {
  const signing = program.command('sign').description('make a publisher\'s keys, sign messages, check signatures').addHelpText('after', HELP);

  named(signing.command('keygen').description('make a key pair, and print what is to be registered'))
    .option('--out <folder>', 'where the two PEM files go', '.')
    .option('--valid-from <time>', 'first moment at which signatures count, such as 2026-03-01T00:00:00Z; default: now')
    .option('--days <number>', 'for how many days, up to 1100', '365')
    .action((options: KeygenOptions) => {
      const terminal = context.terminal();
      const validity = validityOf(options);
      const { publicKey, ...files } = writeKeys(options.out, { publisher: options.publisher, key: options.key });
      const registration = { keyId: options.key, publicKey, ...validity };
      if (terminal.json) return terminal.out(toJsonText({ ...files, path: `/v1/publishers/${options.publisher}/keys`, registration }));
      terminal.err(`${files.privateFile} is the private key: keep it where only the signing program can read it\n${files.publicFile} is the public key\n`);
      terminal.err(`an operator registers this at POST /v1/publishers/${options.publisher}/keys, and compares the key with you by another way:\n`);
      terminal.out(toJsonText(registration));
    });

  about(named(signing.command('message <file>').description('print the detached signature of a body')))
    .requiredOption('--private-key <file>', 'PKCS#8 PEM')
    .action((file: string, options: SignOptions) => {
      const terminal = context.terminal();
      const { publisher, key } = options;
      const signature = usable(() => sign({ body: readBytes(file), attributes: attributesOf(options), keyId: { publisher, key }, privateKey: privateKeyOf(readBytes(options.privateKey).toString('utf8')), issuedAt: new Date() }));
      terminal.out(terminal.json ? toJsonText({ signature, kafkaHeader: 'ce_signature', httpHeader: 'ce-signature', attribute: 'signature' }) : `${signature}\n`);
    });

  about(signing.command('verify <file>').description('check the detached signature of a body'))
    .requiredOption('--public-key <file or text>', 'SPKI PEM, or the 43 characters that are registered')
    .requiredOption('--signature <text>', 'the detached JWS')
    .action((file: string, options: VerifyOptions) => {
      const terminal = context.terminal();
      const result = check(readBytes(file), options);
      if (terminal.json) terminal.out(toJsonText(result));
      else if (result.ok) terminal.out(`the signature holds: ${result.publisher}/${result.key}, made at ${result.issuedAt}\n`);
      else terminal.err(`${result.code}: ${result.message}\n`);
      if (!result.ok) context.exit(EXIT.findings);
    });
};

type Checked = { readonly ok: true; readonly publisher: string; readonly key: string; readonly issuedAt: string } | { readonly ok: false; readonly code: string; readonly message: string };

/** What the doors check, but for the registry. */
function check(body: Buffer, options: VerifyOptions): Checked {
  const publicKey = usable(() => publicKeyOf(/^[A-Za-z0-9_-]{43}$/.test(options.publicKey) ? options.publicKey : publicKeyTextOfPem(readBytes(options.publicKey).toString('utf8'))));
  const reading = parseSignature(options.signature.trim());
  if (!reading.ok) return { ok: false, code: 'signature-malformed', message: reading.message };
  const { signature } = reading;
  if (!verify({ signature, body, publicKey })) return { ok: false, code: 'signature-invalid', message: 'this key did not sign this body, to the byte' };
  const wanted = attributesOf(options);
  const differing = (['source', 'id', 'type'] as const).find((name) => signature.attributes[name] !== wanted[name]);
  if (differing !== undefined) return { ok: false, code: 'signature-other-message', message: `the signature is for a message with the ${differing} ${JSON.stringify(signature.attributes[differing])}` };
  return { ok: true, ...signature.keyId, issuedAt: new Date(signature.issuedAtMs).toISOString() };
}

function named(command: Command): Command {
  return command.requiredOption('--publisher <name>', 'the publisher\'s registered name').requiredOption('--key <name>', 'the key\'s name');
}

function about(command: Command): Command {
  return command
    .requiredOption('--source <uri>', 'CloudEvents source of the message')
    .requiredOption('--id <text>', 'CloudEvents id of the message')
    .requiredOption('--type <text>', 'CloudEvents type of the message');
}

function attributesOf({ source, id, type }: MessageOptions): SignedAttributes {
  return { source, id, type };
}

function validityOf({ validFrom = new Date().toISOString(), days }: KeygenOptions): { readonly validFrom: string; readonly validUntil: string } {
  if (!isInstant(validFrom)) throw new UsageError('--valid-from must be a time in UTC, such as 2026-03-01T00:00:00Z');
  if (!/^\d{1,4}$/.test(days) || Number(days) < 1 || Number(days) > 1_100) throw new UsageError('--days must be a whole number from 1 to 1100');
  return { validFrom, validUntil: new Date(Date.parse(validFrom) + Number(days) * DAY_MS).toISOString() };
}

/** A key or an attribute that cannot be used is a mistake of the command line. @throws {UsageError} */
function usable<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof KeyUnusable || error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}
