import { Field } from '../fields.js';
import { IdentifierField } from '../identifiers.js';
import { LegalDocument } from './seizure-fact.js';

/** A wish to pay a pool account's coins to another wallet. It has no effect before another person confirms it. */
export class WalletChange {
  @IdentifierField.name({ description: 'Id of the change; one id is one change', example: 'W-2026-2' })
  changeId!: string;

  @IdentifierField.address({ description: 'The new payout wallet', example: 'bc1qllf33yhp7m80sfm35fce0tagcckey7dljauwd5' })
  payoutAddress!: string;

  @Field.nested(() => LegalDocument, { description: 'The document behind the change' })
  document!: LegalDocument;
}

export const POOL_ACCOUNT_ACTS = ['suspend', 'resume'] as const;

/** Suspends a pool account, or lets it go on, from a moment. */
export class PoolAccountAct {
  @IdentifierField.name({ description: 'Id of the act; one id is one act', example: 'PA-2026-5' })
  actId!: string;

  @Field.oneOf(POOL_ACCOUNT_ACTS, { description: 'What it does', example: 'suspend' })
  act!: (typeof POOL_ACCOUNT_ACTS)[number];

  @Field.instant({ description: 'From when it has effect' })
  effectiveAt!: string;

  @Field.nested(() => LegalDocument, { description: 'The document behind the act' })
  document!: LegalDocument;
}
