import { ACCOUNT_CLASSES, Field, IdentifierField } from '@qazyna/contracts';

export class JournalQuery {
  @Field.text({ optional: true, max: 512, description: 'The `next` of the page before, or an entry\'s number' })
  after?: string;

  @Field.text({ optional: true, max: 9, description: 'Most entries of a page, up to 1,000 (default 100)' })
  limit?: string;
}

export class AccountsQuery {
  @Field.oneOf(ACCOUNT_CLASSES, { optional: true, description: 'Only accounts of this class' })
  class?: (typeof ACCOUNT_CLASSES)[number];

  @IdentifierField.asset({ optional: true })
  asset?: string;

  @Field.text({ optional: true, max: 300, pattern: /^[\x21-\x7e]+$/, patternMeans: 'printable ASCII without spaces', description: 'Only accounts whose name begins so', example: 'reserve:mining:' })
  prefix?: string;

  @Field.text({ optional: true, max: 1024, description: 'The `next` of the page before' })
  after?: string;

  @Field.text({ optional: true, max: 9, description: 'Most accounts of a page, up to 1,000 (default 100)' })
  limit?: string;
}

export class AsOfQuery {
  @Field.instant({ optional: true, description: 'Only what took effect up to this time: block time, or the order\'s date' })
  effectiveAt?: string;

  @Field.instant({ optional: true, description: 'Only what was recorded up to this time: what was known then' })
  recordedAt?: string;
}
