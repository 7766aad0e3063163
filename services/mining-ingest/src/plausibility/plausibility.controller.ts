import { Body, Controller, Get, HttpCode, Inject, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ChainDayFacts, Field, type EarningsJudged } from '@qazyna/contracts';
import { actorMetadata, correlationIdOrNew, CurrentActor, pageOf, parseCursor, Roles, ROLES, type Actor, type Page, type ReadModelHost } from '@qazyna/service-kit';
import { EARNINGS_READ_MODEL } from '../read-model.token.js';
import { ChainDaysService, type ChainDayResult } from './chain-days.service.js';

/** Days brought in with one request: more than a year. */
const DAYS_MAX = 400;

export class ChainDayBatch {
  @Field.list(() => ChainDayFacts, { min: 1, max: DAYS_MAX, description: 'Days, each with its own result' })
  days!: ChainDayFacts[];
}

export class JudgementQuery {
  @Field.oneOf(['within', 'above', 'below', 'flagged'], { optional: true, description: 'Only these verdicts; `flagged` is above and below' })
  verdict?: 'within' | 'above' | 'below' | 'flagged';

  @Field.text({ optional: true, max: 97, description: 'Pool and account, `pool.account`' })
  account?: string;

  @Field.day({ optional: true, description: 'Beginning on this day or later' })
  from?: string;

  @Field.day({ optional: true, description: 'Beginning before this day' })
  to?: string;

  @Field.text({ optional: true, max: 512, description: 'The `next` of the page before' })
  after?: string;

  @Field.text({ optional: true, max: 9, description: 'Most items of a page, up to 1,000 (default 100)' })
  limit?: string;
}

export interface ListedJudgement extends EarningsJudged {
  readonly sequence: string;
  readonly recordedAt: string;
}

@ApiTags('Plausibility')
@Controller('v1')
export class PlausibilityController {
  constructor(
    @Inject(ChainDaysService) private readonly days: ChainDaysService,
    @Inject(EARNINGS_READ_MODEL) private readonly model: ReadModelHost,
  ) {}

  @Post('chain-days')
  @HttpCode(200)
  @Roles('custodian', 'auditor')
  @ApiOperation({
    summary: 'Bring in the chain\'s figures of days before the chain was followed',
    description: 'Difficulty by stretch, subsidies and fees of each UTC day, with where they are from. A day that custody followed block by block is judged by its blocks. The same day with other figures is refused.',
  })
  async record(@Body() { days }: ChainDayBatch, @CurrentActor() actor: Actor): Promise<{ readonly results: readonly ChainDayResult[] }> {
    return { results: await this.days.record(days, { actor: actorMetadata(actor), correlationId: correlationIdOrNew() }) };
  }

  @Get('plausibility')
  @Roles(...ROLES)
  @ApiOperation({
    summary: 'Reported earnings held against what the chain says they should be',
    description: 'Single days where the pool bears the luck, weeks and longer windows otherwise. Each judgement has its figures, so that anyone can reckon it again. Solo mining is not judged.',
  })
  find(@Query() query: JudgementQuery): Page<ListedJudgement> {
    const { after, limit } = parseCursor(query);
    const { verdict, account, from, to } = query;
    const filters: [string, string | undefined][] = [
      ['sequence > ?', after], ['pool_account_id = ?', account], ['first_date >= ?', from], ['first_date < ?', to],
      [`verdict = ?`, verdict === 'flagged' ? undefined : verdict],
    ];
    const used = filters.filter((filter): filter is [string, string] => filter[1] !== undefined);
    const conditions = [...used.map(([condition]) => condition), ...(verdict === 'flagged' ? [`verdict <> 'within'`] : [])];
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    const rows = this.model.db
      .prepare(`SELECT sequence, judgement, recorded_at AS recordedAt FROM judgements ${where} ORDER BY sequence LIMIT ?`)
      .all(...used.map(([, value]) => value), limit + 1) as unknown as { sequence: string; judgement: string; recordedAt: string }[];
    const items = rows.map(({ judgement, ...row }) => ({ ...(JSON.parse(judgement) as EarningsJudged), ...row }));
    return pageOf(items, limit, ({ sequence }) => sequence);
  }
}
