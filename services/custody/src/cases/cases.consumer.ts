import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { messageTypeOf, TOPICS, type CaseBecameStateProperty } from '@qazyna/contracts';
import type { MessageBatch, Outcome } from '@qazyna/messaging';
import { CasesService } from './cases.service.js';

@Controller()
export class CasesConsumer {
  constructor(@Inject(CasesService) private readonly cases: CasesService) {}

  /** Cases that became state property: what is held for them, and what still comes, is reclassified. */
  @EventPattern<string>(TOPICS.intakeEvents, { group: 'custody', types: [messageTypeOf('intake.case-became-state-property', 1)] })
  async take(@Payload() batch: MessageBatch): Promise<readonly Outcome[]> {
    await Promise.all(batch.map(({ event }) => this.cases.noteStateProperty(event.data as CaseBecameStateProperty, event.id, event.extensions['correlationid'])));
    return batch.map(() => ({ kind: 'done' }));
  }
}
