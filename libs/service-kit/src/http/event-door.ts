import { parseMessage, personalDataFaults, type MessageClass } from '@qazyna/contracts';
import { decodeHttp, MalformedMessage, type CloudEvent, type HttpHeaders, type Outcome } from '@qazyna/messaging';
import { SIGNATURE_REFUSALS } from '../publishers/signature-codes.js';
import { ProblemError, refusalProblem, type ProblemField } from './problem.js';
import { mediaTypeOf } from './raw-body.js';
import { parseStrictJson } from './strict-json.js';

/** A message at the HTTP door: of the right type and shape, or refused with every broken rule. */
export type ReceivedEvent<T> =
  | { readonly ok: true; readonly event: CloudEvent; readonly data: T }
  | { readonly ok: false; readonly refused: RefusedItem };

/** The result of an item that did not pass the door. */
export interface RefusedItem {
  readonly status: 'refused';
  readonly code: string;
  readonly message: string;
  readonly field?: string;
  readonly errors?: readonly ProblemField[];
}

export interface ReceivedEvents<T> {
  readonly batch: boolean;
  readonly items: readonly ReceivedEvent<T>[];
}

/** Codes of malformed messages that have an HTTP status of their own; the others are 400. */
const MALFORMED_STATUS: Readonly<Record<string, number>> = { 'wrong-content-type': 415, 'too-large': 413, 'batch-too-large': 413 };

/** What a message without a signature that counts is asked for. */
const SIGNATURE_CHALLENGE = 'QazynaSignature realm="qazyna", alg="EdDSA"';

/**
 * Reads one CloudEvent (binary or structured) or a batch of them, and checks each body against its message class:
 * the same rules as on Kafka.
 * @throws {ProblemError} nothing of the request can be read
 */
export function receiveEvents<T extends object>(headers: HttpHeaders, body: Uint8Array, expected: { readonly messageType: string; readonly schema: MessageClass<T> }): ReceivedEvents<T> {
  try {
    const { batch, events } = decodeHttp(headers, body);
    return { batch, items: events.map((item) => (item.ok ? checked(item.event, expected) : { ok: false, refused: refusedBy(item.error) })) };
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error;
    throw new ProblemError(MALFORMED_STATUS[error.code] ?? 400, error.code, error.message, { errors: [{ field: error.field, code: error.code, message: error.message }] });
  }
}

/** Messages of a request whose canonical form is plain JSON. */
export interface ReceivedMessages<T> {
  readonly batch: boolean;
  readonly items: readonly ({ readonly ok: true; readonly data: T; readonly event?: CloudEvent } | { readonly ok: false; readonly refused: RefusedItem })[];
}

/**
 * Plain JSON, one body or a list of up to `max`, checked against its message class; with `ce-` headers or a CloudEvents
 * content type the request is CloudEvents.
 * @throws {ProblemError} nothing of the request can be read
 */
export function receiveMessages<T extends object>(
  headers: HttpHeaders,
  body: Buffer,
  { max, what, ...expected }: { readonly messageType: string; readonly schema: MessageClass<T>; readonly max: number; readonly what: string },
): ReceivedMessages<T> {
  const contentType = headers['content-type'];
  if (typeof contentType !== 'string' || mediaTypeOf(contentType) !== 'application/json' || headers['ce-specversion'] !== undefined) return receiveEvents(headers, body, expected);
  const parsed = parseStrictJson(body);
  if (!parsed.ok) throw new ProblemError(400, parsed.code, parsed.message);
  const batch = Array.isArray(parsed.value);
  const values = batch ? (parsed.value as unknown[]) : [parsed.value];
  if (values.length > max) throw new ProblemError(413, 'batch-too-large', `at most ${max} ${what} are taken at once; this request has ${values.length}`);
  return { batch, items: values.map((value) => checkedData(expected.schema, value)) };
}

/** One item's data against its class. */
export function checkedData<T extends object>(schema: MessageClass<T>, data: unknown): { readonly ok: true; readonly data: T } | { readonly ok: false; readonly refused: RefusedItem } {
  const parsed = parseMessage(schema, data);
  const faults = parsed.ok ? personalDataFaults(schema, parsed.value) : parsed.errors;
  if (parsed.ok && faults.length === 0) return { ok: true, data: parsed.value };
  const errors = faults.slice(0, 100).map(({ field, rule, message }) => ({ field, code: rule, message }));
  const [first] = errors;
  const message = errors.length === 1 ? (first?.message ?? '') : `${faults.length} rules are broken`;
  return { ok: false, refused: { status: 'refused', code: 'validation-failed', message, ...(first === undefined ? {} : { field: first.field }), errors } };
}

/** A result, with its place in the request. */
export type Placed<R> = { readonly index: number } & R;

/** What a request of one message is answered with, or a list of them. */
export type DoorAnswer<R> = Placed<R> | { readonly results: readonly Placed<R | RefusedItem>[] };

/** Results of the items that passed the door, and refusals of those that did not, in the order of the request. */
export function inOrder<R>(items: readonly ({ readonly ok: true } | { readonly ok: false; readonly refused: RefusedItem })[], results: readonly R[]): Placed<R | RefusedItem>[] {
  let passed = 0;
  return items.map((item, index) => ({ index, ...(item.ok ? (results[passed++] as R) : item.refused) }));
}

/** A refused message of a topic: kept with its reason. */
export function deadLetterOf({ code, message, field }: { readonly code?: string; readonly message?: string; readonly field?: string }): Outcome {
  return { kind: 'dead-letter', code: code ?? 'refused', message: message ?? '', ...(field === undefined ? {} : { field }) };
}

/** The answer to one message: its result, or a problem where it was refused. A batch always answers with a result for each. */
export function answerTo<R extends { readonly status: string }>({ batch }: { readonly batch: boolean }, results: readonly Placed<R | RefusedItem>[]): DoorAnswer<R> {
  if (batch) return { results };
  const [only] = results;
  if (only === undefined) throw new Error('a single message must have a result');
  if (only.status !== 'refused') return only as Placed<R>;
  const { code, message, field, errors } = only as RefusedItem;
  if (code === 'validation-failed') throw new ProblemError(400, code, message, { errors: errors ?? [] });
  const unsigned = SIGNATURE_REFUSALS.get(code);
  if (unsigned !== undefined) {
    const headers = unsigned === 401 ? { 'www-authenticate': SIGNATURE_CHALLENGE } : {};
    throw new ProblemError(unsigned, code, message, { errors: [{ field: field ?? '', code, message }], headers });
  }
  throw refusalProblem(field === undefined ? { code, message } : { code, message, field });
}

function checked<T extends object>(event: CloudEvent, { messageType, schema }: { readonly messageType: string; readonly schema: MessageClass<T> }): ReceivedEvent<T> {
  if (event.type !== messageType) {
    return { ok: false, refused: { status: 'refused', code: 'unexpected-message-type', field: 'type', message: `messages of type ${messageType} are taken here, not ${event.type}` } };
  }
  const result = checkedData(schema, event.data);
  return result.ok ? { ok: true, event, data: result.data } : result;
}

function refusedBy({ code, field, message }: MalformedMessage): RefusedItem {
  return { status: 'refused', code, field, message };
}
