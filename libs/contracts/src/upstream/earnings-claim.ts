import { EarningsPart } from '../events/mining-earnings.js';
import { Field } from '../fields.js';
import { IdentifierField } from '../identifiers.js';

export const MINING_EARNINGS_TYPE = 'qazyna.mining.earnings.v1';

/** A day's earnings of a pool account in our own format. It moves nothing: earnings are what the pool owes. */
export class EarningsClaim {
  @IdentifierField.pool()
  pool!: string;

  @IdentifierField.name({ description: 'Account at the pool', example: 'reserve-01' })
  account!: string;

  @Field.text({ min: 10, max: 10, pattern: /^\d{4}-\d{2}-\d{2}$/, patternMeans: 'a UTC day such as 2026-03-01', description: 'The UTC day', example: '2026-03-01' })
  date!: string;

  @Field.text({ optional: true, max: 101, pattern: /^\d{1,60}(\.\d{1,40})?$/, patternMeans: 'a plain decimal number', description: 'Mean hash rate of the day in H/s', example: '293286989405200.68' })
  hashRate?: string;

  @Field.list(() => EarningsPart, { max: 16, description: 'The parts that the pool names' })
  parts!: EarningsPart[];

  @Field.text({ max: 40, pattern: /^(0|[1-9][0-9]{0,39})$/, patternMeans: 'a whole number of base units from 0, as a decimal string', description: 'What the account was credited', example: '76085' })
  total!: string;

  @Field.oneOf(['pps', 'fpps', 'pplns', 'solo', 'mixed'], { description: 'How the pool shares', example: 'fpps' })
  scheme!: 'pps' | 'fpps' | 'pplns' | 'solo' | 'mixed';

  @Field.text({ optional: true, max: 64, pattern: /^[A-Za-z0-9._:-]+$/, patternMeans: 'letters, digits, ".", "_", ":" and "-"', description: 'The pool\'s own id of the row, where one day has several' })
  reference?: string;

  @Field.integer({ optional: true, min: 1, max: 1_000, description: 'Higher than before to correct a day reported earlier; 1 when absent', example: 1 })
  revision?: number;
}
