import { contentHash, SEIZURE_ACTS, streamOf, type PublisherRemit } from '@qazyna/contracts';
import { handleCommand, type Clock, type EventMetadata, type EventStore, type Refusal } from '@qazyna/event-store';
import { KeyUnusable, publicKeyOf } from '@qazyna/signing';
import type { SQLInputValue } from 'node:sqlite';
import { pageOf, type Page, type PageRequest } from '../http/paging.js';
import type { ReadModelHost } from '../read-models/read-model-host.js';
import { publisherDecider, type PublisherCommand } from './publisher.js';
import type { PublisherDirectory } from './publisher-directory.js';
import { shownKey, type KeyRegistration, type KeyRevocation, type KeyRotation, type ListedPublisher, type PublisherRegistration, type ShownPublisher } from './publishers.dto.js';

type Metadata = Omit<EventMetadata, 'schemaVersion'>;
export type PublisherOutcome = { readonly status: 'accepted' | 'duplicate' } | { readonly refusal: Refusal };

/** The registry of publishers as its officers use it. */
export class Publishers {
  constructor(
    private readonly store: EventStore,
    private readonly directory: PublisherDirectory,
    private readonly model: ReadModelHost,
    private readonly clock: Clock,
  ) {}

  async register({ publisherId, organisation, remit }: PublisherRegistration, metadata: Metadata): Promise<PublisherOutcome> {
    return unknownAct(remit) ?? this.carryOut({ kind: 'register', publisherId, organisation, remit }, metadata);
  }

  async changeRemit(publisherId: string, remit: PublisherRemit, metadata: Metadata): Promise<PublisherOutcome> {
    return unknownAct(remit) ?? this.carryOut({ kind: 'change-remit', publisherId, remit }, metadata);
  }

  async addKey(publisherId: string, key: KeyRegistration, metadata: Metadata): Promise<PublisherOutcome> {
    return unusable(key) ?? this.carryOut({ kind: 'add-key', publisherId, key }, metadata);
  }

  async rotate(publisherId: string, { replaces, overlapUntil, ...key }: KeyRotation, metadata: Metadata): Promise<PublisherOutcome> {
    return unusable(key) ?? this.carryOut({ kind: 'rotate', publisherId, key, replaces, overlapUntil }, metadata);
  }

  async revoke(publisherId: string, keyId: string, { revokedFrom, reason }: KeyRevocation, metadata: Metadata): Promise<PublisherOutcome> {
    const now = this.clock.now().toISOString();
    return this.carryOut({ kind: 'revoke', publisherId, keyId, revokedFrom: revokedFrom ?? now, reason, now }, metadata);
  }

  /** From the publisher's own stream, so that it shows the latest at once. */
  async show(publisherId: string): Promise<ShownPublisher | undefined> {
    const { organisation, remit, keys } = await this.directory.find(publisherId);
    if (organisation === undefined) return undefined;
    const now = this.clock.now();
    return { publisherId, organisation, remit, keys: [...keys].map(([keyId, key]) => shownKey(keyId, key, now)) };
  }

  list({ agency, pool }: { readonly agency?: string; readonly pool?: string }, { after, limit }: PageRequest): Page<ListedPublisher> {
    const conditions = ['publisher_id > ?'];
    const values: SQLInputValue[] = [after ?? ''];
    for (const [kind, name] of [['agency', agency], ['pool', pool]] as const) {
      if (name === undefined) continue;
      conditions.push('publisher_id IN (SELECT publisher_id FROM grants WHERE kind = ? AND name = ?)');
      values.push(kind, name);
    }
    const rows = this.model.db
      .prepare(`SELECT publisher_id AS publisherId, organisation, remit, keys FROM publishers WHERE ${conditions.join(' AND ')} ORDER BY publisher_id LIMIT ?`)
      .all(...values, limit + 1) as unknown as (Omit<ListedPublisher, 'remit'> & { readonly remit: string })[];
    const items = rows.map((row) => ({ ...row, remit: JSON.parse(row.remit) as PublisherRemit }));
    return pageOf(items, limit, ({ publisherId }) => publisherId);
  }

  private async carryOut(command: PublisherCommand, metadata: Metadata): Promise<PublisherOutcome> {
    const outcome = await handleCommand(this.store, publisherDecider, {
      stream: streamOf.publisher(command.publisherId),
      command,
      commandId: `${command.kind}:${contentHash(command)}`,
      // A remit may change to what it was once, which is not the same change again.
      repeatable: true,
      metadata,
    });
    if (outcome.kind === 'refused') return { refusal: outcome.refusal };
    return { status: outcome.duplicate || outcome.events.length === 0 ? 'duplicate' : 'accepted' };
  }
}

/** A key that proves nothing is refused when it is registered, not when it is used. */
function unusable({ publicKey }: { readonly publicKey: string }): { readonly refusal: Refusal } | undefined {
  try {
    publicKeyOf(publicKey);
    return undefined;
  } catch (error) {
    if (!(error instanceof KeyUnusable)) throw error;
    return { refusal: { code: error.code, field: 'publicKey', message: error.message } };
  }
}

/** A mistyped act would silently forbid what was meant. */
function unknownAct({ grants }: PublisherRemit): { readonly refusal: Refusal } | undefined {
  const known: readonly string[] = SEIZURE_ACTS;
  for (const [index, { acts = [] }] of grants.entries()) {
    const wrong = acts.find((act) => !known.includes(act));
    if (wrong !== undefined) return { refusal: { code: 'act-unknown', field: `remit.grants.${index}.acts`, message: `there is no act ${wrong}; there are ${known.join(', ')}` } };
  }
  return undefined;
}
