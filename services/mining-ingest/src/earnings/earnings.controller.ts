import { Body, Controller, Get, HttpCode, Inject, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { EarningsClaims, Field, poolAccountIdOf, streamOf, type EarningsClaim } from '@qazyna/contracts';
import { loadState, type EventStore } from '@qazyna/event-store';
import { actorMetadata, correlationIdOrNew, CurrentActor, EVENT_STORE, pageOf, parseCursor, Roles, ROLES, type Actor, type Page, type ReadModelHost } from '@qazyna/service-kit';
import type { EarningsResult } from '../earnings-reporter.token.js';
import { poolAccountDecider } from '../pools/pool-account.js';
import { EARNINGS_READ_MODEL } from '../read-model.token.js';
import { EarningsService } from './earnings.service.js';

const DAY = { min: 10, max: 10, pattern: /^\d{4}-\d{2}-\d{2}$/, patternMeans: 'a day such as 2026-03-01' };

export class EarningsQuery {
  @Field.text({ optional: true, max: 97, description: 'Pool and account, `pool.account`' })
  account?: string;

  @Field.text({ ...DAY, optional: true, description: 'This day or later' })
  from?: string;

  @Field.text({ ...DAY, optional: true, description: 'Before this day' })
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
  readonly statementSha256: string | null;
  readonly recordedAt: string;
  readonly judgement: object | null;
}

const COLUMNS = `sequence, earnings_id AS earningsId, pool_account_id AS poolAccountId, asset, date, hash_rate AS hashRate, scheme, parts, total,
  statement_sha256 AS statementSha256, recorded_at AS recordedAt, judgement`;

@ApiTags('Plausibility')
@Controller('v1/earnings')
export class EarningsController {
  constructor(
    @Inject(EarningsService) private readonly earnings: EarningsService,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(EARNINGS_READ_MODEL) private readonly model: ReadModelHost,
  ) {}

  @Post()
  @HttpCode(200)
  @Roles('pool-operator')
  @ApiOperation({
    summary: 'Report days of earnings',
    description: 'Up to 1,000 days of registered accounts, each with its own result: `accepted`, `duplicate`, or `refused` with the rule. Earnings change no balance; they are what payouts and hash rates are held against.',
  })
  async report(@Body() { earnings }: EarningsClaims, @CurrentActor() actor: Actor): Promise<{ readonly results: readonly ({ readonly index: number } & EarningsResult)[] }> {
    const metadata = { actor: actorMetadata(actor), correlationId: correlationIdOrNew() };
    const assets = new Map<string, Promise<string | undefined>>();
    const assetOf = (poolAccountId: string): Promise<string | undefined> => {
      const known = assets.get(poolAccountId) ?? this.assetOf(poolAccountId);
      assets.set(poolAccountId, known);
      return known;
    };
    return { results: await Promise.all(earnings.map(async (claim, index) => ({ index, ...(await this.take(claim, assetOf, metadata)) }))) };
  }

  @Get()
  @Roles(...ROLES)
  @ApiOperation({ summary: 'Reported earnings by day, in the order they were recorded, with their judgement' })
  find(@Query() query: EarningsQuery): Page<ListedEarnings> {
    const { after, limit } = parseCursor(query);
    const { account, from, to, verdict } = query;
    const filters: [string, string | undefined][] = [
      ['sequence > ?', after], ['pool_account_id = ?', account], ['date >= ?', from], ['date < ?', to], ['verdict = ?', verdict === 'not-judged' ? undefined : verdict],
    ];
    const used = filters.filter((filter): filter is [string, string] => filter[1] !== undefined);
    const conditions = [...used.map(([condition]) => condition), ...(verdict === 'not-judged' ? ['verdict IS NULL'] : [])];
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    const rows = this.model.db.prepare(`SELECT ${COLUMNS} FROM earnings ${where} ORDER BY sequence LIMIT ?`).all(...used.map(([, value]) => value), limit + 1) as unknown as (Omit<
      ListedEarnings,
      'parts' | 'judgement'
    > & { parts: string; judgement: string | null })[];
    const items = rows.map(({ parts, judgement, ...row }) => ({ ...row, parts: JSON.parse(parts) as ListedEarnings['parts'], judgement: judgement === null ? null : (JSON.parse(judgement) as object) }));
    return pageOf(items, limit, ({ sequence }) => sequence);
  }

  /** Undefined where the account is not registered. */
  private async assetOf(poolAccountId: string): Promise<string | undefined> {
    return (await loadState(this.store, poolAccountDecider, streamOf.poolAccount(poolAccountId))).state?.asset;
  }

  private async take({ pool, account, date, hashRate, parts, total, scheme }: EarningsClaim, assetOf: (poolAccountId: string) => Promise<string | undefined>, metadata: Parameters<EarningsService['take']>[2]): Promise<EarningsResult> {
    const poolAccountId = poolAccountIdOf(pool, account);
    const asset = await assetOf(poolAccountId);
    if (asset === undefined) return { status: 'refused', code: 'pool-account-unknown', field: 'account', message: `account ${account} at ${pool} is not registered` };
    return this.earnings.take({ earningsId: `${poolAccountId}~${date}`, poolAccountId, asset, date, ...(hashRate === undefined ? {} : { hashRate }), parts, total, scheme }, 'http', metadata);
  }
}
