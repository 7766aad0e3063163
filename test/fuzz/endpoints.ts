import { mutated, seeded } from '@qazyna/mining-ingest/fuzz';
import { tokenFor } from '../system/caller.js';
import { describedOperations, MESSAGE_TYPES, type Operation } from './openapi-samples.js';

export interface EndpointAttack {
  readonly requests: number;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly slowestMs: number;
  readonly slowest: string;
  /** Operations whose own sample does not meet the rules of its fields. */
  readonly unsound: readonly string[];
  /** What no answer may be, with the request that got it. */
  readonly faults: readonly string[];
}

export interface EndpointAttackOptions {
  readonly url: string;
  readonly seed: number;
  /** Requests to each operation. */
  readonly perOperation: number;
  readonly onProgress?: (done: number, all: number) => void;
}

/** No answer takes longer, on a machine that does nothing else. */
const HANGS_AFTER_MS = 10_000;
const FAULTS_MAX = 40;
/** What a hostile client puts where a word or a number belongs. */
const HOSTILE_WORDS: readonly string[] = [
  '', ' ', '.', '..', '../../etc/passwd', '%00', '%2e%2e%2f', '%ff', '%', '__proto__', 'constructor', 'null', 'undefined', 'NaN', '-1', '0', '1e309', '9007199254740993', '9'.repeat(400), 'x'.repeat(5_000),
  '\u202e', '👾', "' OR 1=1 --", '<script>', '2026-02-30T00:00:00Z', '2026-01-01', '+275760-09-13T00:00:00Z', '-000001-01-01T00:00:00Z', 'a/b', 'a\\b', 'a b', 'a;b', 'a#b', 'a?b', '{}', '[]',
];
const WHOLE_BODIES: readonly string[] = [
  '', 'null', 'true', '0', '"x"', '[]', '{}', '[[]]', '[null]', '[{}]', '{"":""}', '{"__proto__":{"admin":true}}', '{"constructor":{"prototype":{}}}', '\uFEFF{}', '{"a":1,"a":2}', '{"a":1', '{"a":NaN}', "{'a':1}", '{"a":1e999}',
  '\u0000', '<xml/>', `${'['.repeat(50_000)}`, `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`, `"${'x'.repeat(300_000)}"`, `[${'1,'.repeat(50_000)}1]`, `{"items":[${'{},'.repeat(2_000)}{}]}`,
];
const MEDIA_TYPES: readonly string[] = ['application/json', 'application/json; charset=utf-16', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/cloudevents+json', 'application/cloudevents-batch+json', 'application/xml', 'text/csv', 'not a type', ''];
const ANY_ROLE = 'auditor';

/**
 * Sends every operation what its description allows, and that mutated in its values, its text and its bytes. An answer is
 * at fault when it is a 5xx, when it is an error that is no problem (RFC 9457) with a code, when it is not as
 * the description says, or when it does not come.
 */
export async function attackEndpoints({ url, seed, perOperation, onProgress }: EndpointAttackOptions): Promise<EndpointAttack> {
  const random = seeded(seed);
  const operations = describedOperations();
  const byStatus: Record<string, number> = {};
  const faults: string[] = [];
  const unsound: string[] = [];
  let [requests, slowestMs, slowest] = [0, 0, ''];
  for (const [index, operation] of operations.entries()) {
    for (let round = 0; round < perOperation && faults.length < FAULTS_MAX; round += 1) {
      const request = await hostileRequest(operation, random, round, url);
      const begun = performance.now();
      const fault = await faultOf(request, operation, (status, text) => {
        byStatus[status] = (byStatus[status] ?? 0) + 1;
        if (round === 0 && operation.bodies.length > 0 && text.includes('"code":"validation-failed"')) unsound.push(`${operation.method} ${operation.path}: ${text.slice(0, 400)}`);
      });
      const tookMs = performance.now() - begun;
      requests += 1;
      if (tookMs > slowestMs) [slowestMs, slowest] = [tookMs, `${operation.method} ${operation.path}`];
      if (fault !== undefined) faults.push(`seed ${seed}, request ${round} of ${operation.method} ${operation.path}: ${fault}\n  ${request.url.slice(0, 300)} ${request.init.body === undefined ? '' : Buffer.from(request.init.body as Uint8Array).toString('latin1').slice(0, 300)}`);
    }
    onProgress?.(index + 1, operations.length);
  }
  return { requests, byStatus, slowestMs, slowest, unsound, faults };
}

interface Request {
  readonly url: string;
  readonly init: RequestInit;
}

async function hostileRequest({ method, path, parameters, roles, bodies }: Operation, random: () => number, round: number, url: string): Promise<Request> {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  // The first request of each is the sample as it is described.
  const isHostile = round > 0;
  const valueOf = (sample: string): string => (isHostile && random() < 0.4 ? pick(HOSTILE_WORDS) : sample);
  const target = path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => encoded(valueOf(parameters.find((each) => each.name === name)?.sample ?? 'x')));
  const query = parameters.filter((each) => each.in === 'query' && (isHostile ? random() < 0.6 : each.name !== 'after')).map(({ name, sample }) => `${name}=${encoded(valueOf(sample))}`);
  if (isHostile && random() < 0.1) query.push(`${pick(['limit', 'after', 'x', '__proto__', 'limit[]'])}=${encoded(pick(HOSTILE_WORDS))}`);
  const headers: Record<string, string> = {};
  const role = isHostile && random() < 0.05 ? ANY_ROLE : roles[0];
  if (role !== undefined) headers['authorization'] = `Bearer ${isHostile && random() < 0.02 ? pick(['x', 'a.b.c', '']) : await tokenFor(url, role)}`;
  if (isHostile && random() < 0.1) headers[pick(['idempotency-key', 'ce-id', 'ce-type', 'ce-signature', 'accept', 'traceparent', 'x-correlation-id', 'if-none-match', 'range'])] = pick(['', 'x', '*/*', 'x'.repeat(2_000), '0'.repeat(55), 'bytes=0-1']);
  // Binary mode, where the event's attributes are headers.
  const type = MESSAGE_TYPES[path];
  if (type !== undefined && (!isHostile || random() < 0.9)) Object.assign(headers, { 'ce-specversion': '1.0', 'ce-id': `attack-${round}-${random()}`, 'ce-source': 'urn:qazyna:agency:afm', 'ce-type': type });
  const body = bodies.length === 0 ? undefined : hostileBody(pick(bodies), isHostile, random, pick, headers);
  return { url: `${url}${target}${query.length === 0 ? '' : `?${query.join('&')}`}`, init: { method, headers, redirect: 'manual', signal: AbortSignal.timeout(HANGS_AFTER_MS), ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }) } };
}

function hostileBody({ mediaType, text }: Operation['bodies'][number], isHostile: boolean, random: () => number, pick: <T>(from: readonly T[]) => T, headers: Record<string, string>): Uint8Array {
  headers['content-type'] = isHostile && random() < 0.08 ? pick(MEDIA_TYPES) : mediaType;
  if (!isHostile) return Buffer.from(text);
  if (random() < 0.2) return Buffer.from(pick(WHOLE_BODIES));
  return mutated({ media: mediaType === 'text/csv' ? 'csv' : 'json', text }, random);
}

/** As a client would that lets some characters through. */
function encoded(word: string): string {
  return word.startsWith('%') ? word.replaceAll(' ', '%20') : encodeURIComponent(word.toWellFormed());
}

async function faultOf({ url, init }: Request, { misdescribed }: Operation, count: (status: string, text: string) => void): Promise<string | undefined> {
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(url, init);
    text = await answer.text();
  } catch (error) {
    const { message, cause } = error as Error;
    // What the client's own library does not send, no service can answer.
    if (error instanceof TypeError && /header|Invalid|URL/i.test(message)) return undefined;
    return `no answer: ${message} ${cause instanceof Error ? cause.message : ''}`;
  }
  count(String(answer.status), text);
  if (answer.status >= 500) return `${answer.status} ${text.slice(0, 300)}`;
  if (answer.status < 400) {
    if (answer.status >= 300 || answer.headers.get('content-type')?.startsWith('application/json') !== true) return undefined;
    const fault = misdescribed(answer.status, JSON.parse(text));
    return fault === undefined ? undefined : `${answer.status} is not as described: ${fault}: ${text.slice(0, 300)}`;
  }
  if (answer.headers.get('content-type')?.startsWith('application/problem+json') !== true) return `${answer.status} is ${answer.headers.get('content-type') ?? 'nothing'}: ${text.slice(0, 200)}`;
  try {
    const { code, detail, status } = JSON.parse(text) as { code?: unknown; detail?: unknown; status?: unknown };
    if (typeof code === 'string' && /^[a-z][a-z0-9-]+$/.test(code) && typeof detail === 'string' && detail !== '' && status === answer.status) return undefined;
  } catch {
    // Said below.
  }
  return `${answer.status} is no problem with a code: ${text.slice(0, 300)}`;
}
