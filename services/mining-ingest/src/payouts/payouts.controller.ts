import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import { MINING_PAYOUT_TYPE, PayoutClaim, PayoutDecision, PayoutDecisions } from '@qazyna/contracts';
import {
  actorMetadata,
  answerTo,
  CLOUDEVENTS_TYPES,
  ConsumesRaw,
  correlationIdOrNew,
  CurrentActor,
  inOrder,
  notFound,
  pageOf,
  pageUpTo,
  parseCursor,
  RawBytes,
  receiveMessages,
  Roles,
  ROLES,
  sendRefusal,
  UpstreamSignatures,
  type Actor,
  type Page, type DoorAnswer,
} from '@qazyna/service-kit';
import { claimMessage } from './claim-message.adapter.js';
import { PayoutDoubtQuery, PayoutDoubts, type DoubtedPayout } from './payout-doubts.query.js';
import { PayoutList, PayoutQuery, type ListedPayout } from './payouts.query.js';
import { PayoutsService, type PayoutResult } from './payouts.service.js';
import type { Refusal } from '@qazyna/event-store';

/** Payouts taken in one request. */
const BATCH_MAX = 1000;

/** What became of one decision of a list. */
export type DecisionResult = { readonly payoutId: string } & ({ readonly status: string } | ({ readonly status: 'refused' } & Refusal));

@ApiTags('Payouts')
@Controller('v1/payouts')
export class PayoutsController {
  constructor(
    @Inject(PayoutsService) private readonly payouts: PayoutsService,
    @Inject(PayoutList) private readonly list: PayoutList,
    @Inject(PayoutDoubts) private readonly doubts: PayoutDoubts,
    @Inject(UpstreamSignatures) private readonly signatures: UpstreamSignatures,
  ) {}

  @Post()
  @HttpCode(200)
  @Roles('pool-operator')
  @ConsumesRaw(...CLOUDEVENTS_TYPES)
  @ApiOperation({
    summary: 'Claim payouts',
    description:
      'One canonical payout, a JSON list of up to 1,000 of them, one CloudEvent or a batch of CloudEvents. The result of each is `accepted`, `duplicate`, `held` ' +
      '(with every reason) or `refused`. The attribute `signature` (header `ce-signature`) of a CloudEvent holds the publisher\'s detached JWS over the body, see docs/publishers.md; ' +
      'one that does not count is refused with 401 or 403, and plain JSON can carry none. When the answer arrives, the effect is durable. A claim changes no balance: only the chain does.',
  })
  @ApiHeader({ name: 'ce-signature', required: false, description: 'Binary mode: the publisher\'s detached JWS over the body, as on Kafka; required outside the sandbox' })
  @ApiBody({ type: PayoutClaim })
  async claim(@Headers() headers: Record<string, string>, @RawBytes() body: Buffer, @CurrentActor() actor: Actor): Promise<DoorAnswer<PayoutResult>> {
    const received = receiveMessages(headers, body, { messageType: MINING_PAYOUT_TYPE, schema: PayoutClaim, max: BATCH_MAX, what: 'payouts' });
    const metadata = { actor: actorMetadata(actor), correlationId: correlationIdOrNew() };
    const claims = received.items.filter((item) => item.ok);
    const results = await this.signatures.admit(
      claims.map((item) => ({ event: 'event' in item ? item.event : undefined, claim: item.data })),
      (item) => claimMessage(item, this.payouts),
      (admitted) => this.payouts.receive(admitted.map(({ item, signed }) => ({ claim: item.claim, way: 'http', metadata, ...(signed === undefined ? {} : { signed }) }))),
    );
    return answerTo(received, inOrder(received.items, results));
  }

  @Get()
  @Roles(...ROLES)
  @ApiOperation({ summary: 'Claimed payouts in the order they were received, with what became of them' })
  find(@Query() query: PayoutQuery): Page<ListedPayout> {
    const { after, limit } = parseCursor(query);
    return pageOf(this.list.page(query, after, limit + 1), limit, ({ sequence }) => sequence);
  }

  @Get('in-doubt')
  @Roles(...ROLES)
  @ApiOperation({
    summary: 'Accepted payouts that today\'s registers would hold',
    description:
      'An act that arrived late, or a month that turned out to be over its quota, may speak against payouts accepted before. Nothing is taken back by itself. ' +
      'A page may have fewer items than asked for and still a `next`.',
  })
  inDoubt(@Query() query: PayoutDoubtQuery): Page<DoubtedPayout> {
    const { after, limit } = parseCursor(query);
    const { items, lookedUpTo } = this.doubts.page(query, after, limit);
    return pageUpTo(items, lookedUpTo);
  }

  @Get(':payoutId')
  @Roles(...ROLES)
  @ApiOperation({ summary: 'One payout' })
  one(@Param('payoutId') payoutId: string): ListedPayout {
    const payout = this.list.one(payoutId);
    if (!payout) throw notFound(`payout ${payoutId}`);
    return payout;
  }

  @Post('decisions')
  @HttpCode(200)
  @Roles('compliance-officer')
  @ApiOperation({
    summary: 'Release or reject up to 1,000 held payouts',
    description: 'One result for each item, in their order: its new `status`, or `refused` with the rule. What was decided is durable when the answer arrives.',
  })
  async decideMany(@Body() { items }: PayoutDecisions, @CurrentActor() actor: Actor): Promise<{ readonly results: readonly DecisionResult[] }> {
    const metadata = { actor: actorMetadata(actor), correlationId: correlationIdOrNew() };
    const results: DecisionResult[] = [];
    for (const { payoutId, decision, reason } of items) {
      const outcome = await this.payouts.decide(payoutId, { decision, reason }, metadata);
      results.push('refusal' in outcome ? { payoutId, status: 'refused', ...outcome.refusal } : { payoutId, ...outcome });
    }
    return { results };
  }

  @Post(':payoutId/decision')
  @HttpCode(200)
  @Roles('compliance-officer')
  @ApiOperation({ summary: 'Release or reject a held payout', description: 'What the chain could never show, or has nobody to be credited to, cannot be released.' })
  async decide(@Param('payoutId') payoutId: string, @Body() decision: PayoutDecision, @CurrentActor() actor: Actor): Promise<{ readonly payoutId: string; readonly status: string }> {
    const outcome = await this.payouts.decide(payoutId, decision, { actor: actorMetadata(actor), correlationId: correlationIdOrNew() });
    if ('refusal' in outcome) return sendRefusal(outcome.refusal, { 'payout-unknown': 404, 'payout-not-held': 409 });
    return { payoutId, ...outcome };
  }
}
