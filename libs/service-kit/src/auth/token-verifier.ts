import { createRemoteJWKSet, decodeJwt, errors, jwtVerify } from 'jose';
import type { CryptoKey, JWTPayload, JWTVerifyGetKey, KeyObject } from 'jose';
import { isRole, ORGANISATION_PATTERN, SUBJECT_PATTERN } from './actor.js';
import type { Actor, Role } from './actor.js';
import { KnownTokens } from './known-tokens.js';

/** Asymmetric only: with a shared secret, whoever can check a token can also make one. */
export const OIDC_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'];
export const SANDBOX_ALGORITHMS = ['EdDSA'];

const CLOCK_TOLERANCE_S = 30;
const TOKEN_CHARACTERS_MAX = 8192;

/** Where tokens may come from and how each is checked. */
export interface TrustedIssuer {
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly string[];
  readonly key: CryptoKey | KeyObject | JWTVerifyGetKey;
}

export type TokenRefusal = 'token-malformed' | 'token-untrusted' | 'token-expired' | 'token-claims';

/** A token that does not prove who asks; `message` is safe to show. */
export class InvalidToken extends Error {
  override readonly name = 'InvalidToken';
  constructor(
    readonly code: TokenRefusal,
    message: string,
  ) {
    super(message);
  }
}

/** The identity provider's keys cannot be fetched: nobody's fault who asks, so 503 and not 401. */
export class KeysUnavailable extends Error {
  readonly code = 'identity-provider-unavailable';
  override readonly name = 'KeysUnavailable';
}

/** An OIDC issuer whose keys are fetched, cached and refetched when an unknown key id appears. */
export function oidcIssuer(issuer: string, audience: string, jwksUrl: string): TrustedIssuer {
  return { issuer, audience, algorithms: OIDC_ALGORITHMS, key: createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: 5000, cooldownDuration: 10_000 }) };
}

/** Checks access tokens against the issuers this process trusts. */
export class TokenVerifier {
  private readonly known = new KnownTokens();

  constructor(private readonly issuers: readonly TrustedIssuer[]) {}

  /**
   * The actor a token proves.
   * @throws {InvalidToken} wrong signature, issuer, audience, algorithm, time or claims
   * @throws {KeysUnavailable} the issuer's keys cannot be fetched
   */
  async verify(token: string): Promise<Actor> {
    if (token.length > TOKEN_CHARACTERS_MAX) throw new InvalidToken('token-malformed', 'the token is too long');
    const known = this.known.actorOf(token, Date.now());
    if (known !== undefined) return known;
    const issuer = this.issuers.find((candidate) => candidate.issuer === claimedIssuer(token));
    if (issuer === undefined) throw new InvalidToken('token-untrusted', 'the token\'s issuer is not trusted here');
    const payload = await verifiedPayload(token, issuer);
    const actor = actorOf(payload);
    this.known.remember(token, actor, (payload.exp ?? 0) * 1000, Date.now());
    return actor;
  }
}

function claimedIssuer(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    throw new InvalidToken('token-malformed', 'the token is not a signed JWT');
  }
}

async function verifiedPayload(token: string, issuer: TrustedIssuer): Promise<JWTPayload> {
  const options = {
    issuer: issuer.issuer,
    audience: issuer.audience,
    algorithms: [...issuer.algorithms],
    clockTolerance: CLOCK_TOLERANCE_S,
    requiredClaims: ['sub', 'exp', 'organisation', 'roles'],
  };
  try {
    const verified = typeof issuer.key === 'function' ? await jwtVerify(token, issuer.key, options) : await jwtVerify(token, issuer.key, options);
    return verified.payload;
  } catch (error) {
    throw asRefusal(error);
  }
}

function asRefusal(error: unknown): Error {
  if (error instanceof errors.JWTExpired) return new InvalidToken('token-expired', 'the token has expired');
  if (error instanceof errors.JWTClaimValidationFailed) {
    return new InvalidToken('token-claims', `the token's claim "${error.claim}" is ${error.reason === 'missing' ? 'missing' : 'not accepted'}`);
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return new InvalidToken('token-untrusted', 'the token\'s algorithm is not accepted');
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
    return new InvalidToken('token-untrusted', 'the token\'s signature does not verify');
  }
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) return new InvalidToken('token-malformed', 'the token is not a signed JWT');
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid || !(error instanceof errors.JOSEError)) {
    return new KeysUnavailable('the identity provider\'s keys cannot be fetched', { cause: error });
  }
  // What is left of jose's errors (JOSENotSupported, an odd header) is about the token's form.
  return error.code === 'ERR_JOSE_GENERIC'
    ? new KeysUnavailable('the identity provider\'s keys cannot be fetched', { cause: error })
    : new InvalidToken('token-malformed', 'the token is not accepted in this form');
}

function actorOf(payload: JWTPayload): Actor {
  const { sub, organisation, roles } = payload as { sub?: unknown; organisation?: unknown; roles?: unknown };
  if (typeof sub !== 'string' || !SUBJECT_PATTERN.test(sub)) throw new InvalidToken('token-claims', 'the token\'s claim "sub" is not an opaque id');
  if (typeof organisation !== 'string' || !ORGANISATION_PATTERN.test(organisation)) {
    throw new InvalidToken('token-claims', 'the token\'s claim "organisation" is not an organisation\'s short name');
  }
  if (!Array.isArray(roles)) throw new InvalidToken('token-claims', 'the token\'s claim "roles" is not a list');
  // An identity provider serves more systems than this one: its other roles mean nothing here and give nothing.
  const known: readonly Role[] = roles.filter(isRole);
  return { subject: sub, organisation, roles: known };
}
