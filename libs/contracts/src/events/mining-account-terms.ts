import { Field } from '../fields.js';
import { PoolAccountTerms } from '../upstream/pool-account-terms.js';
import { EarningsReported } from './mining-earnings.js';

export class PoolAccountTermsSet extends PoolAccountTerms {
  @Field.text({ max: 97, description: 'Pool and account: `pool.account`' })
  poolAccountId!: string;
}

/** The pool corrected a day it had reported: a higher revision, with all figures. What was said before stays in the stream. */
export class EarningsCorrected extends EarningsReported {}

export interface MiningAccountTermsEvents {
  'mining.pool-account-terms-set': PoolAccountTermsSet;
  'mining.earnings-corrected': EarningsCorrected;
}
