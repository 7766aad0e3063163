import { Field } from '../fields.js';
import { IdentifierField } from '../identifiers.js';
import { SignedMessage } from './publishers.js';
import { LegalDocument, SEIZURE_ACTS, SeizureFact, type SeizureAct } from '../upstream/seizure-fact.js';

/** What the law says an asset of a case is. Where the coins are is custody's matter and never stands here. */
export const ASSET_STATUSES = [
  'reported',
  'restricted',
  'restriction-lapsed',
  'arrested',
  'evidence',
  'confiscation-ordered',
  'final',
  'state-property',
  'reversed',
  'released',
  'returned-to-victim',
  'withdrawn',
] as const;
export type AssetStatus = (typeof ASSET_STATUSES)[number];

/** A case has the status of its assets; "mixed" where they differ. */
export const LEGAL_STATUSES = [...ASSET_STATUSES, 'mixed'] as const;
export type LegalStatus = (typeof LEGAL_STATUSES)[number];

/** The message as it came, before the case has had its say: the receipt that makes one input one effect. */
export class FactReceived {
  @Field.uuid({ description: 'Identity of the fact: UUIDv5 of the message\'s source and id' })
  factId!: string;

  @Field.text({ max: 512, description: 'CloudEvents source' })
  source!: string;

  @Field.text({ max: 256, description: 'CloudEvents id' })
  messageId!: string;

  @Field.sha256({ description: 'SHA-256 of the canonical body' })
  contentHash!: string;

  @IdentifierField.caseId()
  caseId!: string;

  @Field.nested(() => SeizureFact, { description: 'The fact as published' })
  fact!: SeizureFact;

  @Field.nested(() => SignedMessage, { optional: true, description: 'Who signed it, with the proof; absent for a message taken unsigned' })
  signed?: SignedMessage;
}

/** The case's rules do not allow this fact, now or ever. Kept, so that the sender gets the same answer again. */
export class FactRefused {
  @Field.uuid({ description: 'The fact' })
  factId!: string;

  @IdentifierField.caseId()
  caseId!: string;

  @Field.text({ max: 64, description: 'Stable code of the refusal' })
  code!: string;

  @Field.text({ max: 1000, description: 'The rule, for people' })
  message!: string;

  @Field.text({ max: 200, optional: true, description: 'The field at fault' })
  field?: string;
}

/** An act that presupposes another one which has not arrived: it waits, visibly, and applies when that comes. */
export class ActHeld {
  @Field.uuid({ description: 'The fact' })
  factId!: string;

  @IdentifierField.caseId()
  caseId!: string;

  @Field.oneOf(SEIZURE_ACTS, { description: 'The act that waits' })
  act!: SeizureAct;

  @Field.oneOf(SEIZURE_ACTS, { description: 'The act it waits for; a correction waits for an act of any kind, named in its fact' })
  waitsFor!: SeizureAct;

  @Field.nested(() => SeizureFact, { description: 'The fact as published' })
  fact!: SeizureFact;
}

/** An act had its effect. What it changed of each asset follows in `intake.asset-` events. */
export class ActApplied extends SeizureFact {
  @Field.uuid({ description: 'The fact' })
  factId!: string;

  @IdentifierField.caseId()
  caseId!: string;

  @Field.oneOf(LEGAL_STATUSES, { description: 'Legal status of the case from now on' })
  legalStatus!: LegalStatus;
}

/**
 * A final order and the government's decision together, over every asset of the case and the whole of each: custody may
 * reclassify all it holds for the case. The `intake.asset-became-state-property` events that follow with `scope` "case"
 * repeat it for each asset and are not to be acted on again.
 */
export class CaseBecameStateProperty {
  @IdentifierField.caseId()
  caseId!: string;

  @Field.uuid({ description: 'The deciding fact' })
  factId!: string;

  @Field.nested(() => LegalDocument, { description: 'The decision' })
  decision!: LegalDocument;

  @Field.instant({ description: 'When it takes effect' })
  effectiveAt!: string;
}

/** Every asset of the case, whole, is to go back to its owner; `intake.asset-released` with `scope` "case" repeats it for each. */
export class CaseReleased {
  @IdentifierField.caseId()
  caseId!: string;

  @Field.uuid({ description: 'The releasing fact' })
  factId!: string;

  @Field.nested(() => LegalDocument, { description: 'The release order' })
  order!: LegalDocument;

  @Field.instant({ description: 'When it takes effect' })
  effectiveAt!: string;
}

/** The same id came again with other content. Nothing changes; an operator must look. */
export class ConflictRaised {
  @Field.text({ max: 200, description: 'What was claimed twice: a fact id or a payout id' })
  subject!: string;

  @Field.sha256({ description: 'Content hash recorded first' })
  knownHash!: string;

  @Field.sha256({ description: 'Content hash offered now' })
  offeredHash!: string;

  @Field.oneOf(['http', 'kafka', 'statement'], { description: 'The way it came' })
  way!: 'http' | 'kafka' | 'statement';

  @Field.text({ max: 65_536, description: 'The body offered, as canonical JSON' })
  offered!: string;
}

export interface IntakeEvents {
  'intake.fact-received': FactReceived;
  'intake.fact-refused': FactRefused;
  'intake.act-held': ActHeld;
  'intake.act-applied': ActApplied;
  'intake.case-became-state-property': CaseBecameStateProperty;
  'intake.case-released': CaseReleased;
  'intake.conflict-raised': ConflictRaised;
}
