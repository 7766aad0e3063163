import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { messageTypeOf, TOPICS, type PayoutAccepted } from '@qazyna/contracts';
import type { MessageBatch, Outcome } from '@qazyna/messaging';
import { ClaimsService } from './claims.service.js';

@Controller()
export class ClaimsConsumer {
  constructor(@Inject(ClaimsService) private readonly claims: ClaimsService) {}

  /** Accepted payouts: when this resolves, each waits for its output, durably. */
  @EventPattern<string>(TOPICS.miningEvents, { group: 'custody', types: [messageTypeOf('mining.payout-accepted', 1)] })
  async take(@Payload() batch: MessageBatch): Promise<readonly Outcome[]> {
    await this.claims.register(batch.map(({ event }) => ({ claim: event.data as PayoutAccepted, correlationId: event.extensions['correlationid'] ?? event.id, causationId: event.id })));
    return batch.map(() => ({ kind: 'done' }));
  }
}
