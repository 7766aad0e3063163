import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { MINING_EARNINGS_TYPE, TOPICS, type EarningsClaim } from '@qazyna/contracts';
import type { MessageBatch, Outcome } from '@qazyna/messaging';
import { actorMetadata, actorOfMessage, deadLetterOf, UpstreamSignatures } from '@qazyna/service-kit';
import { earningsMessage } from './earnings-message.adapter.js';
import { EarningsService } from './earnings.service.js';

@Controller()
export class EarningsConsumer {
  constructor(
    @Inject(EarningsService) private readonly earnings: EarningsService,
    @Inject(UpstreamSignatures) private readonly signatures: UpstreamSignatures,
  ) {}

  @EventPattern<string>(TOPICS.miningEarnings, { group: 'mining-earnings', types: [MINING_EARNINGS_TYPE] })
  async take(@Payload() batch: MessageBatch): Promise<readonly Outcome[]> {
    const results = await this.signatures.admit(
      batch.map(({ event, receivedAt }) => ({ event, claim: event.data as EarningsClaim, receivedAt })),
      (item) => earningsMessage(item, this.earnings),
      (admitted) =>
        this.earnings.receive(
          admitted.map(({ item: { event, claim }, signed }) => ({ claim, way: 'kafka', ...(signed === undefined ? {} : { signed }), metadata: { actor: actorMetadata(actorOfMessage(event.source, signed)), correlationId: event.id } })),
        ),
    );
    return results.map((result) => (result.status === 'refused' ? deadLetterOf(result) : { kind: 'done' }));
  }
}
