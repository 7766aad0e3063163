/** What custody has noted of a case's legal effects: the acts it posts by, whoever else knows of them. */
import { Field } from '../fields.js';
import { IdentifierField } from '../identifiers.js';
import { ExactShare, LegalDocument, RETURN_MANNERS } from '../upstream/seizure-fact.js';

export const CASE_EFFECTS = ['state-property', 'released', 'returned-to-victim', 'sold'] as const;
export type CaseEffect = (typeof CASE_EFFECTS)[number];

const REVISION_MAX = Number.MAX_SAFE_INTEGER;

class NotedEffect {
  @IdentifierField.caseId()
  caseId!: string;

  @IdentifierField.assetId({ optional: true, description: 'The asset of the case; left out: everything of the case' })
  assetId?: string;

  @Field.oneOf(CASE_EFFECTS, { description: 'What the law did' })
  effect!: CaseEffect;

  @Field.uuid({ description: 'The fact behind it' })
  factId!: string;

  @Field.instant({ description: 'When it takes effect' })
  effectiveAt!: string;

  @Field.integer({ min: 0, max: REVISION_MAX, description: 'Place of the telling event in the case\'s stream: of one effect, the word said last counts, in whatever order the words arrive' })
  caseRevision!: number;
}

/** An act gave what is held, and what still comes, another owner: of each output the exact share, rounded down. */
export class CaseEffectNoted extends NotedEffect {
  @IdentifierField.asset({ optional: true, description: 'What the asset is in; outputs in anything else are not meant. Left out: whatever it is in' })
  asset?: string;

  @Field.nested(() => ExactShare, { description: 'Which part of each output; 1/1 is all of it' })
  share!: ExactShare;

  @Field.oneOf(RETURN_MANNERS, { description: '"in-kind": the coins themselves. "value": no more than a value, so the coins stay in trust until it is realised' })
  manner!: (typeof RETURN_MANNERS)[number];

  @Field.nested(() => LegalDocument, { description: 'The document behind the act' })
  document!: LegalDocument;
}

/** What was noted of an effect holds no longer: what was posted by it is compensated as of `effectiveAt`, or altogether where that is no later than the effect's own. */
export class CaseEffectUndone extends NotedEffect {
  @Field.uuid({ description: 'The fact that takes it back' })
  undoneBy!: string;

  @Field.nested(() => LegalDocument, { description: 'Its document' })
  document!: LegalDocument;
}

export interface CustodyCaseEvents {
  'custody.case-effect-noted': CaseEffectNoted;
  'custody.case-effect-undone': CaseEffectUndone;
}
