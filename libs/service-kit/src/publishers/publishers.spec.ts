import { jest } from '@jest/globals';
import { InMemoryCheckpoints, SqliteEventStore } from '@qazyna/event-store';
import { generateKeyPair } from '@qazyna/signing';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Role } from '../auth/actor.js';
import { bearer, NotesService, type Answer } from '../spec-support/notes-service.js';
import type { ListedPublisher, ShownPublisher } from './publishers.dto.js';
import { PublishersModule } from './publishers.module.js';

/** Two busy cores: what takes a tenth of a second alone may take seconds beside others. */
jest.setTimeout(30_000);

const AFM = { publisherId: 'afm', organisation: 'an-agency', remit: { sources: ['urn:qazyna:agency:afm'], grants: [{ agency: 'afm', acts: ['reported'] }] } };
const POOL = { publisherId: 'pool-1', organisation: 'a-pool', remit: { sources: ['urn:qazyna:pool:poolb'], grants: [{ pool: 'poolb' }] } };
const KEY = { keyId: '2026-1', publicKey: generateKeyPair().publicKeyText, validFrom: '2020-01-01T00:00:00Z', validUntil: '2022-01-01T00:00:00Z' };

describe('the registry of publishers', () => {
  let notes: NotesService;
  beforeEach(async () => {
    notes = await NotesService.start({ module: PublishersModule, parts: { store: SqliteEventStore.open({ file: ':memory:' }), checkpoints: new InMemoryCheckpoints() } });
  });
  afterEach(() => notes.stop());

  const ask = async (method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown, role: Role = 'operator', headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    notes.ask(method, `/v1/publishers${path}`, body === undefined ? undefined : JSON.stringify(body), { ...headers, authorization: await bearer(role), ...(body === undefined ? {} : { 'content-type': 'application/json' }) });
  const outcome = async (...request: Parameters<typeof ask>): Promise<readonly [number, unknown]> => {
    const answer = await ask(...request);
    return [answer.status, answer.status === 200 ? (answer.body as { status: string }).status : answer.problem.code];
  };
  const show = async (name: string): Promise<ShownPublisher> => (await ask('GET', `/${name}`, undefined, 'auditor')).body as ShownPublisher;
  const listed = async (query: string, count: number): Promise<readonly string[]> => {
    for (let tries = 0; tries < 1_000; tries++) {
      const { items } = (await ask('GET', query, undefined, 'auditor')).body as { items: ListedPublisher[] };
      if (items.length === count) return items.map(({ publisherId }) => publisherId);
      await sleep(10);
    }
    throw new Error(`there were never ${count} in the list`);
  };

  it('registers a publisher and its key, and shows them with what became of the key', async () => {
    expect(await outcome('POST', '', AFM)).toEqual([200, 'accepted']);
    expect(await outcome('POST', '', AFM)).toEqual([200, 'duplicate']);
    expect(await outcome('POST', '', { ...AFM, organisation: 'another' })).toEqual([409, 'publisher-conflict']);
    expect(await outcome('POST', '/afm/keys', KEY)).toEqual([200, 'accepted']);
    expect(await outcome('POST', '/afm/keys', { ...KEY, validUntil: '2022-02-01T00:00:00Z' })).toEqual([409, 'key-conflict']);
    expect(await show('afm')).toEqual({ ...AFM, keys: [{ ...KEY, revokedFrom: null, state: 'expired' }] });
  });

  it('rotates and revokes keys', async () => {
    const today = Date.now();
    const day = (days: number): string => new Date(today + days * 86_400_000).toISOString();
    await ask('POST', '', AFM);
    await ask('POST', '/afm/keys', { ...KEY, validFrom: day(-10), validUntil: day(10) });
    const next = { keyId: '2026-2', publicKey: generateKeyPair().publicKeyText, validFrom: day(1), validUntil: day(100) };
    expect(await outcome('POST', '/afm/keys/rotations', { ...next, replaces: '2026-1', overlapUntil: day(2) })).toEqual([200, 'accepted']);
    expect((await show('afm')).keys.map(({ keyId, state, validUntil }) => [keyId, state, validUntil])).toEqual([['2026-1', 'valid', day(2)], ['2026-2', 'not-yet-valid', day(100)]]);
    expect(await outcome('POST', '/afm/keys/2026-1/revocation', { reason: 'the signing server was stolen' }, 'compliance-officer')).toEqual([200, 'accepted']);
    expect(await outcome('POST', '/afm/keys/2026-1/revocation', { reason: 'the signing server was stolen' })).toEqual([409, 'already-revoked']);
    expect((await show('afm')).keys[0]).toMatchObject({ state: 'revoked' });
    expect(await outcome('POST', '/afm/keys/2026-9/revocation', { reason: 'the signing server was stolen' })).toEqual([404, 'key-not-found']);
  });

  it('changes a remit, back and forth', async () => {
    await ask('POST', '', AFM);
    const wider = { remit: { ...AFM.remit, grants: [{ agency: 'afm' }] } };
    expect(await outcome('PUT', '/afm/remit', wider)).toEqual([200, 'accepted']);
    expect(await outcome('PUT', '/afm/remit', wider)).toEqual([200, 'duplicate']);
    expect(await outcome('PUT', '/afm/remit', { remit: AFM.remit })).toEqual([200, 'accepted']);
    expect(await outcome('PUT', '/afm/remit', wider)).toEqual([200, 'accepted']);
    expect((await show('afm')).remit).toEqual(wider.remit);
  });

  it('narrows a remit again, whatever correlation the caller names', async () => {
    await ask('POST', '', AFM);
    const correlation = { 'x-correlation-id': 'the-same-one-always' };
    const wider = { remit: { ...AFM.remit, grants: [{ agency: 'afm' }] } };
    for (const body of [wider, { remit: AFM.remit }, wider, { remit: AFM.remit }]) expect(await outcome('PUT', '/afm/remit', body, 'operator', correlation)).toEqual([200, 'accepted']);
    expect((await show('afm')).remit).toEqual(AFM.remit);
  });

  it('lists publishers by name, and by whom they speak for', async () => {
    await ask('POST', '', POOL);
    await ask('POST', '', AFM);
    expect(await listed('', 2)).toEqual(['afm', 'pool-1']);
    expect(await listed('?agency=afm', 1)).toEqual(['afm']);
    expect(await listed('?pool=poolb', 1)).toEqual(['pool-1']);
    const page = (await ask('GET', '?limit=1')).body as { next: string };
    expect(await listed(`?limit=1&after=${page.next}`, 1)).toEqual(['pool-1']);
    await ask('PUT', '/afm/remit', { remit: { ...AFM.remit, grants: [{ agency: 'customs' }] } });
    expect(await listed('?agency=customs', 1)).toEqual(['afm']);
    expect(await listed('?agency=afm', 0)).toEqual([]);
  });

  it.each<[string, string, string, unknown, number, string]>([
    ['a key that anybody could sign for', 'POST', '/afm/keys', { ...KEY, publicKey: Buffer.from(`01${'00'.repeat(31)}`, 'hex').toString('base64url') }, 422, 'key-weak'],
    ['a key with stray bits', 'POST', '/afm/keys', { ...KEY, publicKey: `${KEY.publicKey.slice(0, 42)}${KEY.publicKey.endsWith('B') ? 'D' : 'B'}` }, 422, 'key-format'],
    ['a key of a publisher that nobody registered', 'POST', '/customs/keys', KEY, 404, 'publisher-not-found'],
    ['a name that is none', 'POST', '/Afm%2F..%2Fx/keys', KEY, 404, 'not-found'],
    ['an act that there is not', 'PUT', '/afm/remit', { remit: { ...AFM.remit, grants: [{ agency: 'afm', acts: ['arest'] }] } }, 422, 'act-unknown'],
    ['a person\'s name in a reason', 'POST', '/afm/keys/2026-1/revocation', { reason: 'lost by Иванов И.И.' }, 400, 'validation-failed'],
  ])('refuses %s', async (_, method, path, body, status, code) => {
    await ask('POST', '', AFM);
    expect(await outcome(method as 'POST', path, body)).toEqual([status, code]);
  });

  it('is kept by operators, and read by those concerned', async () => {
    for (const role of ['law-enforcement', 'pool-operator', 'auditor', 'custodian', 'compliance-officer'] as const) expect(await outcome('POST', '', AFM, role)).toEqual([403, 'forbidden']);
    expect((await ask('GET', '', undefined, 'law-enforcement')).status).toBe(200);
    expect((await ask('GET', '', undefined, 'custodian')).status).toBe(403);
    expect((await ask('GET', '/nobody', undefined, 'auditor')).status).toBe(404);
  });
});
