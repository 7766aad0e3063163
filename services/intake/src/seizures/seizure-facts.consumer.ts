import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { SEIZURE_FACT_TYPE, TOPICS, type SeizureFact } from '@qazyna/contracts';
import type { MessageBatch, Outcome } from '@qazyna/messaging';
import { actorMetadata, actorOfMessage, deadLetterOf, UpstreamSignatures } from '@qazyna/service-kit';
import { factMessage } from './fact-message.adapter.js';
import { SeizuresService } from './seizures.service.js';

@Controller()
export class SeizureFactsConsumer {
  constructor(
    @Inject(SeizuresService) private readonly seizures: SeizuresService,
    @Inject(UpstreamSignatures) private readonly signatures: UpstreamSignatures,
  ) {}

  /** Facts of one partition in order: acts of one case share a key, and each may presuppose the one before. */
  @EventPattern<string>(TOPICS.seizureFacts, { group: 'intake', types: [SEIZURE_FACT_TYPE] })
  async take(@Payload() batch: MessageBatch): Promise<readonly Outcome[]> {
    const results = await this.signatures.admit(
      batch.map(({ event, receivedAt }) => ({ event, fact: event.data as SeizureFact, receivedAt })),
      (item) => factMessage(item, this.seizures),
      (admitted) =>
        this.seizures.receiveAll(
          admitted.map(({ item: { event, fact }, signed }) => ({
            source: event.source,
            id: event.id,
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
