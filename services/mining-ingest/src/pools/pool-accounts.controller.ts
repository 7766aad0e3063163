import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { PoolAccountAct, PoolAccountRegistration, PoolAccountTerms, WalletChange } from '@qazyna/contracts';
import { actorMetadata, correlationIdOrNew, CurrentActor, notFound, pageOf, parseCursor, Roles, ROLES, sendRefusal, type Actor, type Page, type Granted } from '@qazyna/service-kit';
import { PoolAccountList, PoolAccountQuery, type ListedPoolAccount, type ShownPoolAccount } from './pool-accounts.query.js';
import { PoolAccountsService, type PoolAccountOutcome } from './pool-accounts.service.js';

@ApiTags('Pools')
@Controller('v1/pool-accounts')
export class PoolAccountsController {
  constructor(
    @Inject(PoolAccountsService) private readonly accounts: PoolAccountsService,
    @Inject(PoolAccountList) private readonly list: PoolAccountList,
  ) {}

  @Post()
  @HttpCode(200)
  @Roles('custodian')
  @ApiOperation({ summary: 'Register a pool account with the one wallet its payouts may go to' })
  async register(@Body() registration: PoolAccountRegistration, @CurrentActor() actor: Actor): Promise<Granted<PoolAccountOutcome>> {
    return answer(await this.accounts.register(registration, by(actor)));
  }

  @Post(':poolAccountId/wallet-changes')
  @HttpCode(200)
  @Roles('custodian', 'compliance-officer')
  @ApiOperation({ summary: 'Propose another payout wallet', description: 'It has no effect before another person confirms it and the cooling-off period is over. One change at a time.' })
  async propose(@Param('poolAccountId') poolAccountId: string, @Body() change: WalletChange, @CurrentActor() actor: Actor): Promise<Granted<PoolAccountOutcome>> {
    return answer(await this.accounts.propose(poolAccountId, change, by(actor)));
  }

  @Post(':poolAccountId/wallet-changes/:changeId/confirmation')
  @HttpCode(200)
  @Roles('custodian', 'compliance-officer')
  @ApiOperation({
    summary: 'Confirm a proposed payout wallet as the second person',
    description: 'Whoever proposed it is refused (403). The answer says from when payouts go to the new wallet; until then only the old one is accepted. Both by when the pool paid.',
  })
  async confirm(@Param('poolAccountId') poolAccountId: string, @Param('changeId') changeId: string, @CurrentActor() actor: Actor): Promise<Granted<PoolAccountOutcome>> {
    return answer(await this.accounts.confirm(poolAccountId, changeId, by(actor)));
  }

  @Post(':poolAccountId/wallet-changes/:changeId/withdrawal')
  @HttpCode(200)
  @Roles('custodian', 'compliance-officer')
  @ApiOperation({ summary: 'Withdraw a change of wallet that has no effect yet, also while it cools off' })
  async withdraw(@Param('poolAccountId') poolAccountId: string, @Param('changeId') changeId: string, @CurrentActor() actor: Actor): Promise<Granted<PoolAccountOutcome>> {
    return answer(await this.accounts.withdraw(poolAccountId, changeId, by(actor)));
  }

  @Post(':poolAccountId/acts')
  @HttpCode(200)
  @Roles('custodian', 'compliance-officer')
  @ApiOperation({ summary: 'Suspend a pool account from a moment on, or let it go on' })
  async act(@Param('poolAccountId') poolAccountId: string, @Body() act: PoolAccountAct, @CurrentActor() actor: Actor): Promise<Granted<PoolAccountOutcome>> {
    return answer(await this.accounts.act(poolAccountId, act, by(actor)));
  }

  @Post(':poolAccountId/terms')
  @HttpCode(200)
  @Roles('custodian', 'compliance-officer')
  @ApiOperation({
    summary: 'Register the pool\'s fee, or the hash rate of the equipment behind an account, from a day on',
    description: 'The fee is used where a row of earnings names none, the hash rate where the pool reports none. Days judged already are judged again. Terms are never edited: others from the same day take their place.',
  })
  async setTerms(@Param('poolAccountId') poolAccountId: string, @Body() terms: PoolAccountTerms, @CurrentActor() actor: Actor): Promise<Granted<PoolAccountOutcome>> {
    return answer(await this.accounts.setTerms(poolAccountId, terms, by(actor)));
  }

  @Get()
  @Roles(...ROLES)
  @ApiOperation({ summary: 'Pool accounts in the order of their ids, with the wallet payouts go to now' })
  find(@Query() query: PoolAccountQuery): Page<ListedPoolAccount> {
    const { after, limit } = parseCursor(query);
    return pageOf(this.list.page(query, after, limit + 1), limit, ({ poolAccountId }) => poolAccountId);
  }

  @Get(':poolAccountId')
  @Roles(...ROLES)
  @ApiOperation({ summary: 'One pool account with every wallet it had and when, its acts and history' })
  one(@Param('poolAccountId') poolAccountId: string): ShownPoolAccount {
    const account = this.list.one(poolAccountId);
    if (!account) throw notFound(`pool account ${poolAccountId}`);
    return account;
  }
}

function by(actor: Actor): { readonly actor: ReturnType<typeof actorMetadata>; readonly correlationId: string } {
  return { actor: actorMetadata(actor), correlationId: correlationIdOrNew() };
}

function answer(outcome: PoolAccountOutcome): Granted<PoolAccountOutcome> {
  return 'refusal' in outcome ? sendRefusal(outcome.refusal, { 'licence-unknown': 422, 'wallet-change-withdrawn': 409, 'wallet-change-done': 409, 'wallet-change-open': 409 }) : outcome;
}
