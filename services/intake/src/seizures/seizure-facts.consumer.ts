import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { SEIZURE_FACT_TYPE, TOPICS, type SeizureFact } from '@qazyna/contracts';
import type { MessageBatch, Outcome } from '@qazyna/messaging';
import { actorMetadata, actorOfSource, deadLetterOf } from '@qazyna/service-kit';
import { SeizuresService } from './seizures.service.js';

@Controller()
export class SeizureFactsConsumer {
  constructor(@Inject(SeizuresService) private readonly seizures: SeizuresService) {}

  /** Facts of one partition in order: acts of one case share a key, and each may presuppose the one before. */
  @EventPattern<string>(TOPICS.seizureFacts, { group: 'intake', types: [SEIZURE_FACT_TYPE] })
  async take(@Payload() batch: MessageBatch): Promise<readonly Outcome[]> {
    const results = await this.seizures.receiveAll(
      batch.map(({ event }) => ({
        source: event.source,
        id: event.id,
        fact: event.data as SeizureFact,
        way: 'kafka',
        metadata: { actor: actorMetadata(actorOfSource(event.source)), correlationId: event.id },
      })),
    );
    return results.map((result) => (result.status === 'refused' ? deadLetterOf(result) : { kind: 'done' }));
  }
}
