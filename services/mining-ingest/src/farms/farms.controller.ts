import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { FarmAmendment, FarmQuota, FarmRegistration } from '@qazyna/contracts';
import { actorMetadata, correlationIdOrNew, CurrentActor, notFound, pageOf, parseCursor, Roles, ROLES, sendRefusal, type Actor, type Page, type Granted } from '@qazyna/service-kit';
import { FarmEnergyQuery, FarmList, FarmQuery, type FarmEnergy, type ListedFarm, type ShownFarm } from './farms.query.js';
import { FarmsService, type FarmOutcome } from './farms.service.js';

export type FarmAnswer = { readonly farmId: string } & Granted<FarmOutcome>;

@ApiTags('Farms and energy')
@Controller('v1/farms')
export class FarmsController {
  constructor(
    @Inject(FarmsService) private readonly farms: FarmsService,
    @Inject(FarmList) private readonly list: FarmList,
  ) {}

  @Post()
  @HttpCode(200)
  @Roles('regulator')
  @ApiOperation({ summary: 'Register a farm under a licence, with its meters and energy source', description: 'The same farm again is `duplicate`; with other content it is a conflict (409).' })
  async register(@Body() registration: FarmRegistration, @CurrentActor() actor: Actor): Promise<FarmAnswer> {
    return answer(registration.farmId, await this.farms.register(registration, by(actor)));
  }

  @Post(':farmId/amendments')
  @HttpCode(200)
  @Roles('regulator')
  @ApiOperation({ summary: 'Change a farm\'s energy source or meters from a moment on' })
  async amend(@Param('farmId') farmId: string, @Body() amendment: FarmAmendment, @CurrentActor() actor: Actor): Promise<FarmAnswer> {
    return answer(farmId, await this.farms.amend(farmId, amendment, by(actor)));
  }

  @Post(':farmId/quotas')
  @HttpCode(200)
  @Roles('regulator')
  @ApiOperation({
    summary: 'Set the energy a farm may draw in a month, from a moment on',
    description: 'Watt-hours a calendar month of the farm. A quota that changes within a month counts by the share of the month in which it has effect. Past months are counted again.',
  })
  async setQuota(@Param('farmId') farmId: string, @Body() quota: FarmQuota, @CurrentActor() actor: Actor): Promise<FarmAnswer> {
    return answer(farmId, await this.farms.setQuota(farmId, quota, by(actor)));
  }

  @Get()
  @Roles(...ROLES)
  @ApiOperation({ summary: 'Farms in the order of their ids' })
  find(@Query() query: FarmQuery): Page<ListedFarm> {
    const { after, limit } = parseCursor(query);
    return pageOf(this.list.page(query, after, limit + 1), limit, ({ farmId }) => farmId);
  }

  @Get(':farmId')
  @Roles(...ROLES)
  @ApiOperation({ summary: 'One farm with its quotas, changes and history' })
  one(@Param('farmId') farmId: string): ShownFarm {
    const farm = this.list.one(farmId);
    if (!farm) throw notFound(`farm ${farmId}`);
    return farm;
  }

  @Get(':farmId/energy')
  @Roles(...ROLES)
  @ApiOperation({ summary: 'A farm\'s energy of a month against its quota, with the gaps that no reading covers' })
  energy(@Param('farmId') farmId: string, @Query() { month }: FarmEnergyQuery): FarmEnergy {
    const energy = this.list.energy(farmId, month);
    if (!energy) throw notFound(`farm ${farmId}`);
    return energy;
  }
}

function by(actor: Actor): { readonly actor: ReturnType<typeof actorMetadata>; readonly correlationId: string } {
  return { actor: actorMetadata(actor), correlationId: correlationIdOrNew() };
}

function answer(farmId: string, outcome: FarmOutcome): FarmAnswer {
  return 'refusal' in outcome ? sendRefusal(outcome.refusal, { 'farm-unknown': 404 }) : { farmId, ...outcome };
}
