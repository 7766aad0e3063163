import { Inject, Injectable } from '@nestjs/common';
import { streamOf, type CaseBecameStateProperty } from '@qazyna/contracts';
import { handleCommand, type EventStore } from '@qazyna/event-store';
import { EVENT_STORE } from '@qazyna/service-kit';
import { custodyCaseDecider } from './custody-case.js';

const CUSTODY = { subject: 'custody', organisation: 'qazyna' };

@Injectable()
export class CasesService {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  /** Notes once that a case is state property. @throws {StoreUnavailable | StoreTimeout} deliver it again */
  async noteStateProperty({ caseId, decision, effectiveAt }: CaseBecameStateProperty, messageId: string, correlationId = messageId): Promise<void> {
    const { reference, authority, sha256 } = decision;
    await handleCommand(this.store, custodyCaseDecider, {
      stream: streamOf.custodyCase(caseId),
      command: { caseId, decision: { reference, authority, sha256 }, effectiveAt },
      commandId: 'state-property',
      metadata: { actor: CUSTODY, correlationId, causationId: messageId },
      expectNew: true,
    });
  }
}
