import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { ACQUISITION_FACT_TYPE, TOPICS, type AcquisitionFact } from '@qazyna/contracts';
import type { MessageBatch, Outcome } from '@qazyna/messaging';
import { actorMetadata, actorOfMessage, deadLetterOf, UpstreamSignatures } from '@qazyna/service-kit';
import { acquisitionMessage } from './acquisition-message.adapter.js';
import { AcquisitionsService } from './acquisitions.service.js';

@Controller()
export class AcquisitionsConsumer {
  constructor(
    @Inject(AcquisitionsService) private readonly acquisitions: AcquisitionsService,
    @Inject(UpstreamSignatures) private readonly signatures: UpstreamSignatures,
  ) {}

  @EventPattern<string>(TOPICS.acquisitions, { group: 'intake', types: [ACQUISITION_FACT_TYPE] })
  async take(@Payload() batch: MessageBatch): Promise<readonly Outcome[]> {
    const results = await this.signatures.admit(
      batch.map(({ event, receivedAt }) => ({ event, fact: event.data as AcquisitionFact, receivedAt })),
      (item) => acquisitionMessage(item, this.acquisitions),
      (admitted) =>
        this.acquisitions.receiveAll(
          admitted.map(({ item: { event, fact }, signed }) => ({
            fact,
            way: 'kafka',
            ...(signed === undefined ? {} : { signed }),
            metadata: { actor: actorMetadata(actorOfMessage(event.source, signed)), correlationId: event.id },
          })),
        ),
    );
    return results.map((result) => (result.status === 'refused' ? deadLetterOf(result) : { kind: 'done' }));
  }
}
