import { Field } from '../fields.js';
import { IdentifierField } from '../identifiers.js';

export const SEIZURE_FACT_TYPE = 'qazyna.seizure.fact.v1';

/** Acts over a case that this version takes, in the order the law lets them follow one another. */
export const SEIZURE_ACTS = [
  'reported',
  'restriction',
  'arrest',
  'confiscation-order',
  'finality',
  'state-property-decision',
  'release-to-owner',
] as const;
export type SeizureAct = (typeof SEIZURE_ACTS)[number];

export const LOCATION_KINDS = ['address', 'exchange', 'device', 'store'] as const;
export type LocationKind = (typeof LOCATION_KINDS)[number];

/** Where seized assets are. Only an address can ever be swept by us; a device is not control. */
export class AssetLocation {
  @Field.oneOf(LOCATION_KINDS, { description: 'What kind of place this is', example: 'address' })
  kind!: LocationKind;

  @IdentifierField.address({ optional: true, description: 'The address the coins sit at; required when kind is "address"' })
  address?: string;

  @IdentifierField.name({ optional: true, description: 'Registered short name of the exchange; required when kind is "exchange"' })
  exchange?: string;

  @Field.text({ optional: true, max: 128, pattern: /^[\x21-\x7e]+$/, patternMeans: 'printable ASCII without spaces', description: 'Opaque account id at the exchange; required when kind is "exchange"' })
  accountId?: string;

  @Field.text({ optional: true, max: 128, pattern: /^[\x21-\x7e]+$/, patternMeans: 'printable ASCII without spaces', description: 'Evidence reference of the device or store; required when kind is "device" or "store"' })
  reference?: string;
}

export class SeizedAsset {
  @IdentifierField.asset()
  asset!: string;

  @Field.baseUnits({ description: 'Amount the agency claims, in base units of the asset', example: '150000000' })
  amount!: string;

  @Field.nested(() => AssetLocation, { description: 'Where the assets are' })
  location!: AssetLocation;
}

/** The paper behind an act. The document itself stays with the agency; its hash binds this fact to it. */
export class LegalDocument {
  @Field.text({ max: 128, description: 'Reference of the document in the issuing authority\'s register', example: 'СУ-2026/118' })
  reference!: string;

  @Field.text({ max: 128, description: 'The authority that issued it: a body, never a person', example: 'specialised-investigative-court-astana' })
  authority!: string;

  @Field.sha256({ description: 'SHA-256 of the document' })
  sha256!: string;
}

/** One legal fact over one case, as an agency publishes it. It changes no balance: announced is not controlled. */
export class SeizureFact {
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

  @Field.instant({ optional: true, description: 'When it lapses unless a court acts (restrictions)' })
  lapsesAt?: string;

  @Field.list(() => SeizedAsset, { optional: true, min: 1, max: 1000, description: 'Assets the act covers; required on "reported"' })
  assets?: SeizedAsset[];
}
