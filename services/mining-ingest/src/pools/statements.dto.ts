import { Field, IdentifierField } from '@qazyna/contracts';

/** Formats of statements; a pool's own has the pool's registered short name. */
export const FORMATS = ['btcpool-kz', 'viabtc', 'f2pool', 'antpool', 'braiins', 'canonical', 'statutory'] as const;

/** Rows of a kept statement, by what they are. */
export class StatementRowsQuery {
  @Field.oneOf(['payout', 'earnings', 'statutory', 'information', 'unreadable'], { optional: true, description: 'Only rows of this kind' })
  kind?: string;

  @Field.text({ optional: true, max: 512, description: 'The `next` of the page before' })
  after?: string;

  @Field.text({ optional: true, max: 9, description: 'Most items of a page, up to 1,000 (default 100)' })
  limit?: string;
}

export class StatementQuery {
  @IdentifierField.pool()
  pool!: string;

  @IdentifierField.name({ description: 'Account at the pool', example: 'reserve-01' })
  account!: string;

  @Field.oneOf(FORMATS, { optional: true, description: 'The format of the file; left out, it is the pool\'s own', example: 'btcpool-kz' })
  format?: (typeof FORMATS)[number];

  @Field.oneOf(['true', 'false'], { optional: true, description: 'With `true` nothing is recorded: the answer says what would become of each row', example: 'false' })
  dryRun?: 'true' | 'false';
}
