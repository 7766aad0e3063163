import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SandboxIssuer } from '../../auth/sandbox-issuer.js';
import { NotesService, SEED, slow } from '../../spec-support/notes-service.js';
import { AnswerShelf } from './answer-shelf.store.js';

const NOTE = { text: 'x', height: 1, tags: [{ name: 'a' }] };
const key = (name: string): Record<string, string> => ({ 'idempotency-key': name });
const told = (answer: { body: unknown }): unknown => (answer.body as { correlationId: string }).correlationId;

describe('a request with an idempotency key', () => {
  let notes: NotesService;
  beforeAll(async () => {
    notes = await NotesService.start();
  });
  afterAll(() => notes.stop());

  it('is carried out once, and answered the same again', async () => {
    const first = await notes.post('/v1/notes', NOTE, { ...key('one'), 'x-correlation-id': 'first-0001' });
    const second = await notes.post('/v1/notes', NOTE, { ...key('one'), 'x-correlation-id': 'second-002' });
    expect([first.status, second.status]).toEqual([201, 201]);
    expect([told(first), told(second)]).toEqual(['first-0001', 'first-0001']);
    expect([first.headers.get('idempotency-replayed'), second.headers.get('idempotency-replayed')]).toEqual([null, 'true']);
  });

  it('is carried out each time without a key', async () => {
    const answers = [await notes.post('/v1/notes', NOTE, { 'x-correlation-id': 'plain-0001' }), await notes.post('/v1/notes', NOTE, { 'x-correlation-id': 'plain-0002' })];
    expect(answers.map(told)).toEqual(['plain-0001', 'plain-0002']);
  });

  it('may not ask for something else with it', async () => {
    await notes.post('/v1/notes', NOTE, key('two'));
    const other = await notes.post('/v1/notes', { ...NOTE, text: 'y' }, key('two'));
    expect([other.status, other.problem.code]).toEqual([422, 'idempotency-key-reused']);
    const elsewhere = await notes.post('/v1/refusals/too-late', {}, key('two'));
    expect([elsewhere.status, elsewhere.problem.code]).toEqual([422, 'idempotency-key-reused']);
  });

  it('may not ask for another message with it, whose id stands in a header', async () => {
    const publish = (id: string, signature: string): ReturnType<NotesService['post']> => notes.post('/v1/statements', NOTE, { ...key('message'), 'ce-id': id, 'ce-signature': signature });
    expect((await publish('fact-1', 'first')).status).toBe(200);
    expect((await publish('fact-1', 'made again')).headers.get('idempotency-replayed')).toBe('true');
    expect((await publish('fact-2', 'first')).problem.code).toBe('idempotency-key-reused');
  });

  it('shares its key with no other asker', async () => {
    await notes.post('/v1/notes', NOTE, { ...key('three'), 'x-correlation-id': 'mine-00001' });
    const theirs = await notes.post('/v1/notes', NOTE, { ...key('three'), 'x-correlation-id': 'theirs-001', authorization: `Bearer ${await new SandboxIssuer(SEED).issue({ subject: 'officer-8', organisation: 'afm', roles: ['custodian'] }, new Date())}` });
    expect(told(theirs)).toBe('theirs-001');
  });

  it('is refused while the first is in hand', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    slow.release = promise;
    const begun = new Promise<void>((started) => (slow.started = started));
    const first = notes.post('/v1/slow', {}, key('four'));
    await begun;
    const second = await notes.post('/v1/slow', {}, key('four'));
    expect([second.status, second.problem.code]).toEqual([409, 'idempotency-key-in-use']);
    resolve(undefined);
    expect((await first).body).toEqual({ done: true });
    expect((await notes.post('/v1/slow', {}, key('four'))).headers.get('idempotency-replayed')).toBe('true');
  });

  it('is asked again after a refusal, which is not kept', async () => {
    const first = await notes.post('/v1/refusals/too-late', {}, key('five'));
    const second = await notes.post('/v1/refusals/too-late', {}, key('five'));
    expect([first.status, second.status, second.headers.get('idempotency-replayed')]).toEqual([422, 422, null]);
  });

  it.each([['empty', ''], ['with a space', 'a b'], ['long', 'k'.repeat(129)]])('names the rule of a key that is %s', async (_what, bad) => {
    const answer = await notes.post('/v1/notes', NOTE, key(bad));
    expect([answer.status, answer.problem.code]).toEqual([400, 'idempotency-key-malformed']);
  });

  it('needs a token as any other', async () => {
    await notes.post('/v1/notes', NOTE, key('six'));
    const answer = await notes.ask('POST', '/v1/notes', JSON.stringify(NOTE), { ...key('six'), 'content-type': 'application/json' });
    expect(answer.status).toBe(401);
  });
});

describe('the shelf of answers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qazyna-answers-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('knows an answer after a restart, until its time is over', () => {
    const answer = { fingerprint: 'f', body: '{}' };
    const before = AnswerShelf.open(folder, 'notes', 1_000);
    before.keep('asker', 'key', answer, new Date(10_000));
    before.close();
    const after = AnswerShelf.open(folder, 'notes', 1_000);
    expect(after.find('asker', 'key', new Date(10_999))).toEqual(answer);
    expect(after.find('asker', 'key', new Date(11_000))).toBeUndefined();
    after.close();
  });
});
