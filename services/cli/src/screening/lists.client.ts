import { createReadStream, statSync } from 'node:fs';
import type { Problem } from '@qazyna/service-kit';
import { Unreachable, UsageError } from '../exit-codes.js';

/** A hundred megabytes are read and compared before the answer comes. */
const ANSWER_MS_MAX = 600_000;
const PIECE_BYTES = 256 * 1024;

export interface ListAnswer {
  readonly status: 'updated' | 'unchanged' | 'dry-run';
  readonly list: string;
  readonly version: string;
  readonly sha256: string;
  readonly entries: number;
  readonly added: number;
  readonly removed: number;
  readonly unrecognised: number;
  readonly perType: Readonly<Record<string, number>>;
  readonly unknownTypes: readonly string[];
  readonly previousVersion: string | null;
}

/** The file was refused: the version before stays in force. */
export class ListRefused extends Error {
  override readonly name = 'ListRefused';
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export interface ListsDoor {
  readonly url: string;
  readonly token: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Sends a file as it is read from the disk. `onSent` hears how much of it is on its way.
 * @throws {ListRefused} @throws {UsageError} the file or the token @throws {Unreachable}
 */
export async function uploadList(door: ListsDoor, file: string, query: Readonly<Record<string, string>>, onSent: (bytes: number, of: number) => void): Promise<ListAnswer> {
  if (!URL.canParse(door.url)) throw new UsageError(`--url must be an address such as http://127.0.0.1:3000, not ${door.url}`);
  const base = door.url.replace(/\/+$/, '');
  const size = sizeOf(file);
  const token = door.token !== undefined && door.token !== '' ? door.token : await sandboxToken(base, door.signal);
  const answer = await send(`${base}/v1/screening/lists?${new URLSearchParams(query).toString()}`, door.signal, {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
    body: pieces(file, size, onSent),
    duplex: 'half',
  });
  const text = await answer.text();
  if (answer.ok) return JSON.parse(text) as ListAnswer;
  const problem = problemOf(text);
  const said = `${problem?.detail ?? text.slice(0, 200)}${problem?.errors?.map(({ field, message }) => `\n  ${field}: ${message}`).join('') ?? ''}`;
  if (answer.status >= 500) throw new Unreachable(`${base} answered ${answer.status}: ${said}`);
  if (answer.status === 401 || answer.status === 403) throw new UsageError(said);
  throw new ListRefused(problem?.code ?? String(answer.status), said);
}

async function* pieces(file: string, size: number, onSent: (bytes: number, of: number) => void): AsyncGenerator<Buffer> {
  let sent = 0;
  for await (const piece of createReadStream(file, { highWaterMark: PIECE_BYTES })) {
    yield piece as Buffer;
    sent += (piece as Buffer).length;
    onSent(sent, size);
  }
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function sandboxToken(base: string, signal: AbortSignal): Promise<string> {
  const answer = await send(`${base}/sandbox/token`, signal, { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ subject: 'qazyna-cli', organisation: 'operator', roles: ['compliance-officer'] }) });
  if (!answer.ok) throw new UsageError('OPERATOR_TOKEN must hold an access token with the role "compliance-officer"; only the sandbox gives one away');
  return ((await answer.json()) as { access_token: string }).access_token;
}

async function send(url: string, signal: AbortSignal, request: RequestInit & { readonly duplex?: 'half' }): Promise<Response> {
  try {
    return await fetch(url, { method: 'POST', ...request, signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]) });
  } catch (error) {
    signal.throwIfAborted();
    throw new Unreachable(`${url} does not answer: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function problemOf(text: string): Problem | undefined {
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return undefined;
  }
}
