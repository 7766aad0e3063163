import type { EventsOf, PublisherEvents, PublisherGrant, PublisherKeyAdded, PublisherRemit } from '@qazyna/contracts';
import { accept, refuse, type Decider, type Decision } from '@qazyna/event-store/decider';
import { isDeepStrictEqual } from 'node:util';

/** One publisher of signed messages: what it may speak for, and the keys it signs with. Nothing of it is ever removed. */

export type PublisherEvent = EventsOf<PublisherEvents>;

export interface PublisherKey {
  readonly publicKey: string;
  readonly validFrom: string;
  readonly validUntil: string;
  readonly revokedFrom?: string;
}

export interface PublisherState {
  readonly organisation: string | undefined;
  readonly remit: PublisherRemit;
  readonly keys: ReadonlyMap<string, PublisherKey>;
}

export type NewKey = Omit<PublisherKeyAdded, 'publisherId'>;

export type PublisherCommand =
  | { readonly kind: 'register'; readonly publisherId: string; readonly organisation: string; readonly remit: PublisherRemit }
  | { readonly kind: 'change-remit'; readonly publisherId: string; readonly remit: PublisherRemit }
  | { readonly kind: 'add-key'; readonly publisherId: string; readonly key: NewKey }
  /** `key` takes over from `replaces`, which still counts until `overlapUntil` for what is on its way. */
  | { readonly kind: 'rotate'; readonly publisherId: string; readonly key: NewKey; readonly replaces: string; readonly overlapUntil: string }
  | { readonly kind: 'revoke'; readonly publisherId: string; readonly keyId: string; readonly revokedFrom: string; readonly reason: string; readonly now: string };

/** A key that never ends is a key that nobody looks after. */
export const KEY_DAYS_MAX = 1_100;
/** Keys of one publisher, ended and revoked ones included. */
export const KEYS_MAX = 200;
const DAY_MS = 86_400_000;

export const publisherDecider: Decider<PublisherState, PublisherCommand, PublisherEvent> = {
  initialState: () => ({ organisation: undefined, remit: { sources: [], grants: [] }, keys: new Map() }),

  decide(command, state) {
    if (command.kind === 'register') return register(command, state);
    if (state.organisation === undefined) return refuse('publisher-not-found', `no publisher ${command.publisherId} is registered`, 'publisherId');
    switch (command.kind) {
      case 'change-remit':
        return brokenRemit(command.remit) ?? (isDeepStrictEqual(plain(command.remit), plain(state.remit)) ? accept() : accept({ type: 'operations.publisher-remit-changed', data: { publisherId: command.publisherId, remit: command.remit } }));
      case 'add-key':
        return addKey(command.publisherId, command.key, state);
      case 'rotate':
        return rotate(command, state);
      case 'revoke':
        return revoke(command, state);
    }
  },

  evolve(state, event) {
    const withKey = (keyId: string, change: Partial<PublisherKey>): PublisherState => {
      const known = state.keys.get(keyId);
      return known === undefined ? state : { ...state, keys: new Map(state.keys).set(keyId, { ...known, ...change }) };
    };
    switch (event.type) {
      case 'operations.publisher-registered':
        return { ...state, organisation: event.data.organisation, remit: event.data.remit };
      case 'operations.publisher-remit-changed':
        return { ...state, remit: event.data.remit };
      case 'operations.publisher-key-added': {
        const { keyId, publicKey, validFrom, validUntil } = event.data;
        return { ...state, keys: new Map(state.keys).set(keyId, { publicKey, validFrom, validUntil }) };
      }
      case 'operations.publisher-key-ended':
        return withKey(event.data.keyId, { validUntil: event.data.validUntil });
      case 'operations.publisher-key-revoked':
        return withKey(event.data.keyId, { revokedFrom: event.data.revokedFrom });
      default:
        return state;
    }
  },
};

type Command<Kind extends PublisherCommand['kind']> = Extract<PublisherCommand, { kind: Kind }>;

function register({ publisherId, organisation, remit }: Command<'register'>, state: PublisherState): Decision<PublisherEvent> {
  const broken = brokenRemit(remit);
  if (broken !== undefined) return broken;
  if (state.organisation === undefined) return accept({ type: 'operations.publisher-registered', data: { publisherId, organisation, remit } });
  if (state.organisation === organisation && isDeepStrictEqual(plain(state.remit), plain(remit))) return accept();
  return refuse('publisher-conflict', `publisher ${publisherId} is registered with another organisation or remit: change its remit instead`, 'publisherId');
}

function addKey(publisherId: string, key: NewKey, state: PublisherState): Decision<PublisherEvent> {
  const known = state.keys.get(key.keyId);
  if (known !== undefined) {
    if (known.publicKey === key.publicKey && known.validFrom === key.validFrom && known.validUntil === key.validUntil) return accept();
    return refuse('key-conflict', `key ${key.keyId} of ${publisherId} is registered with other content: a new key needs a new name`, 'keyId');
  }
  for (const [keyId, { publicKey }] of state.keys) {
    // A revoked key under a new name would be the revoked key.
    if (publicKey === key.publicKey) return refuse('key-already-registered', `this public key is registered as ${keyId}`, 'publicKey');
  }
  if (state.keys.size >= KEYS_MAX) return refuse('keys-too-many', `a publisher has at most ${KEYS_MAX} keys`, 'keyId');
  const days = (Date.parse(key.validUntil) - Date.parse(key.validFrom)) / DAY_MS;
  if (days <= 0) return refuse('key-validity', 'validUntil must be after validFrom', 'validUntil');
  if (days > KEY_DAYS_MAX) return refuse('key-validity', `a key is valid for at most ${KEY_DAYS_MAX} days`, 'validUntil');
  const { keyId, publicKey, validFrom, validUntil } = key;
  return accept({ type: 'operations.publisher-key-added', data: { publisherId, keyId, publicKey, validFrom, validUntil } });
}

function rotate({ publisherId, key, replaces, overlapUntil }: Command<'rotate'>, state: PublisherState): Decision<PublisherEvent> {
  const old = state.keys.get(replaces);
  if (old === undefined) return refuse('key-not-found', `${publisherId} has no key ${replaces}`, 'replaces');
  const added = addKey(publisherId, key, state);
  if (added.kind === 'refused' || added.events.length === 0) return added;
  if (old.revokedFrom !== undefined) return refuse('key-revoked', `key ${replaces} is revoked: add a key instead`, 'replaces');
  if (Date.parse(overlapUntil) < Date.parse(key.validFrom)) return refuse('rotation-gap', `between ${overlapUntil} and ${key.validFrom} no key would count`, 'overlapUntil');
  if (Date.parse(overlapUntil) > Date.parse(old.validUntil)) return refuse('rotation-prolongs', `key ${replaces} ends at ${old.validUntil}: a rotation cannot prolong it`, 'overlapUntil');
  return accept(...added.events, { type: 'operations.publisher-key-ended', data: { publisherId, keyId: replaces, replacedBy: key.keyId, validUntil: overlapUntil } });
}

function revoke({ publisherId, keyId, revokedFrom, reason, now }: Command<'revoke'>, { keys }: PublisherState): Decision<PublisherEvent> {
  const known = keys.get(keyId);
  if (known === undefined) return refuse('key-not-found', `${publisherId} has no key ${keyId}`, 'keyId');
  if (Date.parse(revokedFrom) > Date.parse(now)) return refuse('revocation-in-future', 'a revocation counts from now or from an earlier moment: let the key end, or rotate it', 'revokedFrom');
  // Found to have been stolen earlier still: that moves back. It never moves forward, or a revocation could be undone.
  if (known.revokedFrom !== undefined && Date.parse(known.revokedFrom) <= Date.parse(revokedFrom)) {
    return known.revokedFrom === revokedFrom ? accept() : refuse('already-revoked', `key ${keyId} is revoked from ${known.revokedFrom} on`, 'revokedFrom');
  }
  return accept({ type: 'operations.publisher-key-revoked', data: { publisherId, keyId, revokedFrom, reason } });
}

function brokenRemit({ grants }: PublisherRemit): ReturnType<typeof refuse> | undefined {
  for (const [index, grant] of grants.entries()) {
    const at = `remit.grants.${index}`;
    const { agency, pool, register } = grant;
    if ([agency, pool, register].filter((named) => named !== undefined).length !== 1) return refuse('grant-unclear', 'a grant names an agency, a pool or a register, and one of them only', at);
    const foreign = foreignLimit(grant);
    if (foreign !== undefined) return refuse('grant-unclear', `${foreign} limits nothing here`, `${at}.${foreign}`);
  }
  return undefined;
}

/** A limit that belongs to the other kind of grant: whoever wrote it expected it to limit something. */
function foreignLimit({ agency, pool, casePrefixes, acts, accounts }: PublisherGrant): string | undefined {
  if (agency !== undefined) return accounts === undefined ? undefined : 'accounts';
  if (casePrefixes !== undefined) return 'casePrefixes';
  if (acts !== undefined) return 'acts';
  return pool === undefined && accounts !== undefined ? 'accounts' : undefined;
}

function plain(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}
