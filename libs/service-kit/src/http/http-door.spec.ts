import { strictValidationPipe } from './validation-pipe.js';
import { connect } from 'node:net';
import { bearer, NotesService } from '../spec-support/notes-service.js';

const GOOD = { text: 'x', height: 1, tags: [{ name: 'a' }] };

describe('the HTTP door', () => {
  let notes: NotesService;
  beforeAll(async () => {
    notes = await NotesService.start();
  });
  afterAll(() => notes.stop());

  it('takes a good request and tells the handler who asks', async () => {
    const answer = await notes.post('/v1/notes', GOOD, { 'x-correlation-id': 'trace-0001' });
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({ text: 'x', actor: { subject: 'officer-7', organisation: 'afm', roles: ['custodian'] }, correlationId: 'trace-0001' });
    expect(answer.headers.get('x-correlation-id')).toBe('trace-0001');
  });

  it('names every broken rule with the path of its field', async () => {
    const answer = await notes.post('/v1/notes', { text: 7, height: 1.5, amount: '1e3', extra: true, tags: [{ name: 'a' }, { name: 2, more: 1 }] });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.problem.code).toBe('validation-failed');
    const broken = (answer.problem.errors ?? []).map((error) => `${error.field}:${error.code}`);
    expect(broken.sort()).toEqual(['amount:matches', 'extra:whitelistValidation', 'height:isInt', 'tags.1.more:whitelistValidation', 'tags.1.name:isString', 'text:isString']);
  });

  it.each(['constructor', 'prototype', '__proto__'])('refuses a query parameter called %s', async (name) => {
    class AnyQuery {}
    const asked = strictValidationPipe().transform(JSON.parse(`{"${name}":"1"}`), { type: 'query', metatype: AnyQuery });
    await expect(asked).rejects.toMatchObject({ errors: [{ field: name, code: 'whitelistValidation' }] });
  });

  it('refuses unknown fields of every name', async () => {
    const answer = await notes.post('/v1/notes', '{"text":"a","height":1,"amount":"1","tags":[{"name":"a","valueOf":{}}],"toString":1}');
    expect([answer.status, ...(answer.problem.errors ?? []).map(({ field }) => field)]).toEqual([400, 'tags.0.valueOf', 'toString']);
  });

  it.each([
    ['a missing body', undefined, 'validation-failed'],
    ['null', 'null', 'validation-failed'],
    ['a list', '[]', 'validation-failed'],
    ['a text', '"hello"', 'validation-failed'],
    ['a number', '12', 'validation-failed'],
    ['NaN', '{"text":"x","height":NaN}', 'json-malformed'],
    ['a truncated body', '{"text":"x","hei', 'json-malformed'],
    ['a name given twice', '{"text":"x","text":"y"}', 'json-duplicate-name'],
    ['a name that reaches a prototype', '{"__proto__":{"text":"x"}}', 'json-forbidden-name'],
    ['a deep value', `{"tags":${'['.repeat(40)}${']'.repeat(40)}}`, 'json-too-deep'],
  ])('refuses %s', async (_name, body, code) => {
    const headers = { authorization: await bearer('custodian'), ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    const answer = await notes.ask('POST', '/v1/notes', body, headers);
    expect([answer.status, answer.problem.code]).toEqual([400, code]);
  });

  it('says where malformed JSON goes wrong', async () => {
    const answer = await notes.post('/v1/notes', '{\n  "text": oops\n}');
    expect(answer.problem.detail).toContain('line 2, column 11 (offset 12)');
  });

  it('refuses bytes that are not UTF-8', async () => {
    const answer = await notes.ask('POST', '/v1/notes', new Uint8Array([0x22, 0xff, 0x22]), { 'content-type': 'application/json', authorization: await bearer('custodian') });
    expect([answer.status, answer.problem.code]).toEqual([400, 'not-utf-8']);
  });

  it('refuses a body above the limit, announced or not', async () => {
    const huge = JSON.stringify({ ...GOOD, text: 'x'.repeat(5000) });
    const announced = await notes.post('/v1/notes', huge);
    expect([announced.status, announced.problem.code]).toEqual([413, 'body-too-large']);
    const stream = new ReadableStream({
      start(controller): void {
        controller.enqueue(new TextEncoder().encode(huge));
        controller.close();
      },
    });
    const chunked = await fetch(`${notes.service.url}/v1/notes`, { method: 'POST', body: stream, duplex: 'half', headers: { 'content-type': 'application/json', authorization: await bearer('custodian') } });
    expect(chunked.status).toBe(413);
  });

  it('takes a file up to the limit of its own route, and not above', async () => {
    const send = async (length: number): Promise<number> =>
      (await fetch(`${notes.service.url}/v1/files`, { method: 'POST', body: 'x'.repeat(length), headers: { 'content-type': 'text/csv', authorization: await bearer('custodian') } })).status;
    expect([await send(5000), await send(8192), await send(8193)]).toEqual([200, 200, 413]);
  });

  it.each([
    ['another type', { 'content-type': 'text/plain' }, 'unsupported-media-type'],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'unsupported-media-type'],
    ['a CloudEvent where none is taken', { 'content-type': 'application/cloudevents+json' }, 'unsupported-media-type'],
    ['another character set', { 'content-type': 'application/json; charset=utf-16' }, 'unsupported-media-type'],
    ['a compressed body', { 'content-type': 'application/json', 'content-encoding': 'gzip' }, 'unsupported-content-encoding'],
  ])('refuses %s', async (_name, headers, code) => {
    const answer = await notes.post('/v1/notes', GOOD, headers);
    expect([answer.status, answer.problem.code]).toEqual([415, code]);
  });

  it('gives a raw route the bytes as they came, malformed or not', async () => {
    for (const type of ['application/json', 'application/cloudevents+json', 'application/cloudevents-batch+json; charset=utf-8']) {
      const answer = await notes.post('/v1/statements', '{"amount": 0.10, broken', { 'content-type': type });
      expect([answer.status, answer.body]).toEqual([200, { text: '{"amount": 0.10, broken' }]);
    }
    expect((await notes.post('/v1/statements', 'x', { 'content-type': 'text/csv' })).status).toBe(415);
    const empty = await notes.ask('POST', '/v1/statements', undefined, { authorization: await bearer('custodian') });
    expect([empty.status, empty.problem.code]).toEqual([400, 'body-missing']);
  });

  it('tells an unknown path from a method that is not possible', async () => {
    const unknown = await notes.ask('GET', '/v1/nothing?token=abc');
    expect([unknown.status, unknown.problem.code, unknown.problem.instance]).toEqual([404, 'not-found', '/v1/nothing']);
    expect(unknown.text).not.toContain('abc');
    const method = await notes.ask('DELETE', '/v1/notes');
    expect([method.status, method.problem.code, method.headers.get('allow')]).toEqual([405, 'method-not-allowed', 'GET, POST']);
  });

  it('survives a path that cannot be decoded', async () => {
    const answer = await notes.ask('GET', '/v1/notes/%zz');
    expect([answer.status, answer.problem.code]).toEqual([400, 'bad-url']);
    expect((await notes.ask('GET', '/v1/notes/1')).problem.detail).toBe('note 1 does not exist');
  });

  it.each([
    ['payout-not-found', 404],
    ['unknown-case', 404],
    ['content-conflict', 409],
    ['not-allowed-own-proposal', 403],
    ['amount-too-precise', 422],
  ])('answers the refusal %s with %i', async (code, status) => {
    const answer = await notes.post(`/v1/refusals/${code}`, {});
    expect([answer.status, answer.problem.code]).toEqual([status, code]);
    expect(answer.problem).toMatchObject({ type: `urn:qazyna:problem:${code}`, errors: [{ field: 'amount', code, message: `refused: ${code}` }] });
  });

  it.each(['store-unavailable', 'store-timeout', 'bus-unavailable'])('answers %s with 503 and when to try again', async (kind) => {
    const answer = await notes.ask('GET', `/v1/failures/${kind}`);
    expect([answer.status, answer.problem.code, answer.headers.get('retry-after')]).toEqual([503, kind, '5']);
    expect(answer.text).not.toContain('changeit');
  });

  it('shows nothing of the inside when something unexpected happens', async () => {
    const answer = await notes.ask('GET', '/v1/failures/unexpected');
    expect([answer.status, answer.problem.code]).toEqual([500, 'internal-error']);
    expect(answer.text).not.toMatch(/secret internal|TypeError|\.ts|at /);
  });

  it('replaces a correlation id that is not sane', async () => {
    const answer = await notes.ask('GET', '/v1/notes/1', undefined, { 'x-correlation-id': 'a b;{}' });
    expect(answer.headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.problem.correlationId).toBe(answer.headers.get('x-correlation-id'));
  });

  it('sends security headers with every kind of answer', async () => {
    for (const path of ['/v1/notes', '/v1/nothing', '/v1/failures/unexpected', '/openapi.json']) {
      const { headers } = await notes.ask('GET', path);
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('pages through a list and refuses a cursor made elsewhere', async () => {
    const seen: number[] = [];
    let after = '';
    for (let page = 0; page < 4; page++) {
      const { body } = await notes.ask('GET', `/v1/notes?limit=100${after}`);
      const { items, next } = body as { items: number[]; next: string | null };
      seen.push(...items);
      if (next === null) break;
      after = `&after=${next}`;
    }
    expect(seen).toEqual(Array.from({ length: 250 }, (_, n) => n));
    for (const query of ['after=42', 'after=%00', 'limit=0', 'limit=1001', 'limit=-1', 'limit=1e2', 'limit=NaN']) {
      expect((await notes.ask('GET', `/v1/notes?${query}`)).status).toBe(400);
    }
  });

  it('refuses a cursor of another list, and of the same one with other filters', async () => {
    const nextOf = async (path: string): Promise<string> => ((await notes.ask('GET', path)).body as { next: string }).next;
    const cursor = await nextOf('/v1/notes?limit=10&only=a%20b&of=c');
    for (const same of [`limit=20&of=c&only=a+b`, `of=c&format=json&only=a%20b`]) expect((await notes.ask('GET', `/v1/notes?${same}&after=${cursor}`)).status).toBe(200);
    for (const other of ['', 'only=a%20b', 'only=a%20b&of=d', 'only=a%20b&of=c&of=c']) {
      const { status, problem } = await notes.ask('GET', `/v1/notes?${other}&after=${cursor}`);
      expect({ status, code: problem.code, errors: problem['errors'] }).toMatchObject({ status: 400, code: 'validation-failed', errors: [{ field: 'after', code: 'cursor' }] });
    }
    expect((await notes.ask('GET', `/v1/notes?after=${await nextOf('/v1/letters?limit=10')}`)).status).toBe(400);
  });

  it('stays up after a client that hangs up in the middle of its body', async () => {
    const { hostname, port } = new URL(notes.service.url);
    await new Promise<void>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write('POST /v1/statements HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"half":', () => socket.destroy());
      });
      socket.on('close', () => resolve());
      socket.on('error', reject);
    });
    expect((await notes.ask('GET', '/health/live')).status).toBe(200);
  });
});
