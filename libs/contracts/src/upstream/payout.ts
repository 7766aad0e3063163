import { Field } from '../fields.js';
import { IdentifierField } from '../identifiers.js';
import { BITCOIN_NETWORKS } from '../names.js';
import { ENERGY_SOURCE, FARM_NAMES } from './licence-act.js';

/** What a signature over a pool's own file names as its type. */
export const POOL_STATEMENT_TYPE = 'qazyna.mining.statement.v1';
export const MINING_PAYOUT_TYPE = 'qazyna.mining.payout.v1';

/** A payment id as pools write them. */
const PAYMENT_ID = /^[A-Za-z0-9._:-]+$/;

/**
 * The canonical payout message: what a pool says it paid. It carries the fields of the statutory pool feed, so one
 * can be reconciled against the other. It is a claim and changes no balance.
 */
export class PayoutClaim {
  @IdentifierField.pool()
  pool!: string;

  @IdentifierField.name({ description: 'Account at the pool', example: 'reserve-01' })
  account!: string;

  @Field.text({ max: 64, pattern: PAYMENT_ID, patternMeans: 'letters, digits, ".", "_", ":" and "-"', description: 'The pool\'s own id of this payment; one id is one payout', example: '38518124' })
  paymentId!: string;

  @IdentifierField.asset()
  asset!: string;

  @Field.baseUnits({ description: 'Amount paid, in base units (satoshi)', example: '149377' })
  amount!: string;

  @IdentifierField.address({ description: 'The wallet paid to' })
  address!: string;

  @IdentifierField.claimedTxid()
  txid!: string;

  @Field.integer({ optional: true, min: 0, max: 0xffff_ffff, description: 'Index of the output; without it the output is found by address and amount' })
  outputIndex?: number;

  @Field.instant({ description: 'When the pool distributed it' })
  paidAt!: string;

  @Field.text({ optional: true, max: 64, pattern: /^[A-Za-z0-9./-]+$/, patternMeans: 'letters, digits, ".", "/" and "-"', description: 'Sequence number in the statutory feed' })
  statutorySequence?: string;

  @IdentifierField.name({ optional: true, description: 'Licence the payout is declared under; checked against the pool account\'s' })
  licenceId?: string;
}

export const LICENCE_KINDS = ['mining', 'mining-pool'] as const;

export class LicenceApplication {
  @IdentifierField.name({ description: 'Licence number', example: 'KZ-CM-0001' })
  licenceId!: string;

  @Field.oneOf(LICENCE_KINDS, { description: 'What it permits', example: 'mining' })
  kind!: (typeof LICENCE_KINDS)[number];

  @IdentifierField.name({ description: 'Registered short name of the legal person that holds it', example: 'ekibastuz-energy' })
  holder!: string;

  @Field.instant({ description: 'First moment of validity' })
  validFrom!: string;

  @Field.instant({ optional: true, description: 'First moment it is no longer valid' })
  validUntil?: string;

  @Field.texts({ ...FARM_NAMES, optional: true, description: 'Farms it covers; all that name it where it lists none', example: ['ekibastuz-1'] })
  farms?: string[];

  @IdentifierField.name({ optional: true, description: 'Class of equipment it permits', example: 'asic-sha256' })
  equipmentClass?: string;

  @Field.text({ ...ENERGY_SOURCE, optional: true, description: 'What drives the miners', example: 'coal' })
  energySource?: string;
}

/** A pool account whose payouts belong to the reserve, with the one wallet they may go to. */
export class PoolAccountRegistration {
  @IdentifierField.pool()
  pool!: string;

  @IdentifierField.name({ description: 'Account at the pool', example: 'reserve-01' })
  account!: string;

  @IdentifierField.name({ description: 'Licence the account mines under', example: 'KZ-CM-0001' })
  licenceId!: string;

  @Field.oneOf(BITCOIN_NETWORKS, { description: 'Network of the payout wallet', example: 'mainnet' })
  network!: (typeof BITCOIN_NETWORKS)[number];

  @IdentifierField.address({ description: 'The registered payout wallet' })
  payoutAddress!: string;
}

export const PAYOUT_DECISIONS = ['release', 'reject'] as const;

/** An officer's word on a held payout. */
export class PayoutDecision {
  @Field.oneOf(PAYOUT_DECISIONS, { description: 'Release it to be matched, or reject it for good', example: 'reject' })
  decision!: (typeof PAYOUT_DECISIONS)[number];

  @Field.freeText({ max: 500, why: 'an auditor reads it years later, and needs the finding and the letter it rests on', description: 'Why, kept for ever', example: 'the pool confirmed that this row was a duplicate' })
  reason!: string;
}

export class DecisionOnPayout extends PayoutDecision {
  @Field.text({ max: 200, pattern: /^[\x21-\x7e]+$/, patternMeans: 'printable ASCII without spaces', description: 'The held payout', example: 'btcpool-kz.reserve-01~5' })
  payoutId!: string;
}

/** An officer's words on many held payouts, each with its own result. */
export class PayoutDecisions {
  @Field.list(() => DecisionOnPayout, { min: 1, max: 1000, description: 'Decided one after the other; one that is refused does not stop the others' })
  items!: DecisionOnPayout[];
}
