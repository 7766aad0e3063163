/**
 * What became of each asset of a seizure case. Which of these custody acts on, so that nothing counts twice:
 *
 * - `intake.case-became-state-property`, `intake.case-state-property-reversed`, `intake.case-released`: the whole case.
 *   Act on everything held for the case.
 * - `intake.asset-…` with `scope` "case": the same said for one asset, for views. Do not act.
 * - `intake.asset-…` with `scope` "asset": no event of the case said it. Act on what is held for this asset.
 * - `intake.asset-status-changed` is for views alone: whatever moves value has its own event beside it.
 *
 * An effect is known by `caseId`, `assetId`, its type and `factId`; the event that takes it back names that same
 * `factId`, and its `effectiveAt` says until when the effect held: until a reversal took effect, or for no time at all,
 * where it is the effect's own. An asset's own word counts before a taking back of the whole case. Shares are of the
 * asset as it stands (after a sale: of the proceeds); base units of a share are rounded down for the state and for
 * victims, so that the fraction of a unit stays with the owner.
 */
import type { CaseChangesEvents } from './case-changes.js';
import { Field } from '../fields.js';
import { IdentifierField } from '../identifiers.js';
import { AssetLocation, DatedValue, ExactShare, LegalDocument, SaleProceeds, SEIZURE_ACTS, VictimReturn, type SeizureAct } from '../upstream/seizure-fact.js';
import { ASSET_STATUSES, type AssetStatus } from './intake.js';

/** An asset of a case as it stands: after a sale, the proceeds under the same asset id. */
export class CaseAsset {
  @IdentifierField.caseId()
  caseId!: string;

  @IdentifierField.assetId()
  assetId!: string;

  @IdentifierField.asset()
  asset!: string;

  @Field.baseUnits({ description: 'Amount the agency claims, in base units' })
  amount!: string;

  @Field.nested(() => AssetLocation, { description: 'Where the asset is, as claimed' })
  location!: AssetLocation;
}

export const EFFECT_SCOPES = ['case', 'asset'] as const;

/** A change of who may have the asset. */
export class AssetEffect extends CaseAsset {
  @Field.oneOf(EFFECT_SCOPES, { description: '"case": an event of the whole case said it already; "asset": only this one does' })
  scope!: (typeof EFFECT_SCOPES)[number];

  @Field.uuid({ description: 'The fact behind it' })
  factId!: string;

  @Field.nested(() => ExactShare, { description: 'Which part of the asset, in lowest terms; 1/1 is all of it' })
  share!: ExactShare;

  @Field.instant({ description: 'When it takes effect' })
  effectiveAt!: string;
}

export class AssetBecameStateProperty extends AssetEffect {
  @Field.nested(() => LegalDocument, { description: 'The decision' })
  decision!: LegalDocument;

  @Field.nested(() => DatedValue, { optional: true, description: 'The order takes this value, not the asset itself: no more than it may be realised' })
  substituteValue?: DatedValue;
}

export class AssetReleased extends AssetEffect {
  @Field.nested(() => LegalDocument, { description: 'The order that releases it' })
  order!: LegalDocument;
}

export class AssetReturnedToVictim extends AssetEffect {
  @Field.nested(() => LegalDocument, { description: 'The order' })
  order!: LegalDocument;

  @Field.nested(() => VictimReturn, { description: 'To whom and how' })
  victim!: VictimReturn;
}

/** Sold before the verdict: the asset of this event is what was sold; from now on the asset id stands for the proceeds. */
export class AssetSold extends AssetEffect {
  @Field.nested(() => LegalDocument, { description: 'The decision to sell' })
  order!: LegalDocument;

  @Field.nested(() => SaleProceeds, { description: 'What it brought, and where that is' })
  proceeds!: SaleProceeds;
}

/**
 * An effect is taken back: as of a reversal on appeal, or, by a correction or an earlier act that arrived late, as of its
 * own beginning, as if it had never been. The effect's event stays; told again, it holds from its beginning.
 */
export class AssetEffectUndone extends AssetEffect {
  @Field.uuid({ description: 'The fact that takes it back' })
  undoneBy!: string;

  @Field.nested(() => LegalDocument, { description: 'Its document' })
  order!: LegalDocument;
}

/** The decision no longer makes this asset, or this part of it, state property: the journal compensates. */
export class AssetStatePropertyReversed extends AssetEffectUndone {}

/** An asset was reported after a decision over the whole case took effect: what is assigned to this asset is not the state's by that decision. */
export class AssetOutsideDecision {
  @IdentifierField.caseId()
  caseId!: string;

  @IdentifierField.assetId()
  assetId!: string;

  @Field.uuid({ description: 'The deciding fact' })
  factId!: string;

  @Field.nested(() => LegalDocument, { description: 'The decision' })
  decision!: LegalDocument;

  @Field.instant({ description: 'When the decision takes effect' })
  effectiveAt!: string;

  @Field.uuid({ description: 'The fact that brought the asset' })
  broughtBy!: string;
}

export const UNDONE_EFFECTS = ['released', 'returned-to-victim', 'sold'] as const;

export class AssetDisposalUndone extends AssetEffectUndone {
  @Field.oneOf(UNDONE_EFFECTS, { description: 'What is taken back' })
  effect!: (typeof UNDONE_EFFECTS)[number];
}

/** What `intake.case-became-state-property` said of the whole case holds of it no more: of assets that it still holds of, it is said one by one. */
export class CaseStatePropertyReversed {
  @IdentifierField.caseId()
  caseId!: string;

  @Field.uuid({ description: 'The deciding fact that is undone' })
  factId!: string;

  @Field.uuid({ description: 'The fact that undoes it' })
  undoneBy!: string;

  @Field.nested(() => LegalDocument, { description: 'Its document' })
  order!: LegalDocument;

  @Field.instant({ description: 'Until when the whole case was state property: its own beginning where it never was' })
  effectiveAt!: string;
}

export class AssetPart {
  @Field.oneOf(ASSET_STATUSES, { description: 'Legal status of the part' })
  legalStatus!: AssetStatus;

  @Field.nested(() => ExactShare, { description: 'Which part of the asset' })
  share!: ExactShare;
}

export class WaitingAct {
  @Field.uuid({ description: 'The fact' })
  factId!: string;

  @Field.oneOf(SEIZURE_ACTS, { description: 'The act that waits' })
  act!: SeizureAct;

  @Field.oneOf(SEIZURE_ACTS, { description: 'The act it waits for' })
  waitsFor!: SeizureAct;
}

/** The asset's standing from now on, whole. For views. */
export class AssetStatusChanged extends CaseAsset {
  @Field.oneOf(ASSET_STATUSES, { description: 'Legal status of the asset: of the confiscated part where there is one' })
  legalStatus!: AssetStatus;

  @Field.list(() => AssetPart, { max: 100, description: 'Each part with its status; together they are the whole' })
  parts!: AssetPart[];

  @Field.list(() => WaitingAct, { max: 2000, description: 'Acts that wait on this asset' })
  waiting!: WaitingAct[];

  @Field.uuid({ optional: true, description: 'The restriction that stands' })
  restrictedBy?: string;

  @Field.instant({ optional: true, description: 'When that restriction lapses' })
  lapsesAt?: string;

  @Field.uuid({ description: 'The fact that brought the change; for a lapse, the restriction' })
  factId!: string;
}

/** An act that was taken earlier has no effect any more, because of what arrived later. It stays on record. */
export class ActOvertaken {
  @Field.uuid({ description: 'The fact' })
  factId!: string;

  @IdentifierField.caseId()
  caseId!: string;

  @Field.oneOf(SEIZURE_ACTS, { description: 'The act' })
  act!: SeizureAct;

  @Field.text({ max: 64, description: 'Stable code of the rule' })
  code!: string;

  @Field.text({ max: 1000, description: 'The rule, for people' })
  message!: string;
}

/** A restriction's clock. */
export class RestrictionClock {
  @IdentifierField.caseId()
  caseId!: string;

  @IdentifierField.agency()
  agency!: string;

  @IdentifierField.caseNumber()
  caseNumber!: string;

  @Field.uuid({ description: 'The restriction' })
  factId!: string;

  @Field.instant({ description: 'When it lapses unless a court acts' })
  lapsesAt!: string;

  @Field.integer({ min: 0, max: 10_000, description: 'Assets it holds' })
  assetCount!: number;
}

export class RestrictionWarned extends RestrictionClock {
  @Field.integer({ min: 1, max: 8_760, description: 'The threshold that was crossed, in hours before the lapse' })
  hoursBefore!: number;

  @Field.instant({ description: 'When the clock noticed' })
  noticedAt!: string;
}

/** No court acted in time. The restriction holds the assets no longer. */
export class RestrictionLapsed extends RestrictionClock {}

/** An act that took effect before the lapse arrived after it: the restriction had not lapsed. */
export class RestrictionLapseUndone extends RestrictionClock {
  @Field.uuid({ optional: true, description: 'The fact that showed it; left out when the clock itself had been wrong' })
  undoneBy?: string;
}

export const INHERITANCE_KINDS = ['fork', 'airdrop', 'dust'] as const;

/** Coins nobody reported, found where a case's coins are: they belong to the case and share the fate of the asset there. */
export class CoinsInherited extends CaseAsset {
  @Field.text({ max: 128, description: 'Identity of the finding: the same finding counts once', example: 'fork-bch-1' })
  findingId!: string;

  @IdentifierField.assetId({ description: 'The asset at whose address they were found' })
  parentAssetId!: string;

  @Field.oneOf(INHERITANCE_KINDS, { description: 'How they came to be there' })
  kind!: (typeof INHERITANCE_KINDS)[number];

  @Field.instant({ description: 'When they came to be there' })
  effectiveAt!: string;
}

/** The issuer of a token froze it where it is, or lifted that. Nobody can move a frozen token, whatever the law says of it. */
export class IssuerFreeze {
  @IdentifierField.caseId()
  caseId!: string;

  @IdentifierField.assetId()
  assetId!: string;

  @Field.text({ max: 128, description: 'Identity of the freeze, by the issuer\'s reference or the transaction', example: 'freeze-2026-11' })
  freezeId!: string;

  @Field.text({ max: 64, pattern: /^[a-z0-9][a-z0-9.-]*$/, patternMeans: 'a short name', description: 'The issuer', example: 'tether' })
  issuer!: string;

  @Field.text({ max: 128, description: 'Where it can be checked: a transaction, or the issuer\'s letter' })
  reference!: string;

  @Field.instant({ description: 'Since when' })
  effectiveAt!: string;
}

export interface IntakeAssetEvents extends CaseChangesEvents {
  'intake.asset-status-changed': AssetStatusChanged;
  'intake.asset-became-state-property': AssetBecameStateProperty;
  'intake.asset-state-property-reversed': AssetStatePropertyReversed;
  'intake.case-state-property-reversed': CaseStatePropertyReversed;
  'intake.asset-outside-decision': AssetOutsideDecision;
  'intake.asset-released': AssetReleased;
  'intake.asset-returned-to-victim': AssetReturnedToVictim;
  'intake.asset-sold': AssetSold;
  'intake.asset-disposal-undone': AssetDisposalUndone;
  'intake.act-overtaken': ActOvertaken;
  'intake.restriction-warned': RestrictionWarned;
  'intake.restriction-lapsed': RestrictionLapsed;
  'intake.restriction-lapse-undone': RestrictionLapseUndone;
  'intake.coins-inherited': CoinsInherited;
  'intake.token-frozen-by-issuer': IssuerFreeze;
  'intake.token-freeze-lifted': IssuerFreeze;
}
