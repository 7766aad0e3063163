/** A change over more assets of a case than one append holds, told in parts. */
import { Field } from '../fields.js';
import { IdentifierField } from '../identifiers.js';

const CHANGES_MAX = 1_000_000;

/** What follows of an act is being told: until as many events have followed as this says, the case is not as the act left it. */
export class CaseChangesOutstanding {
  @IdentifierField.caseId()
  caseId!: string;

  @Field.uuid({ description: 'The fact that brought the change; for a lapse, the restriction' })
  factId!: string;

  @Field.instant({ description: 'When the change takes effect' })
  effectiveAt!: string;

  @Field.integer({ min: 1, max: CHANGES_MAX, description: 'Events about acts and clocks that follow first, in the same append' })
  acts!: number;

  @Field.integer({ min: 1, max: CHANGES_MAX, description: 'Events about the whole case and its assets that follow those, in this append and the next ones' })
  changes!: number;
}

export interface CaseChangesEvents {
  'intake.case-changes-outstanding': CaseChangesOutstanding;
}
