import { createPrivateKey, createPublicKey, hkdfSync, randomUUID } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Actor } from './actor.js';
import { SANDBOX_ALGORITHMS } from './token-verifier.js';
import type { TrustedIssuer } from './token-verifier.js';

export const SANDBOX_ISSUER = 'urn:qazyna:sandbox';
export const SANDBOX_AUDIENCE = 'qazyna';
export const SANDBOX_TOKEN_LIFETIME_S = 3600;

/** PKCS #8 wrapping of a raw Ed25519 seed (RFC 8410, section 7). */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * Makes tokens for the sandbox. The key follows from the seed (HKDF-SHA256), so that services started with the same
 * seed accept one another's tokens. Never constructed in production.
 */
export class SandboxIssuer {
  private readonly privateKey: KeyObject;
  readonly trusted: TrustedIssuer;

  constructor(seed: string) {
    const raw = Buffer.from(hkdfSync('sha256', seed, 'qazyna', 'sandbox token issuer ed25519', 32));
    this.privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, raw]), format: 'der', type: 'pkcs8' });
    this.trusted = { issuer: SANDBOX_ISSUER, audience: SANDBOX_AUDIENCE, algorithms: SANDBOX_ALGORITHMS, key: createPublicKey(this.privateKey) };
  }

  /** A signed access token for this actor. */
  issue(actor: Actor, now: Date, lifetimeSeconds: number = SANDBOX_TOKEN_LIFETIME_S): Promise<string> {
    const issuedAt = Math.floor(now.getTime() / 1000);
    return new SignJWT({ organisation: actor.organisation, roles: [...actor.roles] })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT' })
      .setIssuer(SANDBOX_ISSUER)
      .setAudience(SANDBOX_AUDIENCE)
      .setSubject(actor.subject)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + lifetimeSeconds)
      .setJti(randomUUID())
      .sign(this.privateKey);
  }
}
