import { Field } from '../fields.js';
import { IdentifierField } from '../identifiers.js';

export const SEIZURE_FACT_TYPE = 'qazyna.seizure.fact.v1';

/** Acts over a case, in the order the law lets them follow one another; a correction may concern any of them. */
export const SEIZURE_ACTS = [
  'reported',
  'restriction',
  'arrest',
  'evidence',
  'pre-verdict-sale',
  'confiscation-order',
  'finality',
  'state-property-decision',
  'reversal',
  'release-to-owner',
  'return-to-victim',
  'correction',
] as const;
export type SeizureAct = (typeof SEIZURE_ACTS)[number];

/** `exchange` is the first version's word for `exchange-account`; both stay. */
export const LOCATION_KINDS = ['address', 'exchange', 'exchange-account', 'device', 'store', 'equipment', 'fund-units', 'bank-account'] as const;
export type LocationKind = (typeof LOCATION_KINDS)[number];

/** Where seized assets are. Only an address can ever be swept by us; a device is not control. */
export class AssetLocation {
  @Field.oneOf(LOCATION_KINDS, { description: 'What kind of place this is', example: 'address' })
  kind!: LocationKind;

  @IdentifierField.address({ optional: true, description: 'The address the coins sit at; required when kind is "address"' })
  address?: string;

  @IdentifierField.name({ optional: true, description: 'Registered short name of the exchange; required when kind is "exchange-account"' })
  exchange?: string;

  @Field.text({ optional: true, max: 128, pattern: /^[\x21-\x7e]+$/, patternMeans: 'printable ASCII without spaces', description: 'Opaque account id at the exchange; required when kind is "exchange-account"' })
  accountId?: string;

  @Field.text({ optional: true, max: 128, pattern: /^[\x21-\x7e]+$/, patternMeans: 'printable ASCII without spaces', description: 'Evidence reference of the device, store or equipment, or the account; required when kind is "device", "store" or "bank-account"' })
  reference?: string;

  @Field.freeText({ optional: true, max: 64, why: 'a trade name', description: 'Maker of the equipment; required when kind is "equipment"', example: 'Bitmain' })
  make?: string;

  @Field.freeText({ optional: true, max: 64, why: 'a trade name with its variant', description: 'Model of the equipment; required when kind is "equipment"', example: 'Antminer S21' })
  model?: string;

  @Field.integer({ optional: true, min: 1, max: 1_000_000, description: 'How many pieces; required when kind is "equipment", and equal to the amount' })
  count?: number;

  @IdentifierField.name({ optional: true, description: 'Registered short name of the fund; required when kind is "fund-units"' })
  fund?: string;
}

export class SeizedAsset {
  @IdentifierField.assetId({ optional: true, description: 'Identity of the asset within its case, given by the agency. Left out in messages of the first version: the asset is then "1", "2" and so on by its place in the report' })
  assetId?: string;

  @IdentifierField.asset()
  asset!: string;

  @Field.baseUnits({ description: 'Amount the agency claims, in base units of the asset', example: '150000000' })
  amount!: string;

  @Field.nested(() => AssetLocation, { description: 'Where the assets are' })
  location!: AssetLocation;
}

/** The paper behind an act. The document itself stays with the agency; its hash binds this fact to it. */
export class LegalDocument {
  @Field.freeText({ max: 128, why: 'registers number their documents in forms of their own', description: 'Reference of the document in the issuing authority\'s register', example: 'СУ-2026/118' })
  reference!: string;

  @Field.freeText({ max: 128, why: 'the longest official names of courts', description: 'The authority that issued it: a body, never a person', example: 'specialised-investigative-court' })
  authority!: string;

  @Field.sha256({ description: 'SHA-256 of the document' })
  sha256!: string;
}

/** An exact part of a whole. No percentage: a third is 1/3. */
export class ExactShare {
  @Field.text({ max: 18, pattern: /^[1-9][0-9]*$/, patternMeans: 'a positive whole number, as a decimal string', description: 'Numerator', example: '1' })
  numerator!: string;

  @Field.text({ max: 18, pattern: /^[1-9][0-9]*$/, patternMeans: 'a positive whole number, as a decimal string', description: 'Denominator', example: '3' })
  denominator!: string;
}

/** A value in money of a state, which an act names for a day. */
export class DatedValue {
  @Field.text({ min: 3, max: 3, pattern: /^[A-Z]{3}$/, patternMeans: 'an ISO 4217 currency code', description: 'Currency', example: 'KZT' })
  currency!: string;

  @Field.baseUnits({ description: 'Amount in the currency\'s minor units', example: '250000000' })
  amount!: string;

  @Field.instant({ description: 'The day the value is of' })
  datedAt!: string;
}

/** What a sale before the verdict brought: the claim moves to it. */
export class SaleProceeds {
  @IdentifierField.asset({ description: 'A registered asset, or money as qazyna:local/iso4217:<code> in minor units', example: 'qazyna:local/iso4217:KZT' })
  asset!: string;

  @Field.baseUnits({ description: 'Amount in base units (money: in minor units)', example: '4200000000' })
  amount!: string;

  @Field.nested(() => AssetLocation, { description: 'Where the proceeds are' })
  location!: AssetLocation;
}

export const RETURN_MANNERS = ['in-kind', 'value'] as const;

/** Who gets something back, by a reference that only the agency can resolve. */
export class VictimReturn {
  @Field.text({ max: 64, pattern: /^[A-Za-z0-9][A-Za-z0-9.-]*$/, patternMeans: 'letters, digits, "." and "-"', description: 'The agency\'s opaque reference of the victim: no name, no identity number', example: 'V-2026-0007' })
  reference!: string;

  @Field.oneOf(RETURN_MANNERS, { description: 'The coins themselves, or a value the act names' })
  manner!: (typeof RETURN_MANNERS)[number];

  @Field.nested(() => DatedValue, { optional: true, description: 'Required when the manner is "value"' })
  value?: DatedValue;
}

export const REST_FATES = ['stays', 'released'] as const;

/** What an act says beyond its kind, its paper and its times; a correction may replace each. */
export class ActTerms {
  @IdentifierField.assetIds({ optional: true, description: 'Assets the act concerns; left out: all of the case that were reported by then' })
  assetIds?: string[];

  @Field.nested(() => ExactShare, { optional: true, description: 'The part of each asset that is confiscated or returned; left out: all of it' })
  share?: ExactShare;

  @Field.oneOf(REST_FATES, { optional: true, description: 'Partial confiscation: whether the rest stays seized (default) or is released when the order is final' })
  rest?: (typeof REST_FATES)[number];

  @Field.oneOf(['whole', 'rest'], { optional: true, description: 'Release: the whole asset (default), or the rest that a partial confiscation leaves' })
  part?: 'whole' | 'rest';

  @Field.nested(() => DatedValue, { optional: true, description: 'Confiscation: the value that is taken in place of property that cannot be' })
  substituteValue?: DatedValue;

  @Field.nested(() => SaleProceeds, { optional: true, description: 'Sale before the verdict: what it brought; required there, for one asset' })
  proceeds?: SaleProceeds;

  @Field.nested(() => VictimReturn, { optional: true, description: 'Return to a victim: to whom and how; required there' })
  victim?: VictimReturn;

  @Field.instant({ optional: true, description: 'When it lapses unless a court acts (restrictions)' })
  lapsesAt?: string;

  @Field.list(() => SeizedAsset, { optional: true, min: 1, max: 1000, description: 'Assets that are reported; required on "reported". A later report of the same case names further ones' })
  assets?: SeizedAsset[];
}

/** What the corrected act should have said: fields given here replace its own. */
export class CorrectedTerms extends ActTerms {
  @Field.instant({ optional: true, description: 'When the corrected act took effect' })
  effectiveAt?: string;
}

/** One legal fact over one case, as an agency publishes it. It changes no balance: announced is not controlled. */
export class SeizureFact extends ActTerms {
  @IdentifierField.agency()
  agency!: string;

  @IdentifierField.caseNumber()
  caseNumber!: string;

  @Field.oneOf(SEIZURE_ACTS, { description: 'What happened', example: 'reported' })
  act!: SeizureAct;

  @Field.nested(() => LegalDocument, { description: 'The document behind the act' })
  document!: LegalDocument;

  @Field.instant({ description: 'When the act was made' })
  actAt!: string;

  @Field.instant({ description: 'When it takes effect' })
  effectiveAt!: string;

  @Field.uuid({ optional: true, description: 'Correction: the fact that is corrected, by the fact id its publisher was answered' })
  corrects?: string;

  @Field.nested(() => CorrectedTerms, { optional: true, description: 'Correction: what the act should have said' })
  corrected?: CorrectedTerms;

  @Field.flag({ optional: true, description: 'Correction: true when the act should not have been published at all' })
  annuls?: boolean;
}
