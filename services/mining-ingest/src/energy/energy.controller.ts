import { Controller, Get, Headers, HttpCode, Inject, Post, Query } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ENERGY_READING_TYPE, EnergyReading, type SignedMessage } from '@qazyna/contracts';
import {
  actorMetadata,
  answerTo,
  CLOUDEVENTS_TYPES,
  ConsumesRaw,
  correlationIdOrNew,
  CurrentActor,
  inOrder,
  pageOf,
  parseCursor,
  RawBytes,
  receiveMessages,
  Roles,
  ROLES,
  UpstreamSignatures,
  type Actor,
  type Page, type DoorAnswer,
} from '@qazyna/service-kit';
import { EnergyList, EnergyQuery, type ListedReading } from './energy.query.js';
import { EnergyService, type ReadingResult } from './energy.service.js';
import { readingMessage } from './reading-message.adapter.js';

/** Readings taken in one request. */
const BATCH_MAX = 1000;

@ApiTags('Farms and energy')
@Controller('v1/energy-readings')
export class EnergyController {
  constructor(
    @Inject(EnergyService) private readonly energy: EnergyService,
    @Inject(EnergyList) private readonly list: EnergyList,
    @Inject(UpstreamSignatures) private readonly signatures: UpstreamSignatures,
  ) {}

  @Post()
  @HttpCode(200)
  @Roles('regulator')
  @ConsumesRaw(...CLOUDEVENTS_TYPES)
  @ApiOperation({
    summary: 'Report energy readings',
    description:
      'One reading, a JSON list of up to 1,000 of them, one CloudEvent or a batch. The result of each is `accepted`, `duplicate` or `refused`. A meter and period is one reading; ' +
      'a correction has a revision of its own and names the reading it replaces, which may arrive after it. Periods of one meter never lie over one another.',
  })
  @ApiBody({ type: EnergyReading })
  async report(@Headers() headers: Record<string, string>, @RawBytes() body: Buffer, @CurrentActor() actor: Actor): Promise<DoorAnswer<ReadingResult>> {
    const received = receiveMessages(headers, body, { messageType: ENERGY_READING_TYPE, schema: EnergyReading, max: BATCH_MAX, what: 'readings' });
    const metadata = { actor: actorMetadata(actor), correlationId: correlationIdOrNew() };
    const sound = received.items.filter((item) => item.ok);
    const record = (offered: readonly { readonly item: { readonly data: EnergyReading }; readonly signed?: SignedMessage }[]): Promise<ReadingResult[]> =>
      this.energy.record(offered.map(({ item, signed }) => ({ reading: item.data, ...(signed === undefined ? {} : { signed }) })), metadata);
    // Plain JSON is the word of whoever holds the token; a CloudEvent is the word of its publisher.
    const signable = sound.some((item) => 'event' in item);
    const results = signable
      ? await this.signatures.admit(sound, ({ event, data }) => readingMessage({ event, reading: data }, this.energy), record)
      : await record(sound.map((item) => ({ item })));
    return answerTo(received, inOrder(received.items, results));
  }

  @Get()
  @Roles(...ROLES)
  @ApiOperation({ summary: 'Energy readings in the order they were recorded, corrected ones with what replaces them' })
  find(@Query() query: EnergyQuery): Page<ListedReading> {
    const { after, limit } = parseCursor(query);
    return pageOf(this.list.page(query, after, limit + 1), limit, ({ sequence }) => sequence);
  }
}
