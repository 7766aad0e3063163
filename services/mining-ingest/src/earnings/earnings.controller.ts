import { Controller, Get, Headers, HttpCode, Inject, Post, Query } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import { EarningsClaim, MINING_EARNINGS_TYPE } from '@qazyna/contracts';
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
import { earningsMessage } from './earnings-message.adapter.js';
import { EarningsList, EarningsQuery, type ListedEarnings } from './earnings.query.js';
import { EarningsService } from './earnings.service.js';
import type { EarningsResult } from '../earnings-reporter.token.js';

/** Days taken in one request. */
const BATCH_MAX = 1000;

@ApiTags('Plausibility')
@Controller('v1/earnings')
export class EarningsController {
  constructor(
    @Inject(EarningsService) private readonly earnings: EarningsService,
    @Inject(EarningsList) private readonly list: EarningsList,
    @Inject(UpstreamSignatures) private readonly signatures: UpstreamSignatures,
  ) {}

  @Post()
  @HttpCode(200)
  @Roles('pool-operator')
  @ConsumesRaw(...CLOUDEVENTS_TYPES)
  @ApiOperation({
    summary: 'Report days of earnings',
    description:
      'One day of a registered account, a JSON list of up to 1,000, one CloudEvent or a batch, as on Kafka. The result of each is `accepted`, `duplicate`, or `refused` with the rule. ' +
      'Other figures for a known day are refused with `earnings-conflict` and raised. Earnings change no balance; they are what payouts and hash rates are held against.',
  })
  @ApiHeader({ name: 'ce-signature', required: false, description: 'Binary mode: the publisher\'s detached JWS over the body, as on Kafka; required outside the sandbox' })
  @ApiBody({ type: EarningsClaim })
  async report(@Headers() headers: Record<string, string>, @RawBytes() body: Buffer, @CurrentActor() actor: Actor): Promise<DoorAnswer<EarningsResult>> {
    const received = receiveMessages(headers, body, { messageType: MINING_EARNINGS_TYPE, schema: EarningsClaim, max: BATCH_MAX, what: 'days of earnings' });
    const metadata = { actor: actorMetadata(actor), correlationId: correlationIdOrNew() };
    const results = await this.signatures.admit(
      received.items.filter((item) => item.ok).map((item) => ({ event: 'event' in item ? item.event : undefined, claim: item.data })),
      (item) => earningsMessage(item, this.earnings),
      (admitted) => this.earnings.receive(admitted.map(({ item: { claim }, signed }) => ({ claim, way: 'http', metadata, ...(signed === undefined ? {} : { signed }) }))),
    );
    return answerTo(received, inOrder(received.items, results));
  }

  @Get()
  @Roles(...ROLES)
  @ApiOperation({ summary: 'Reported earnings by day, in the order they were recorded, with their judgement' })
  find(@Query() query: EarningsQuery): Page<ListedEarnings> {
    const { after, limit } = parseCursor(query);
    return pageOf(this.list.page(query, after, limit + 1), limit, ({ sequence }) => sequence);
  }
}
