import { Field, IdentifierField, PublisherRemit, type PublisherKeyAdded } from '@qazyna/contracts';
import type { PublisherKey } from './publisher.js';

const KEY = /^[a-z0-9][a-z0-9.-]{0,31}$/;
const keyName = (description: string): PropertyDecorator => Field.text({ max: 32, pattern: KEY, patternMeans: 'a short name in lower-case letters, digits, "." and "-"', description, example: '2026-1' });

export class PublisherRegistration {
  @Field.text({ max: 32, pattern: /^[a-z][a-z0-9-]{1,31}$/, patternMeans: 'a short name in lower-case letters, digits and hyphens', description: 'The publisher\'s short name: it stands in every signature', example: 'afm' })
  publisherId!: string;

  @IdentifierField.name({ description: 'Registered short name of the organisation behind it', example: 'financial-monitoring-agency' })
  organisation!: string;

  @Field.nested(() => PublisherRemit, { description: 'What it may speak for' })
  remit!: PublisherRemit;
}

export class RemitChange {
  @Field.nested(() => PublisherRemit, { description: 'What it may speak for from now on, in full' })
  remit!: PublisherRemit;
}

/** What `qazyna sign keygen` prints. */
export class KeyRegistration {
  @keyName('The key\'s name, never used before by this publisher')
  keyId!: string;

  @Field.text({ min: 43, max: 43, pattern: /^[A-Za-z0-9_-]{43}$/, patternMeans: '32 bytes in base64url without padding', description: 'Ed25519 public key: its 32 bytes in base64url', example: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' })
  publicKey!: string;

  @Field.instant({ description: 'First moment at which its signatures count' })
  validFrom!: string;

  @Field.instant({ description: 'First moment at which they no longer do; at most 1,100 days after the first', example: '2027-03-01T00:00:00Z' })
  validUntil!: string;
}

export class KeyRotation extends KeyRegistration {
  @keyName('The key that it takes over from')
  replaces!: string;

  @Field.instant({ description: 'Until when the old key still counts, for what is on its way', example: '2026-03-08T00:00:00Z' })
  overlapUntil!: string;
}

export class KeyRevocation {
  @Field.instant({ optional: true, description: 'Nothing signed or received at this moment or later counts; left out: now', example: '2026-02-27T18:00:00Z' })
  revokedFrom?: string;

  @Field.freeText({ min: 3, max: 500, why: 'an auditor reads it years later, and needs the incident\'s number and a sentence', description: 'Why it is revoked, kept for ever', example: 'the signing server was stolen, incident 2026-14' })
  reason!: string;
}

export class PublishersQuery {
  @IdentifierField.agency({ optional: true, description: 'Only publishers that may speak for this agency' })
  agency?: string;

  @IdentifierField.pool({ optional: true, description: 'Only publishers that may speak for this pool' })
  pool?: string;

  @Field.text({ optional: true, max: 512, description: 'The `next` of the page before' })
  after?: string;

  @Field.text({ optional: true, max: 9, description: 'Most publishers of a page, up to 1,000 (default 100)' })
  limit?: string;
}

export const KEY_STATES = ['not-yet-valid', 'valid', 'expired', 'revoked'] as const;
export type KeyState = (typeof KEY_STATES)[number];

export interface ShownKey extends Omit<PublisherKeyAdded, 'publisherId'> {
  readonly revokedFrom: string | null;
  /** Now, by this service's clock. */
  readonly state: KeyState;
}

export interface ListedPublisher {
  readonly publisherId: string;
  readonly organisation: string;
  readonly remit: PublisherRemit;
  readonly keys: number;
}

export interface ShownPublisher extends Omit<ListedPublisher, 'keys'> {
  readonly keys: readonly ShownKey[];
}

export function shownKey(keyId: string, { publicKey, validFrom, validUntil, revokedFrom }: PublisherKey, now: Date): ShownKey {
  return { keyId, publicKey, validFrom, validUntil, revokedFrom: revokedFrom ?? null, state: stateOf({ publicKey, validFrom, validUntil, ...(revokedFrom === undefined ? {} : { revokedFrom }) }, now) };
}

function stateOf({ validFrom, validUntil, revokedFrom }: PublisherKey, now: Date): KeyState {
  if (revokedFrom !== undefined && now.getTime() >= Date.parse(revokedFrom)) return 'revoked';
  if (now.getTime() < Date.parse(validFrom)) return 'not-yet-valid';
  return now.getTime() < Date.parse(validUntil) ? 'valid' : 'expired';
}
