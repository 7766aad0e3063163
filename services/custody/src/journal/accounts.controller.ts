import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { pageOf, parseCursor, Public, type Page } from '@qazyna/service-kit';
import { AccountList, type AccountAsOf, type AccountBalance } from './accounts.query.js';
import { AccountsQuery, AsOfQuery } from './journal.dto.js';

/** Public: a balance says no more than the journal's entries, which are public. */
@ApiTags('Journal')
@Controller('v1/accounts')
export class AccountsController {
  constructor(@Inject(AccountList) private readonly accounts: AccountList) {}

  @Get()
  @Public()
  @ApiOperation({ summary: 'Accounts with their balances', description: 'Debit balances are positive, credit balances negative.' })
  list(@Query() query: AccountsQuery): Page<AccountBalance> {
    const { after, limit } = parseCursor(query);
    return pageOf(this.accounts.page(query, after, limit + 1), limit, ({ account, asset }) => `${account} ${asset}`);
  }

  @Get(':name')
  @Public()
  @ApiOperation({
    summary: 'One account, as of two times',
    description: '`effectiveAt` asks what had taken effect by then, `recordedAt` what was known by then. A time outside what is known is refused (`as-of-unknown`).',
  })
  one(@Param('name') name: string, @Query() query: AsOfQuery): Promise<AccountAsOf> {
    return this.accounts.asOf(name, query);
  }
}
