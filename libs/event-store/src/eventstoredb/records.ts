import type { EventMetadata, JsonObject, Position, RecordedEvent } from '../port.js';
import { StoreUnusable } from '../port.js';

/** A place in the server's log, in bytes from its start: every record has one commit and one prepare position. */
export interface LogPosition {
  readonly commit: bigint;
  readonly prepare: bigint;
}

/** The fields of the client's recorded event that this adapter reads. */
export interface ServerRecord {
  readonly streamId: string;
  readonly id: string;
  readonly revision: bigint;
  readonly type: string;
  readonly data: unknown;
  readonly metadata?: unknown;
  readonly created: Date;
  readonly position?: LogPosition | undefined;
}

/** Digits of the greatest unsigned 64-bit number. */
const DIGITS = 20;

/** Zero-padded commit and prepare position, so that the text sorts as the log does. */
export function positionText(position: LogPosition): Position {
  return `${position.commit.toString().padStart(DIGITS, '0')}/${position.prepare.toString().padStart(DIGITS, '0')}` as Position;
}

/** @throws {RangeError} the text is no position of this kind of store */
export function logPosition(position: Position): LogPosition {
  const match = /^(\d{20})\/(\d{20})$/.exec(position);
  if (match?.[1] === undefined || match[2] === undefined) throw new RangeError(`not a position of an EventStoreDB: ${position}`);
  return { commit: BigInt(match[1]), prepare: BigInt(match[2]) };
}

/** The server's own streams ($stats, $$…) are no business of the port. */
export function isSystemStream(stream: string): boolean {
  return stream.startsWith('$');
}

/** @throws {StoreUnusable} somebody else wrote to our stream: no position, or data that is no JSON object */
export function recordedEvent(record: ServerRecord): RecordedEvent {
  const { streamId, data, metadata } = record;
  if (record.position === undefined || !isObject(data) || !isObject(metadata)) {
    throw new StoreUnusable(`event ${record.id} of stream ${streamId} was not written by Qazyna: its data or metadata is no JSON object`);
  }
  return {
    id: record.id,
    type: record.type,
    stream: streamId,
    revision: record.revision,
    position: positionText(record.position),
    recordedAt: record.created,
    data: data as JsonObject,
    metadata: metadata as EventMetadata,
  };
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
