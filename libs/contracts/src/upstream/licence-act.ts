import { Field } from '../fields.js';
import { IdentifierField } from '../identifiers.js';
import { LegalDocument } from './seizure-fact.js';

export const LICENCE_ACT_TYPE = 'qazyna.mining.licence-act.v1';

export const LICENCE_ACT_KINDS = ['amend', 'suspend', 'resume', 'revoke', 'annul'] as const;
export type LicenceActKind = (typeof LICENCE_ACT_KINDS)[number];

/** What drives the miners: a short name that a jurisdiction's profile may restrict, such as `hydro`, `coal`, `gas`. */
export const ENERGY_SOURCE = { max: 32, pattern: /^[a-z][a-z-]{1,31}$/, patternMeans: 'a short name in lower-case letters and hyphens' } as const;
export const FARM_NAMES = { max: 200, maxLength: 64, pattern: /^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$/, patternMeans: 'a farm id in letters, digits, "." and "-"' } as const;

/** Terms of a licence that an amendment may change; what it does not name stays. */
export class LicenceTerms {
  @IdentifierField.name({ optional: true, description: 'Registered short name or business number of the legal person that holds it from now on' })
  holder?: string;

  @Field.instant({ optional: true, description: 'First moment it is no longer valid' })
  validUntil?: string;

  @Field.texts({ ...FARM_NAMES, optional: true, description: 'Farms it covers; all that name it where it lists none' })
  farms?: string[];

  @IdentifierField.name({ optional: true, description: 'Class of equipment it permits', example: 'asic-sha256' })
  equipmentClass?: string;

  @Field.text({ ...ENERGY_SOURCE, optional: true, description: 'What drives the miners', example: 'hydro' })
  energySource?: string;
}

/**
 * An act of the regulator over a licence. It takes effect at a moment of its own: acts may arrive in any order, late or
 * before the licence itself, and the state of the licence at any moment is the same.
 */
export class LicenceAct {
  @IdentifierField.name({ description: 'Licence number', example: 'KZ-CM-0001' })
  licenceId!: string;

  @IdentifierField.name({ description: 'The regulator\'s own id of the act; one id is one act', example: 'S-2026-14' })
  actId!: string;

  @Field.oneOf(LICENCE_ACT_KINDS, { description: 'What it does. `annul` makes an earlier act as if it had never been', example: 'suspend' })
  act!: LicenceActKind;

  @Field.instant({ description: 'From when it has effect' })
  effectiveAt!: string;

  @Field.nested(() => LegalDocument, { description: 'The document behind the act' })
  document!: LegalDocument;

  @Field.instant({ optional: true, description: 'For a suspension with a term: first moment it no longer has effect' })
  until?: string;

  @Field.nested(() => LicenceTerms, { optional: true, description: 'For an amendment: what changes' })
  terms?: LicenceTerms;

  @IdentifierField.name({ optional: true, description: 'For an annulment: the act that is annulled' })
  annuls?: string;
}
