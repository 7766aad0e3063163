import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { MINING_PAYOUT_TYPE, TOPICS, type PayoutClaim } from '@qazyna/contracts';
import type { MessageBatch, Outcome } from '@qazyna/messaging';
import { actorMetadata, actorOfSource, deadLetterOf } from '@qazyna/service-kit';
import { PayoutsService } from './payouts.service.js';

@Controller()
export class PayoutsConsumer {
  constructor(@Inject(PayoutsService) private readonly payouts: PayoutsService) {}

  @EventPattern<string>(TOPICS.miningPayouts, { group: 'mining-ingest', types: [MINING_PAYOUT_TYPE] })
  async take(@Payload() batch: MessageBatch): Promise<readonly Outcome[]> {
    const results = await this.payouts.receive(
      batch.map(({ event }) => ({
        claim: event.data as PayoutClaim,
        way: 'kafka',
        metadata: { actor: actorMetadata(actorOfSource(event.source)), correlationId: event.id },
      })),
    );
    return results.map((result) => (result.status === 'refused' ? deadLetterOf(result) : { kind: 'done' }));
  }
}
