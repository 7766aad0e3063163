import { Controller, Headers, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SEIZURE_FACT_TYPE, SeizureFact } from '@qazyna/contracts';
import { actorMetadata, answerTo, CLOUDEVENTS_TYPES, ConsumesRaw, correlationIdOrNew, CurrentActor, inOrder, RawBytes, receiveEvents, Roles, UpstreamSignatures, type Actor, type DoorAnswer } from '@qazyna/service-kit';
import { factMessage } from './fact-message.adapter.js';
import { SeizuresService, type FactResult } from './seizures.service.js';

@ApiTags('Seizures')
@Controller('v1/seizure-facts')
export class SeizureFactsController {
  constructor(
    @Inject(SeizuresService) private readonly seizures: SeizuresService,
    @Inject(UpstreamSignatures) private readonly signatures: UpstreamSignatures,
  ) {}

  @Post()
  @HttpCode(200)
  @Roles('law-enforcement')
  @ConsumesRaw(...CLOUDEVENTS_TYPES)
  @ApiOperation({
    summary: 'Publish legal facts over seizure cases',
    description:
      'One CloudEvent (binary or structured) or a batch. The result of each is `accepted`, `duplicate`, `held` (it waits for the act it presupposes) or `refused`. ' +
      'The attribute `signature` (header `ce-signature`) holds the publisher\'s detached JWS over the body, see docs/publishers.md; one that does not count is refused with 401 or 403. ' +
      'When the answer arrives, the effect is durable. A single refused message answers with a problem; a batch answers 200 with a result for each.',
  })
  @ApiHeader({ name: 'ce-signature', required: false, description: 'Binary mode: the publisher\'s detached JWS over the body, as on Kafka; required outside the sandbox' })
  @ApiBody({ type: SeizureFact, description: 'The data of the event; its attributes are in `ce-` headers or around it' })
  async publish(@Headers() headers: Record<string, string>, @RawBytes() body: Buffer, @CurrentActor() actor: Actor): Promise<DoorAnswer<FactResult>> {
    const received = receiveEvents(headers, body, { messageType: SEIZURE_FACT_TYPE, schema: SeizureFact });
    const metadata = { actor: actorMetadata(actor), correlationId: correlationIdOrNew() };
    const readable = received.items.filter((item) => item.ok);
    const results = await this.signatures.admit(
      readable.map(({ event, data }) => ({ event, fact: data })),
      (item) => factMessage(item, this.seizures),
      (admitted) =>
        this.seizures.receiveAll(
          admitted.map(({ item: { event, fact }, signed }) => ({ source: event.source, id: event.id, fact, way: 'http', metadata, ...(signed === undefined ? {} : { signed }) })),
        ),
    );
    return answerTo(received, inOrder(received.items, results));
  }
}
