import { POOL_STATEMENT_TYPE, poolAccountIdOf } from '@qazyna/contracts';
import { sign } from '@qazyna/signing';
import { createHash } from 'node:crypto';
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
  readonly signer?: StatementSigner;
}

/** Who signs what is handed in. */
export interface StatementSigner {
  readonly privateKey: Parameters<typeof sign>[0]['privateKey'];
  readonly keyId: Parameters<typeof sign>[0]['keyId'];
  readonly source: string;
}

/**
 * Hands a statement in at its door (docs/pool-statements.md).
 * @throws {DoorRefused} as a whole: nothing of it was recorded @throws {Unreachable} send it again: what was recorded is not recorded twice
 */
export function handInStatement(door: Door, { pool, account, format, signer }: StatementQuery, media: StatementMedia, bytes: Uint8Array, dryRun: boolean): Promise<StatementAnswer> {
  const path = withQuery('/v1/pool-statements', { pool, account, dryRun: String(dryRun), format });
  return door.ask(path, { method: 'POST', contentType: CONTENT_TYPES[media], body: bytes, ...(signer === undefined ? {} : { headers: signedHeaders(signer, { pool, account, format: format ?? pool }, bytes) }), answerMsMax: ANSWER_MS_MAX });
}

/** The id names account, bytes and format: the signature is of no use for another file or account (docs/publishers.md). */
function signedHeaders({ privateKey, keyId, source }: StatementSigner, { pool, account, format }: Required<Omit<StatementQuery, 'signer'>>, body: Uint8Array): Record<string, string> {
  const id = `${poolAccountIdOf(pool, account)}-${createHash('sha256').update(body).digest('hex')}-${format}`;
  const signature = sign({ body: Buffer.from(body), attributes: { source, id, type: POOL_STATEMENT_TYPE }, keyId, privateKey, issuedAt: new Date() });
  return { 'ce-signature': signature, 'ce-source': source };
}
