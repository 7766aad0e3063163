import { Inject, Injectable } from '@nestjs/common';
import { contentHash, streamOf, type LicenceApplication } from '@qazyna/contracts';
import { handleCommand, type EventMetadata, type EventStore, type Refusal } from '@qazyna/event-store';
import { EVENT_STORE } from '@qazyna/service-kit';
import { licenceDecider } from './licence.js';

@Injectable()
export class LicencesService {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  /** Registers a licence once. @throws {StoreUnavailable | StoreTimeout} send it again */
  async issue(application: LicenceApplication, metadata: Omit<EventMetadata, 'schemaVersion'>): Promise<{ readonly status: 'accepted' | 'duplicate' } | { readonly refusal: Refusal }> {
    const outcome = await handleCommand(this.store, licenceDecider, {
      stream: streamOf.licence(application.licenceId),
      command: application,
      commandId: `issue:${contentHash(application)}`,
      metadata,
      expectNew: true,
    });
    if (outcome.kind === 'refused') return { refusal: outcome.refusal };
    return { status: outcome.duplicate || outcome.events.length === 0 ? 'duplicate' : 'accepted' };
  }
}
