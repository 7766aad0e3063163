import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Field, IdentifierField } from '@qazyna/contracts';
import { ProblemError, Roles, ROLES } from '@qazyna/service-kit';
import { dateOf, dayNumber, isDay } from '../plausibility/chain-day.js';
import type { DayLine, StatutoryDifference } from './reconciliation.js';
import { RangeTooLarge, Reconciliation, type AccountRange } from './reconciliation.query.js';

const DAYS_MAX = 366;
const DAY = { min: 10, max: 10, pattern: /^\d{4}-\d{2}-\d{2}$/, patternMeans: 'a day such as 2026-03-01' };

export class ReconciliationQuery {
  @IdentifierField.pool()
  pool!: string;

  @IdentifierField.name({ description: 'Account at the pool' })
  account!: string;

  @Field.text({ ...DAY, description: 'First day', example: '2026-03-01' })
  from!: string;

  @Field.text({ ...DAY, optional: true, description: 'The day after the last one; a month later when it is left out' })
  to?: string;
}

@ApiTags('Plausibility')
@Controller('v1/reconciliation')
export class ReconciliationController {
  constructor(@Inject(Reconciliation) private readonly reconciliation: Reconciliation) {}

  @Get()
  @Roles(...ROLES)
  @ApiOperation({
    summary: 'Earnings, fees and payouts of an account by day, with the balance that stays with the pool',
    description: 'Earnings − fees = payouts + balance, of each day. `overpaid`: more was paid than ever credited. Payouts that an officer rejected do not count.',
  })
  days(@Query() query: ReconciliationQuery): { readonly items: readonly DayLine[] } {
    return { items: compared(() => this.reconciliation.days(rangeOf(query))) };
  }

  @Get('statutory')
  @Roles(...ROLES)
  @ApiOperation({
    summary: 'Differences between the statutory feed and the pool\'s own payouts',
    description: '`not-declared`, `not-paid`, `other-wallet`, `other-amount`, `other-day` or `other-licence`, with what each side says. Nothing is stored: late data counts when it is asked again.',
  })
  statutory(@Query() query: ReconciliationQuery): { readonly items: readonly StatutoryDifference[] } {
    return { items: compared(() => this.reconciliation.differences(rangeOf(query))) };
  }
}

function rangeOf({ pool, account, from, to }: ReconciliationQuery): AccountRange {
  for (const [field, day] of [['from', from], ['to', to]] as const) {
    if (day !== undefined && !isDay(day)) throw invalid(field, `${day} is no day of the calendar`);
  }
  const until = to ?? dateOf(dayNumber(from) + 31);
  const days = dayNumber(until) - dayNumber(from);
  if (days < 1 || days > DAYS_MAX) throw invalid('to', `a range has 1 to ${DAYS_MAX} days; this one has ${days}`);
  return { pool, account, from, to: until };
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
