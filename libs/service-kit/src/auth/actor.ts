import type { EventActor } from '@qazyna/event-store';

/** What a person or system may do. Roles come from the identity provider; a role not listed here is refused. */
export const ROLES = [
  'law-enforcement',
  'pool-operator',
  'regulator',
  'custodian',
  'compliance-officer',
  'auditor',
  'operator',
] as const;
export type Role = (typeof ROLES)[number];

/** Who asks. `subject` is the identity provider's opaque id, never a person's name. */
export interface Actor {
  readonly subject: string;
  readonly organisation: string;
  readonly roles: readonly Role[];
}

/** Opaque ids: they end up in streams and account names' neighbours, so no spaces or control characters. */
export const SUBJECT_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._:@/|-]{0,127}$/;
export const ORGANISATION_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export function isRole(text: unknown): text is Role {
  return typeof text === 'string' && (ROLES as readonly string[]).includes(text);
}

/** The part of an actor that is recorded with each event. */
export function actorMetadata(actor: Actor): EventActor {
  return { subject: actor.subject, organisation: actor.organisation };
}

/**
 * The actor of a Kafka message: its CloudEvents source (`urn:qazyna:agency:afm` → organisation `afm`, a URL → its
 * host). It has no roles: what a topic may do is decided by who may write to it.
 */
export function actorOfSource(source: string): Actor {
  const tail = URL.canParse(source) && new URL(source).hostname !== '' ? new URL(source).hostname : (source.split(/[/:]/).filter(Boolean).at(-1) ?? '');
  const organisation = tail.replaceAll(/[^A-Za-z0-9._-]/g, '-').replace(/^[^A-Za-z0-9]+/, '').slice(0, 64);
  return { subject: source.slice(0, 256), organisation: organisation === '' ? 'unknown' : organisation, roles: [] };
}

/** The actor of a Kafka message: the publisher that signed it, or else what its source says of itself. */
export function actorOfMessage(source: string, signed: { readonly publisherId: string; readonly keyId: string } | undefined): Actor {
  if (signed === undefined) return actorOfSource(source);
  return { subject: `publisher:${signed.publisherId}/${signed.keyId}`, organisation: signed.publisherId, roles: [] };
}
