import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { MINING_PAYOUT_TYPE, TOPICS, type PayoutClaim } from '@qazyna/contracts';
import type { MessageBatch, Outcome } from '@qazyna/messaging';
import { actorMetadata, actorOfMessage, deadLetterOf, UpstreamSignatures } from '@qazyna/service-kit';
import { claimMessage } from './claim-message.adapter.js';
import { PayoutsService } from './payouts.service.js';

@Controller()
export class PayoutsConsumer {
  constructor(
    @Inject(PayoutsService) private readonly payouts: PayoutsService,
    @Inject(UpstreamSignatures) private readonly signatures: UpstreamSignatures,
  ) {}

  @EventPattern<string>(TOPICS.miningPayouts, { group: 'mining-ingest', types: [MINING_PAYOUT_TYPE] })
  async take(@Payload() batch: MessageBatch): Promise<readonly Outcome[]> {
    const results = await this.signatures.admit(
      batch.map(({ event, receivedAt }) => ({ event, claim: event.data as PayoutClaim, receivedAt })),
      (item) => claimMessage(item, this.payouts),
      (admitted) =>
        this.payouts.receive(
          admitted.map(({ item: { event, claim }, signed }) => ({
            claim,
            way: 'kafka',
            ...(signed === undefined ? {} : { signed }),
            metadata: { actor: actorMetadata(actorOfMessage(event.source, signed)), correlationId: event.id },
          })),
        ),
    );
    return results.map((result) => (result.status === 'refused' ? deadLetterOf(result) : { kind: 'done' }));
  }
}
