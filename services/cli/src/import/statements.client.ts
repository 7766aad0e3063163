import { withQuery, type Door } from '../door/door.client.js';

/** A statement of many rows takes its time. */
const ANSWER_MS_MAX = 300_000;

export type StatementMedia = 'json' | 'csv' | 'json-lines';
const CONTENT_TYPES: Readonly<Record<StatementMedia, string>> = { json: 'application/json', csv: 'text/csv', 'json-lines': 'application/x-ndjson' };

/** What became of one row, or would. */
export interface RowAnswer {
  readonly row: number;
  readonly line?: number;
  readonly status: string;
  readonly paymentId?: string;
  readonly code?: string;
  readonly field?: string;
  readonly message?: string;
  readonly reasons?: readonly { readonly code: string; readonly message: string }[];
}

export interface StatementAnswer {
  readonly statementId: string;
  readonly sha256: string;
  readonly duplicate: boolean;
  readonly dryRun: boolean;
  readonly summary: Readonly<Record<string, number>>;
  readonly doubts: readonly { readonly code: string; readonly field: string; readonly message: string }[];
  readonly results: readonly RowAnswer[];
}

export interface StatementQuery {
  readonly pool: string;
  readonly account: string;
  readonly format?: string;
}

/**
 * Hands a statement in at its door (docs/pool-statements.md).
 * @throws {DoorRefused} as a whole: nothing of it was recorded @throws {Unreachable} send it again: what was recorded is not recorded twice
 */
export function handInStatement(door: Door, { pool, account, format }: StatementQuery, media: StatementMedia, bytes: Uint8Array, dryRun: boolean): Promise<StatementAnswer> {
  const path = withQuery('/v1/pool-statements', { pool, account, dryRun: String(dryRun), format });
  return door.ask(path, { method: 'POST', contentType: CONTENT_TYPES[media], body: bytes, answerMsMax: ANSWER_MS_MAX });
}
