import { Field } from '../fields.js';
import { IdentifierField } from '../identifiers.js';

export const ACQUISITION_FACT_TYPE = 'qazyna.acquisition.fact.v1';

/** What a buyer or collector may say. A state's profile says which of its sources exist. */
export const ACQUISITION_KINDS = ['purchase-order', 'purchase-fill', 'purchase-settlement', 'donation-campaign', 'donation'] as const;
export type AcquisitionKind = (typeof ACQUISITION_KINDS)[number];

const PRICE = /^([1-9][0-9]{0,17}(\.[0-9]{1,18})?|0\.0{0,17}[1-9][0-9]{0,17})$/;
const price = (description: string, optional = false): PropertyDecorator =>
  Field.text({ optional, max: 37, pattern: PRICE, patternMeans: 'a positive decimal number in plain notation', description, example: '97412.55' });
const currency = (): PropertyDecorator => Field.text({ min: 3, max: 3, pattern: /^[A-Z]{3}$/, patternMeans: 'an ISO 4217 code', description: 'Currency of the price', example: 'USD' });
const reference = (description: string, example: string, optional = true): PropertyDecorator =>
  Field.text({ optional, max: 128, pattern: /^[\x21-\x7e]+$/, patternMeans: 'printable ASCII without spaces', description, example });
const orderId = (): PropertyDecorator => IdentifierField.name({ description: 'The order, by the buyer\'s own number', example: 'BUY-2026-0017' });
const campaignId = (): PropertyDecorator => IdentifierField.name({ description: 'The campaign, by its short name', example: 'aid-2026' });
export const OUTPUT_INDEX_MAX = 0x7fff_ffff;

export class PurchaseOrder {
  @orderId()
  orderId!: string;

  @IdentifierField.asset()
  asset!: string;

  @Field.baseUnits({ description: 'Amount to buy, in base units', example: '100000000' })
  amount!: string;

  @currency()
  currency!: string;

  @price('Highest price of one coin; a fill above it is held', true)
  limitPrice?: string;

  @IdentifierField.name({ optional: true, description: 'Registered short name of the market or counterparty' })
  venue?: string;

  @reference('Reference of the decision that allows the purchase', 'RES-2026/4')
  mandate?: string;

  @Field.instant({ description: 'When it was ordered' })
  orderedAt!: string;
}

export class PurchaseFill {
  @orderId()
  orderId!: string;

  @IdentifierField.name({ description: 'The fill, by the venue\'s own number', example: 'T-88120' })
  fillId!: string;

  @Field.baseUnits({ description: 'Amount bought, in base units', example: '40000000' })
  amount!: string;

  @price('Price of one coin, exact')
  price!: string;

  @currency()
  currency!: string;

  @IdentifierField.name({ optional: true, description: 'Registered short name of the market or counterparty' })
  venue?: string;

  @Field.instant({ description: 'When it was bought' })
  filledAt!: string;
}

/** What the seller says it paid out. It changes no balance: only the chain does. */
export class PurchaseSettlement {
  @orderId()
  orderId!: string;

  @IdentifierField.name({ description: 'The settlement, by the venue\'s own number', example: 'W-5521' })
  settlementId!: string;

  @Field.baseUnits({ description: 'Amount delivered, in base units', example: '100000000' })
  amount!: string;

  @IdentifierField.claimedTxid({ description: 'The transaction that delivers it' })
  txid!: string;

  @Field.integer({ optional: true, min: 0, max: OUTPUT_INDEX_MAX, description: 'The output that delivers it' })
  outputIndex?: number;

  @reference('Reference of the settlement in the payment system', 'SWIFT-20260301-1')
  settlementReference?: string;

  @Field.instant({ description: 'When it was delivered' })
  settledAt!: string;
}

export class CampaignAddress {
  @IdentifierField.asset()
  asset!: string;

  @IdentifierField.address({ description: 'Public address that receives this asset' })
  address!: string;
}

export class DonationCampaign {
  @campaignId()
  campaignId!: string;

  @Field.list(() => CampaignAddress, { min: 1, max: 50, description: 'Where each asset is received' })
  addresses!: CampaignAddress[];

  @Field.freeText({ optional: true, max: 300, why: 'one sentence that donors are shown', description: 'What the gifts are for; a purpose, never a person', example: 'Humanitarian aid' })
  purpose?: string;

  @IdentifierField.name({ optional: true, description: 'Registered short name of the body that benefits' })
  beneficiary?: string;

  @reference('Reference of the act that allows the campaign', 'CMU-2026-133')
  authority?: string;

  @Field.instant({ description: 'From when on gifts are taken' })
  opensAt!: string;

  @Field.instant({ optional: true, description: 'Until when gifts are taken' })
  endsAt?: string;
}

/** A gift somebody saw. Of its sender nothing is kept but the address. */
export class Donation {
  @campaignId()
  campaignId!: string;

  @IdentifierField.asset()
  asset!: string;

  @Field.baseUnits({ description: 'Amount in base units', example: '150000' })
  amount!: string;

  @IdentifierField.address({ description: 'The campaign\'s address it was sent to' })
  address!: string;

  @IdentifierField.address({ optional: true, description: 'The address it came from' })
  sender?: string;

  @IdentifierField.claimedTxid({ description: 'The transaction' })
  txid!: string;

  @Field.integer({ min: 0, max: OUTPUT_INDEX_MAX, description: 'Output of the transaction, or index of the log entry' })
  outputIndex!: number;

  @Field.instant({ description: 'When it was received' })
  receivedAt!: string;
}

/** One fact over a purchase or a campaign; the field of its kind holds it and the others are left out. */
export class AcquisitionFact {
  @IdentifierField.agency({ description: 'The body that buys or collects, by its registered short name', example: 'treasury' })
  agency!: string;

  @Field.oneOf(ACQUISITION_KINDS, { description: 'What is said', example: 'purchase-order' })
  kind!: AcquisitionKind;

  @Field.nested(() => PurchaseOrder, { optional: true, description: 'With kind "purchase-order"' })
  order?: PurchaseOrder;

  @Field.nested(() => PurchaseFill, { optional: true, description: 'With kind "purchase-fill"' })
  fill?: PurchaseFill;

  @Field.nested(() => PurchaseSettlement, { optional: true, description: 'With kind "purchase-settlement"' })
  settlement?: PurchaseSettlement;

  @Field.nested(() => DonationCampaign, { optional: true, description: 'With kind "donation-campaign"' })
  campaign?: DonationCampaign;

  @Field.nested(() => Donation, { optional: true, description: 'With kind "donation"' })
  donation?: Donation;
}

export const HOLD_DECISIONS = ['release', 'reject'] as const;

/** An officer's word on a fill, a settlement or a gift that is held. */
export class AcquisitionDecision {
  @Field.oneOf(HOLD_DECISIONS, { description: 'Let it count, or reject it for good', example: 'reject' })
  decision!: (typeof HOLD_DECISIONS)[number];

  @Field.freeText({ why: 'an officer\'s grounds in a sentence or two', max: 500, description: 'Why; kept for ever, so never a person\'s name', example: 'the venue confirmed the price in writing' })
  reason!: string;
}
