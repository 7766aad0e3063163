import { createReadStream, statSync } from 'node:fs';
import { withQuery, type Door, type Query } from '../door/door.client.js';
import { UsageError } from '../exit-codes.js';

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

/**
 * Sends a file as it is read from the disk. `onSent` hears how much of it is on its way.
 * @throws {DoorRefused} the version before stays in force @throws {UsageError} the file @throws {Unreachable}
 */
export function uploadList(door: Door, file: string, query: Query, onSent: (bytes: number, of: number) => void): Promise<ListAnswer> {
  const body = pieces(file, sizeOf(file), onSent);
  return door.ask(withQuery('/v1/screening/lists', query), { method: 'POST', contentType: 'application/octet-stream', body, answerMsMax: ANSWER_MS_MAX });
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
