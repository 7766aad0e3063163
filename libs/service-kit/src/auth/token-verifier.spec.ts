import { createLocalJWKSet, errors, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import type { CryptoKey, JWTPayload } from 'jose';
import { createHmac } from 'node:crypto';
import { actorMetadata, actorOfSource } from './actor.js';
import { SANDBOX_AUDIENCE, SANDBOX_ISSUER, SandboxIssuer } from './sandbox-issuer.js';
import { InvalidToken, KeysUnavailable, OIDC_ALGORITHMS, TokenVerifier } from './token-verifier.js';
import type { TrustedIssuer } from './token-verifier.js';

const ISSUER = 'https://id.example';
const AUDIENCE = 'qazyna';
const CLAIMS = { sub: 'officer-7', organisation: 'afm', roles: ['custodian'], iss: ISSUER, aud: AUDIENCE };
const nowSeconds = (): number => Math.floor(Date.now() / 1000);

describe('tokens of an identity provider', () => {
  let privateKey: CryptoKey;
  let trusted: TrustedIssuer;
  let verifier: TokenVerifier;

  beforeAll(async () => {
    const pair = await generateKeyPair('RS256');
    privateKey = pair.privateKey;
    const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'RS256' };
    trusted = { issuer: ISSUER, audience: AUDIENCE, algorithms: OIDC_ALGORITHMS, key: createLocalJWKSet({ keys: [jwk] }) };
    verifier = new TokenVerifier([trusted, new SandboxIssuer('seed').trusted]);
  });

  function sign(claims: JWTPayload, key: CryptoKey = privateKey, alg = 'RS256'): Promise<string> {
    return new SignJWT({ exp: nowSeconds() + 60, ...claims }).setProtectedHeader({ alg, kid: 'k1' }).sign(key);
  }

  async function codeOf(token: string): Promise<string> {
    try {
      await verifier.verify(token);
      return 'accepted';
    } catch (error) {
      if (error instanceof InvalidToken) return error.code;
      throw error;
    }
  }

  it('proves the actor, with the roles this system knows', async () => {
    const token = await sign({ ...CLAIMS, roles: ['custodian', 'payroll', 7, 'auditor'] });
    expect(await verifier.verify(token)).toEqual({ subject: 'officer-7', organisation: 'afm', roles: ['custodian', 'auditor'] });
  });

  it.each<[string, JWTPayload, string]>([
    ['has expired', { exp: 1_700_000_000 }, 'token-expired'],
    ['is not valid yet', { nbf: 4_000_000_000 }, 'token-claims'],
    ['is for another audience', { aud: 'payroll' }, 'token-claims'],
    ['comes from another issuer', { iss: 'https://evil.example' }, 'token-untrusted'],
    ['names no organisation', { organisation: undefined }, 'token-claims'],
    ['names an organisation that is not one', { organisation: 'a b' }, 'token-claims'],
    ['has a subject with line breaks', { sub: 'a\nb' }, 'token-claims'],
    ['has roles that are no list', { roles: 'custodian' }, 'token-claims'],
    ['never expires', { exp: undefined } as unknown as JWTPayload, 'token-claims'],
  ])('refuses one that %s', async (_name, change, code) => {
    expect(await codeOf(await sign({ ...CLAIMS, ...change }))).toBe(code);
  });

  it('refuses one signed with another key', async () => {
    const other = await generateKeyPair('RS256');
    expect(await codeOf(await sign(CLAIMS, other.privateKey))).toBe('token-untrusted');
  });

  it('refuses one whose claims were changed after signing', async () => {
    const [header, , signature] = (await sign(CLAIMS)).split('.');
    const forged = Buffer.from(JSON.stringify({ ...CLAIMS, exp: nowSeconds() + 60, roles: ['operator'] })).toString('base64url');
    expect(await codeOf([header, forged, signature].join('.'))).toBe('token-untrusted');
  });

  it('refuses the algorithm none', async () => {
    expect(await codeOf(new UnsecuredJWT({ ...CLAIMS, exp: nowSeconds() + 60 }).encode())).not.toBe('accepted');
  });

  it('refuses a shared-secret signature made with the public key', async () => {
    const head = Buffer.from(JSON.stringify({ alg: 'HS256', kid: 'k1' })).toString('base64url');
    const body = Buffer.from(JSON.stringify({ ...CLAIMS, exp: nowSeconds() + 60 })).toString('base64url');
    const mac = createHmac('sha256', 'the public key, which everyone has').update(`${head}.${body}`).digest('base64url');
    expect(await codeOf(`${head}.${body}.${mac}`)).toBe('token-untrusted');
  });

  it('refuses a sandbox claim signed with the provider\'s key', async () => {
    expect(await codeOf(await sign({ ...CLAIMS, iss: SANDBOX_ISSUER, aud: SANDBOX_AUDIENCE }))).toBe('token-untrusted');
  });

  it.each(['', 'abc', 'a.b.c', '....', 'x'.repeat(10_000)])('refuses what is no token: %.10s', async (text) => {
    expect(await codeOf(text)).toBe('token-malformed');
  });

  it.each([
    ['the network fails', new TypeError('fetch failed')],
    ['the provider is slow', new errors.JWKSTimeout()],
    ['the provider answers 500', new errors.JOSEError('Expected 200 OK from the JSON Web Key Set HTTP response')],
  ])('does not blame the caller when %s', async (_name, failure) => {
    const away = new TokenVerifier([{ ...trusted, key: () => Promise.reject(failure) }]);
    await expect(away.verify(await sign(CLAIMS))).rejects.toBeInstanceOf(KeysUnavailable);
  });
});

describe('sandbox tokens', () => {
  const actor = { subject: 'a', organisation: 'kgd', roles: ['operator'] } as const;

  it('are accepted by every service with the same seed, and by no other', async () => {
    const token = await new SandboxIssuer('seed').issue(actor, new Date());
    expect(await new TokenVerifier([new SandboxIssuer('seed').trusted]).verify(token)).toEqual(actor);
    await expect(new TokenVerifier([new SandboxIssuer('another').trusted]).verify(token)).rejects.toMatchObject({ code: 'token-untrusted' });
  });

  it('mean nothing where no sandbox issuer is trusted', async () => {
    const token = await new SandboxIssuer('seed').issue(actor, new Date());
    await expect(new TokenVerifier([]).verify(token)).rejects.toMatchObject({ code: 'token-untrusted' });
  });

  it('expire', async () => {
    const issuer = new SandboxIssuer('seed');
    const token = await issuer.issue(actor, new Date(Date.now() - 7_200_000));
    await expect(new TokenVerifier([issuer.trusted]).verify(token)).rejects.toMatchObject({ code: 'token-expired' });
  });
});

describe('the actor of a message', () => {
  it.each([
    ['urn:qazyna:agency:afm', 'afm'],
    ['https://pool.example/payouts', 'pool.example'],
    ['/agencies/kgd', 'kgd'],
    ['%%%', 'unknown'],
  ])('comes from its source %s', (source, organisation) => {
    const actor = actorOfSource(source);
    expect(actor).toEqual({ subject: source, organisation, roles: [] });
    expect(actorMetadata(actor)).toEqual({ subject: source, organisation });
  });
});
