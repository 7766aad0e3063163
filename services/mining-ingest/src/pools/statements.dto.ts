import { Field, IdentifierField } from '@qazyna/contracts';

/** Formats of statements; a pool's own has the pool's registered short name. */
export const FORMATS = ['btcpool-kz', 'viabtc', 'f2pool', 'antpool', 'braiins', 'canonical', 'statutory'] as const;

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
