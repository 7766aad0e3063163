import { generateKeyPair, SignJWT } from 'jose';
import { bearer, NotesService } from '../spec-support/notes-service.js';
import { SandboxIssuer } from './sandbox-issuer.js';

const NOTE = { text: 'x', height: 1, tags: [] };
const OIDC = { OIDC_ISSUER: 'https://id.example', OIDC_AUDIENCE: 'qazyna', OIDC_JWKS_URL: 'https://127.0.0.1:1/keys' };

describe('the guard', () => {
  let notes: NotesService;
  beforeAll(async () => {
    notes = await NotesService.start();
  });
  afterAll(() => notes.stop());

  it('lets anyone ask a public route', async () => {
    expect((await notes.ask('GET', '/v1/notes', undefined, { authorization: 'Bearer nonsense' })).status).toBe(200);
  });

  it('asks for a token everywhere else, reads included', async () => {
    for (const [method, path] of [['GET', '/v1/private'], ['POST', '/v1/notes'], ['POST', '/v1/statements']] as const) {
      const answer = await notes.ask(method, path);
      expect([answer.status, answer.problem.code, answer.headers.get('www-authenticate')]).toEqual([401, 'unauthenticated', 'Bearer realm="qazyna"']);
    }
  });

  it.each([
    ['Basic YTpi', 'token-malformed', 'invalid_request'],
    ['Bearer', 'token-malformed', 'invalid_request'],
    ['Bearer a.b.c', 'token-malformed', 'invalid_token'],
  ])('refuses the header %s', async (authorization, code, error) => {
    const answer = await notes.ask('GET', '/v1/private', undefined, { authorization });
    expect([answer.status, answer.problem.code]).toEqual([401, code]);
    expect(answer.headers.get('www-authenticate')).toContain(`error="${error}"`);
  });

  it('refuses an expired token and one of another seed', async () => {
    const actor = { subject: 'a', organisation: 'b', roles: ['custodian'] } as const;
    const expired = await new SandboxIssuer('spec-seed').issue(actor, new Date(0));
    const other = await new SandboxIssuer('other').issue(actor, new Date());
    expect((await notes.post('/v1/notes', NOTE, { authorization: `Bearer ${expired}` })).problem.code).toBe('token-expired');
    expect((await notes.post('/v1/notes', NOTE, { authorization: `Bearer ${other}` })).problem.code).toBe('token-untrusted');
  });

  it('asks for one of the roles, and checks it before the body', async () => {
    const answer = await notes.post('/v1/notes', {}, { authorization: await bearer('auditor') });
    expect([answer.status, answer.problem.code]).toEqual([403, 'forbidden']);
    expect((await notes.post('/v1/notes', NOTE, { authorization: await bearer('auditor', 'operator') })).status).toBe(201);
  });

  it('makes sandbox tokens that prove the actor asked for', async () => {
    const made = await notes.ask('POST', '/sandbox/token', JSON.stringify({ subject: 'p-1', organisation: 'kgd', roles: ['regulator'] }), { 'content-type': 'application/json' });
    expect(made.status).toBe(201);
    const { access_token: accessToken } = made.body as { access_token: string };
    const who = await notes.ask('GET', '/v1/private', undefined, { authorization: `Bearer ${accessToken}` });
    expect(who.body).toEqual({ subject: 'p-1', organisation: 'kgd', roles: ['regulator'] });
  });

  it('refuses to make a token for a role nobody knows', async () => {
    const made = await notes.ask('POST', '/sandbox/token', JSON.stringify({ subject: 'p-1', organisation: 'kgd', roles: ['king'] }), { 'content-type': 'application/json' });
    expect([made.status, made.problem.errors?.[0]?.field]).toEqual([400, 'roles']);
  });
});

describe('production', () => {
  it('has no sandbox issuer, takes no sandbox token, and says when the identity provider is away', async () => {
    const notes = await NotesService.start({ usesChain: false, env: { QAZYNA_MODE: 'production', QAZYNA_SANDBOX_SEED: '', ...OIDC } });
    try {
      const token = await notes.ask('POST', '/sandbox/token', '{}', { 'content-type': 'application/json' });
      expect([token.status, token.problem.code]).toEqual([404, 'not-found']);
      for (const seed of ['spec-seed', 'qazyna-sandbox']) {
        const forged = await new SandboxIssuer(seed).issue({ subject: 'a', organisation: 'b', roles: ['operator'] }, new Date());
        expect((await notes.post('/v1/notes', NOTE, { authorization: `Bearer ${forged}` })).problem.code).toBe('token-untrusted');
      }
      expect((await notes.ask('GET', '/openapi.json')).text).not.toContain('sandbox');
      const { privateKey } = await generateKeyPair('ES256');
      const unchecked = await new SignJWT({ organisation: 'b', roles: [] }).setProtectedHeader({ alg: 'ES256', kid: 'k' }).setIssuer(OIDC.OIDC_ISSUER).setAudience('qazyna').setSubject('a').setExpirationTime('1h').sign(privateKey);
      // Nothing listens on port 1: the keys cannot be fetched, which is not the caller's fault.
      const away = await notes.post('/v1/notes', NOTE, { authorization: `Bearer ${unchecked}` });
      expect([away.status, away.problem.code, away.headers.get('retry-after')]).toEqual([503, 'identity-provider-unavailable', '5']);
    } finally {
      await notes.stop();
    }
  });
});
