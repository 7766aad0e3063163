import { Controller, Get, Inject, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Field, IdentifierField } from '@qazyna/contracts';
import { pageOf, parseCursor, ProblemError, Roles, ROLES, type Page } from '@qazyna/service-kit';
import { stringify } from 'csv-stringify/sync';
import { dateOf, dayNumber } from '../plausibility/chain-day.js';
import type { DayLine, StatutoryDifference } from './reconciliation.js';
import { RangeTooLarge, Reconciliation, type AccountLine, type AccountRange } from './reconciliation.query.js';

const DAYS_MAX = 366;
/** Each account of a page is added up anew. */
const ACCOUNTS_MAX = 100;
const DIFFERENCES = ['not-declared', 'not-paid', 'other-wallet', 'other-amount', 'other-day', 'other-licence'] as const satisfies readonly StatutoryDifference['code'][];

class ReportQuery {
  @Field.day({ description: 'First day', example: '2026-03-01' })
  from!: string;

  @Field.day({ optional: true, example: '2026-04-01', description: 'The day after the last one; a month later when it is left out' })
  to?: string;

  @Field.oneOf(['json', 'csv'], { optional: true, description: 'As a page of JSON (default), or as a table for spreadsheets (RFC 4180) with one heading line' })
  format?: 'json' | 'csv';

  @Field.text({ optional: true, max: 512, description: 'The `next` of the page before; of a table, the header `qazyna-next`' })
  after?: string;

  @Field.text({ optional: true, max: 9, description: 'Most items of a page, up to 1,000 (default 100); of accounts up to 100' })
  limit?: string;
}

export class AccountsReportQuery extends ReportQuery {
  @IdentifierField.pool({ optional: true })
  pool?: string;
}

class AccountReportQuery extends ReportQuery {
  @IdentifierField.pool()
  pool!: string;

  @IdentifierField.name({ description: 'Account at the pool' })
  account!: string;
}

export class DaysReportQuery extends AccountReportQuery {
  @Field.oneOf(['overpaid'], { optional: true, description: 'Only days at whose end more was paid than ever credited' })
  only?: 'overpaid';
}

export class StatutoryReportQuery extends AccountReportQuery {
  @Field.oneOf(DIFFERENCES, { optional: true, description: 'Only differences of this kind' })
  code?: StatutoryDifference['code'];
}

/** What of an HTTP answer a table needs. */
interface Reply {
  header(name: string, value: string): unknown;
}

@ApiTags('Plausibility')
@Controller('v1/reconciliation')
export class ReconciliationController {
  constructor(@Inject(Reconciliation) private readonly reconciliation: Reconciliation) {}

  @Get()
  @Roles(...ROLES)
  @ApiProduces('application/json', 'text/csv')
  @ApiOperation({
    summary: 'Earnings, fees and payouts of an account by day, with the balance that stays with the pool',
    description: 'Earnings − fees = payouts + balance, of each day. `overpaid`: more was paid than ever credited. Payouts that an officer rejected do not count.',
  })
  days(@Query() query: DaysReportQuery, @Res({ passthrough: true }) reply: Reply): Page<DayLine> | string {
    const { after = '', limit } = parseCursor(query);
    const lines = compared(() => this.reconciliation.days({ ...query, ...rangeOf(query) })).filter(({ date, overpaid }) => date > after && (query.only === undefined || overpaid));
    return answered(reply, query, pageOf(lines.slice(0, limit + 1), limit, ({ date }) => date), ['date', 'earned', 'fees', 'paid', 'balance', 'overpaid']);
  }

  @Get('accounts')
  @Roles(...ROLES)
  @ApiProduces('application/json', 'text/csv')
  @ApiOperation({
    summary: 'Every registered pool account over a range of days: where it does not add up',
    description: 'Sums of earnings, fees and payouts, the balance at the end and whether it is below zero, days on which something happened and that ended so, and how many differences there are with the statutory feed (null where a range holds more than can be compared at once).',
  })
  accounts(@Query() query: AccountsReportQuery, @Res({ passthrough: true }) reply: Reply): Page<AccountLine> | string {
    const { after, limit } = parseCursor(query, ACCOUNTS_MAX);
    const lines = compared(() => this.reconciliation.accounts(query.pool, rangeOf(query), after, limit + 1));
    return answered(reply, query, pageOf(lines, limit, ({ poolAccountId }) => poolAccountId), ['poolAccountId', 'pool', 'account', 'earned', 'fees', 'paid', 'balance', 'overpaid', 'overpaidDays', 'statutoryDifferences']);
  }

  @Get('statutory')
  @Roles(...ROLES)
  @ApiProduces('application/json', 'text/csv')
  @ApiOperation({
    summary: 'Differences between the statutory feed and the pool\'s own payouts',
    description: '`not-declared`, `not-paid`, `other-wallet`, `other-amount`, `other-day` or `other-licence`, with what each side says. In the order of payouts, then of what has none. Nothing is stored: late data counts when it is asked again.',
  })
  statutory(@Query() query: StatutoryReportQuery, @Res({ passthrough: true }) reply: Reply): Page<StatutoryDifference> | string {
    const { after, limit } = parseCursor(query);
    const found = compared(() => this.reconciliation.differences({ ...query, ...rangeOf(query) }))
      .filter((difference) => (after === undefined || placeOf(difference) > after) && (query.code === undefined || difference.code === query.code))
      .sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
    return answered(reply, query, pageOf(found.slice(0, limit + 1), limit, placeOf), ['code', 'payoutId', 'sequence', 'paid', 'declared']);
  }
}

/** Its own, whatever others come or go between two pages. */
function placeOf({ payoutId = '', sequence = '', code }: StatutoryDifference): string {
  return `${payoutId} ${sequence} ${code}`;
}

/** The page as it is, or as a table whose next page is named in a header. */
function answered<T extends object>(reply: Reply, { format }: ReportQuery, page: Page<T>, columns: readonly (keyof T & string)[]): Page<T> | string {
  if (format !== 'csv') return page;
  reply.header('content-type', 'text/csv; charset=utf-8; header=present');
  if (page.next !== null) reply.header('qazyna-next', page.next);
  return stringify(page.items.map(inertRow), { header: true, columns: [...columns], record_delimiter: 'windows', cast: { boolean: String } });
}

/** A spreadsheet takes a text that begins so for a formula; whole numbers may begin with their sign. */
const FORMULA = /^[=+@\t\r-]/;

function inertRow(row: object): object {
  return Object.fromEntries(Object.entries(row).map(([name, value]: [string, unknown]) => [name, typeof value === 'string' && FORMULA.test(value) && !/^-?\d+$/.test(value) ? `'${value}` : value]));
}

function rangeOf({ from, to }: ReportQuery): Pick<AccountRange, 'from' | 'to'> {
  const until = to ?? dateOf(dayNumber(from) + 31);
  const days = dayNumber(until) - dayNumber(from);
  if (days < 1 || days > DAYS_MAX) throw invalid('to', `a range has 1 to ${DAYS_MAX} days; this one has ${days}`);
  return { from, to: until };
}

function compared<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeTooLarge) throw invalid('to', error.message);
    throw error;
  }
}

function invalid(field: string, message: string): ProblemError {
  return new ProblemError(400, 'range-invalid', message, { errors: [{ field, code: 'range-invalid', message }] });
}
