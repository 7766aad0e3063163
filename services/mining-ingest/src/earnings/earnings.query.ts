import { Inject, Injectable } from '@nestjs/common';
import { Field } from '@qazyna/contracts';
import type { ReadModelHost } from '@qazyna/service-kit';
import { EARNINGS_READ_MODEL } from '../read-model.token.js';

export class EarningsQuery {
  @Field.text({ optional: true, max: 97, description: 'Pool and account, `pool.account`' })
  account?: string;

  @Field.day({ optional: true, description: 'This day or later' })
  from?: string;

  @Field.day({ optional: true, description: 'Before this day' })
  to?: string;

  @Field.oneOf(['within', 'above', 'below', 'not-judged'], { optional: true, description: 'Only days with this verdict' })
  verdict?: 'within' | 'above' | 'below' | 'not-judged';

  @Field.text({ optional: true, max: 512, description: 'The `next` of the page before' })
  after?: string;

  @Field.text({ optional: true, max: 9, description: 'Most items of a page, up to 1,000 (default 100)' })
  limit?: string;
}

/** One day as it is listed. `judgement` is null while the chain's figures of the day are not known, or where a day says nothing. */
export interface ListedEarnings {
  readonly sequence: string;
  readonly earningsId: string;
  readonly poolAccountId: string;
  readonly asset: string;
  readonly date: string;
  readonly hashRate: string | null;
  readonly scheme: string;
  readonly parts: readonly { readonly part: string; readonly amount: string }[];
  readonly total: string;
  /** Which word of the pool on the day it is. */
  readonly revision: number;
  readonly statementSha256: string | null;
  readonly recordedAt: string;
  readonly judgement: object | null;
}

const COLUMNS = `sequence, earnings_id AS earningsId, pool_account_id AS poolAccountId, asset, date, hash_rate AS hashRate, scheme, parts, total, revision,
  statement_sha256 AS statementSha256, recorded_at AS recordedAt, judgement`;

@Injectable()
export class EarningsList {
  constructor(@Inject(EARNINGS_READ_MODEL) private readonly model: ReadModelHost) {}

  /** At most `count` items after a sequence, in order. */
  page({ account, from, to, verdict }: EarningsQuery, after: string | undefined, count: number): ListedEarnings[] {
    const filters: [string, string | undefined][] = [
      ['sequence > ?', after], ['pool_account_id = ?', account], ['date >= ?', from], ['date < ?', to], ['verdict = ?', verdict === 'not-judged' ? undefined : verdict],
    ];
    const used = filters.filter((filter): filter is [string, string] => filter[1] !== undefined);
    const conditions = [...used.map(([condition]) => condition), ...(verdict === 'not-judged' ? ['verdict IS NULL'] : [])];
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    const rows = this.model.db.prepare(`SELECT ${COLUMNS} FROM earnings ${where} ORDER BY sequence LIMIT ?`).all(...used.map(([, value]) => value), count) as unknown as (Omit<
      ListedEarnings,
      'parts' | 'judgement'
    > & { parts: string; judgement: string | null })[];
    return rows.map(({ parts, judgement, ...row }) => ({ ...row, parts: JSON.parse(parts) as ListedEarnings['parts'], judgement: judgement === null ? null : (JSON.parse(judgement) as object) }));
  }
}
