/** Purchases and donations as intake knows them: what was said, never what is held. Balances are the journal's alone. */
import { Field } from '../fields.js';
import { IdentifierField } from '../identifiers.js';
import { AcquisitionDecision, Donation, DonationCampaign, PurchaseFill, PurchaseOrder, PurchaseSettlement } from '../upstream/acquisition-fact.js';
import { ConflictRaised } from './intake.js';
import { SignedMessage } from './publishers.js';

const agency = (): PropertyDecorator => IdentifierField.agency({ description: 'The body that reported it' });
const hash = (): PropertyDecorator => Field.sha256({ description: 'SHA-256 of the canonical body' });
const signed = (): PropertyDecorator => Field.nested(() => SignedMessage, { optional: true, description: 'Who signed it' });
const partId = (): PropertyDecorator => Field.text({ max: 80, pattern: /^(fill|settlement):[A-Za-z0-9.-]+$/, patternMeans: '"fill:" or "settlement:" and its id', description: 'Part of the order: `fill:<id>` or `settlement:<id>`', example: 'fill:T-88120' });
const orderId = (): PropertyDecorator => IdentifierField.name({ description: 'The order' });
const total = (description: string): PropertyDecorator => Field.signedBaseUnits({ description });
const donationId = (): PropertyDecorator => Field.uuid({ description: 'Identity of the gift: UUIDv5 of campaign, asset, transaction and output' });

export class PurchaseOrdered extends PurchaseOrder {
  @agency()
  agency!: string;

  @hash()
  contentHash!: string;

  @signed()
  signed?: SignedMessage;
}

/** A fill that counts. */
export class PurchaseFilled extends PurchaseFill {
  @hash()
  contentHash!: string;

  @Field.text({ max: 80, pattern: /^[0-9]+(\.[0-9]+)?$/, patternMeans: 'a decimal number', description: 'Amount times price, exact, in the currency', example: '38965.02' })
  cost!: string;

  @total('Filled of the order so far, in base units')
  filled!: string;

  @signed()
  signed?: SignedMessage;
}

/** A settlement that counts as announced; the chain has the last word. */
export class PurchaseSettled extends PurchaseSettlement {
  @IdentifierField.asset()
  asset!: string;

  @hash()
  contentHash!: string;

  @total('Announced as delivered so far, in base units')
  settled!: string;

  @signed()
  signed?: SignedMessage;
}

/** A fill or a settlement that waits: for what it presupposes, or for an officer. */
export class PurchasePartHeld {
  @orderId()
  orderId!: string;

  @partId()
  partId!: string;

  @hash()
  contentHash!: string;

  @Field.text({ max: 64, description: 'Stable code of the reason' })
  code!: string;

  @Field.text({ max: 500, description: 'The reason, for people' })
  message!: string;

  @agency()
  agency!: string;

  @Field.nested(() => PurchaseFill, { optional: true, description: 'The fill that waits' })
  fill?: PurchaseFill;

  @Field.nested(() => PurchaseSettlement, { optional: true, description: 'The settlement that waits' })
  settlement?: PurchaseSettlement;

  @signed()
  signed?: SignedMessage;
}

export class PurchasePartDecided extends AcquisitionDecision {
  @orderId()
  orderId!: string;

  @partId()
  partId!: string;
}

export class CampaignOpened extends DonationCampaign {
  @agency()
  agency!: string;

  @hash()
  contentHash!: string;

  @signed()
  signed?: SignedMessage;
}

export class DonationReported extends Donation {
  @donationId()
  donationId!: string;

  @agency()
  agency!: string;

  @hash()
  contentHash!: string;

  @signed()
  signed?: SignedMessage;
}

/** A gift that its campaign takes. */
export class DonationAccepted {
  @donationId()
  donationId!: string;

  @IdentifierField.name({ description: 'The campaign' })
  campaignId!: string;

  @IdentifierField.asset()
  asset!: string;

  @Field.baseUnits({ description: 'Amount in base units' })
  amount!: string;
}

export class DonationHeld {
  @donationId()
  donationId!: string;

  @Field.text({ max: 64, description: 'Stable code of the reason' })
  code!: string;

  @Field.text({ max: 500, description: 'The reason, for people' })
  message!: string;
}

export class DonationDecided extends AcquisitionDecision {
  @donationId()
  donationId!: string;
}

export interface AcquisitionEvents {
  'intake.purchase-ordered': PurchaseOrdered;
  'intake.purchase-filled': PurchaseFilled;
  'intake.purchase-settled': PurchaseSettled;
  'intake.purchase-part-held': PurchasePartHeld;
  'intake.purchase-part-decided': PurchasePartDecided;
  'intake.campaign-opened': CampaignOpened;
  'intake.donation-reported': DonationReported;
  'intake.donation-accepted': DonationAccepted;
  'intake.donation-held': DonationHeld;
  'intake.donation-decided': DonationDecided;
  'intake.acquisition-conflict-raised': ConflictRaised;
}
