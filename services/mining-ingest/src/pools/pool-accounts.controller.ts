import { Body, Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { PoolAccountRegistration, type PoolAccountRegistered } from '@qazyna/contracts';
import { actorMetadata, correlationIdOrNew, CurrentActor, Roles, ROLES, sendRefusal, type Actor, type ReadModelHost } from '@qazyna/service-kit';
import { MINING_READ_MODEL } from '../read-model.token.js';
import { PoolAccountsService } from './pool-accounts.service.js';

@ApiTags('Pools')
@Controller('v1/pool-accounts')
export class PoolAccountsController {
  constructor(
    @Inject(PoolAccountsService) private readonly accounts: PoolAccountsService,
    @Inject(MINING_READ_MODEL) private readonly model: ReadModelHost,
  ) {}

  @Post()
  @HttpCode(200)
  @Roles('custodian')
  @ApiOperation({ summary: 'Register a pool account with the one wallet its payouts may go to' })
  async register(@Body() registration: PoolAccountRegistration, @CurrentActor() actor: Actor): Promise<object> {
    const outcome = await this.accounts.register(registration, { actor: actorMetadata(actor), correlationId: correlationIdOrNew() });
    return 'refusal' in outcome ? sendRefusal(outcome.refusal, { 'licence-unknown': 422 }) : outcome;
  }

  @Get()
  @Roles(...ROLES)
  @ApiOperation({ summary: 'All registered pool accounts' })
  list(): { readonly items: readonly PoolAccountRegistered[] } {
    const rows = this.model.db
      .prepare(
        `SELECT pool_account_id AS poolAccountId, pool, account, licence_id AS licenceId, network, asset, payout_address AS payoutAddress
         FROM pool_accounts ORDER BY pool_account_id`,
      )
      .all();
    return { items: rows as unknown as PoolAccountRegistered[] };
  }
}
