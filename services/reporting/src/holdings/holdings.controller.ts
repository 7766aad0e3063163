import { Controller, Get, Header, Inject, Query, UseInterceptors } from '@nestjs/common';
import { ApiBadRequestResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ACCOUNT_CLASSES, Field, IdentifierField } from '@qazyna/contracts';
import { Public } from '@qazyna/service-kit';
import { EtagInterceptor } from '../public-reads/etag.interceptor.js';
import type { Figures, Holdings } from './holdings.js';
import { HOLDINGS_EXAMPLE } from './holdings-example.js';
import { HoldingsQuery } from './holdings.query.js';
import { PastHoldingsQuery } from './past-holdings.query.js';

export class HoldingsFilter {
  @Field.oneOf(ACCOUNT_CLASSES, { optional: true, description: 'Only this class' })
  class?: (typeof ACCOUNT_CLASSES)[number];

  @IdentifierField.asset({ optional: true, description: 'Only this asset, by CAIP-19' })
  asset?: string;

  @Field.instant({ optional: true, description: 'The figures as they were at this time (RFC 3339, in UTC): what was recorded up to it. Not in the future, and not before the first record' })
  at?: string;
}

@ApiTags('Public figures')
@Public()
@UseInterceptors(EtagInterceptor)
@Controller('v1/holdings')
export class HoldingsController {
  constructor(
    @Inject(HoldingsQuery) private readonly holdings: HoldingsQuery,
    @Inject(PastHoldingsQuery) private readonly past: PastHoldingsQuery,
  ) {}

  @Get()
  @Header('cache-control', 'public, max-age=5')
  @ApiOperation({
    summary: 'What the reserve holds, what is held in trust, and what is only claimed',
    description:
      'By class, asset, source, legal status and custody status, at a named block height and journal entry. Amounts are decimal strings in base units and in coins. ' +
      'Claims are announced and not controlled: they are never part of a holding, and each kind stands apart: coins at addresses, balances at exchanges, devices, machines, ' +
      'fund units, money. `version` is the version of this shape. With `at`: the figures of that time, by when things were recorded, as anyone who asked then was answered.',
  })
  @ApiOkResponse({ description: 'The figures', example: HOLDINGS_EXAMPLE })
  @ApiBadRequestResponse({ description: '`validation-failed` for a malformed time, `as-of-unknown` for one of which nothing is known: in the future, or before the first record' })
  async read(@Query() filter: HoldingsFilter): Promise<Holdings> {
    const { version, asOf, figures } = filter.at === undefined ? this.holdings.current() : await this.past.at(filter.at);
    return { version, asOf, figures: filtered(figures, filter) };
  }
}

function filtered(figures: Figures, { class: only, asset }: HoldingsFilter): Figures {
  if (only === undefined && asset === undefined) return figures;
  const isAsked = (row: { readonly asset: string }): boolean => asset === undefined || row.asset === asset;
  return {
    classes: figures.classes.filter((row) => only === undefined || row.class === only).map((row) => ({ ...row, assets: row.assets.filter(isAsked) })),
    claims: {
      tokens: figures.claims.tokens.filter(isAsked),
      exchangeAccounts: figures.claims.exchangeAccounts.filter(isAsked),
      devices: figures.claims.devices.filter(isAsked),
      equipment: figures.claims.equipment.filter(isAsked),
      fundUnits: figures.claims.fundUnits.filter(isAsked),
      money: figures.claims.money.filter(isAsked),
      payouts: figures.claims.payouts.filter(isAsked),
    },
  };
}
