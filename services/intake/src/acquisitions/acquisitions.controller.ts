import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ACQUISITION_FACT_TYPE, AcquisitionDecision, AcquisitionFact } from '@qazyna/contracts';
import {
  actorMetadata, answerTo, CLOUDEVENTS_TYPES, ConsumesRaw, correlationIdOrNew, CurrentActor, inOrder, notFound, pageOf, parseCursor, RawBytes, receiveEvents, Roles, ROLES, sendRefusal,
  UpstreamSignatures, type Actor, type Page, type DoorAnswer,
} from '@qazyna/service-kit';
import { acquisitionMessage } from './acquisition-message.adapter.js';
import { AcquisitionList, CampaignQuery, DonationQuery, PurchaseQuery, type ListedCampaign, type ListedDonation, type ListedPurchase, type PurchaseHistory } from './acquisitions.query.js';
import { AcquisitionsService, type AcquisitionResult } from './acquisitions.service.js';

const DECISION_STATUS: Readonly<Record<string, number>> = { 'part-unknown': 404, 'part-not-held': 409, 'donation-unknown': 404, 'donation-not-held': 409 };

@ApiTags('Acquisitions')
@Controller('v1')
export class AcquisitionsController {
  constructor(
    @Inject(AcquisitionsService) private readonly acquisitions: AcquisitionsService,
    @Inject(AcquisitionList) private readonly list: AcquisitionList,
    @Inject(UpstreamSignatures) private readonly signatures: UpstreamSignatures,
  ) {}

  @Post('acquisition-facts')
  @HttpCode(200)
  @Roles('custodian')
  @ConsumesRaw(...CLOUDEVENTS_TYPES)
  @ApiOperation({
    summary: 'Publish facts over purchases and donation campaigns',
    description:
      'One CloudEvent (binary or structured) or a batch: an order, its fills and settlements, a campaign, a gift. The result of each is `accepted`, `duplicate`, `held` (with the reason) or `refused`. ' +
      'What the jurisdiction\'s profile does not list is refused with the rule (docs/profiles.md). A fact changes no balance: only the chain does.',
  })
  @ApiBody({ type: AcquisitionFact, description: 'The data of the event; its attributes are in `ce-` headers or around it' })
  async publish(@Headers() headers: Record<string, string>, @RawBytes() body: Buffer, @CurrentActor() actor: Actor): Promise<DoorAnswer<AcquisitionResult>> {
    const received = receiveEvents(headers, body, { messageType: ACQUISITION_FACT_TYPE, schema: AcquisitionFact });
    const metadata = { actor: actorMetadata(actor), correlationId: correlationIdOrNew() };
    const results = await this.signatures.admit(
      received.items.filter((item) => item.ok).map(({ event, data }) => ({ event, fact: data })),
      (item) => acquisitionMessage(item, this.acquisitions),
      (admitted) => this.acquisitions.receiveAll(admitted.map(({ item: { fact }, signed }) => ({ fact, way: 'http', metadata, ...(signed === undefined ? {} : { signed }) }))),
    );
    return answerTo(received, inOrder(received.items, results));
  }

  @Get('purchases')
  @Roles(...ROLES)
  @ApiOperation({ summary: 'Purchase orders, and how far each is filled and announced as delivered' })
  purchases(@Query() query: PurchaseQuery): Page<ListedPurchase> {
    const { after, limit } = parseCursor(query);
    return pageOf(this.list.purchases(query, after, limit + 1), limit, ({ orderId }) => orderId);
  }

  @Get('purchases/:orderId')
  @Roles(...ROLES)
  @ApiOperation({ summary: 'One order with its fills and settlements: counted, held and rejected' })
  purchase(@Param('orderId') orderId: string): PurchaseHistory {
    const found = this.list.purchase(orderId);
    if (found === undefined) throw notFound(`purchase order ${orderId}`);
    return found;
  }

  @Post('purchases/:orderId/parts/:partId/decision')
  @HttpCode(200)
  @Roles('compliance-officer')
  @ApiOperation({ summary: 'Release or reject a held fill or settlement', description: 'What waits for its order cannot be released: there is nothing to count it to.' })
  async decidePart(@Param('orderId') orderId: string, @Param('partId') partId: string, @Body() decision: AcquisitionDecision, @CurrentActor() actor: Actor): Promise<{ readonly orderId: string; readonly partId: string; readonly status: string }> {
    const outcome = await this.acquisitions.decidePart(orderId, partId, decision, { actor: actorMetadata(actor), correlationId: correlationIdOrNew() });
    return 'refusal' in outcome ? sendRefusal(outcome.refusal, DECISION_STATUS) : { orderId, partId, ...outcome };
  }

  @Get('donation-campaigns')
  @Roles(...ROLES)
  @ApiOperation({ summary: 'Donation campaigns and their public addresses' })
  campaigns(@Query() query: CampaignQuery): Page<ListedCampaign> {
    const { after, limit } = parseCursor(query);
    return pageOf(this.list.campaigns(after, limit + 1), limit, ({ campaignId }) => campaignId);
  }

  @Get('donations')
  @Roles(...ROLES)
  @ApiOperation({ summary: 'Reported gifts in the order they came; of senders nothing is known but the address' })
  donations(@Query() query: DonationQuery): Page<ListedDonation> {
    const { after, limit } = parseCursor(query);
    return pageOf(this.list.donations(query, after, limit + 1), limit, ({ position }) => position);
  }

  @Post('donations/:donationId/decision')
  @HttpCode(200)
  @Roles('compliance-officer')
  @ApiOperation({ summary: 'Release or reject a held gift', description: 'Checked anew when released: a gift to no campaign, or to no address of it, has nobody to be credited to.' })
  async decideDonation(@Param('donationId') donationId: string, @Body() decision: AcquisitionDecision, @CurrentActor() actor: Actor): Promise<{ readonly donationId: string; readonly status: string }> {
    const outcome = await this.acquisitions.decideDonation(donationId, decision, { actor: actorMetadata(actor), correlationId: correlationIdOrNew() });
    return 'refusal' in outcome ? sendRefusal(outcome.refusal, DECISION_STATUS) : { donationId, ...outcome };
  }
}
