import { Controller, Get, Header, Inject, Query, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ACCOUNT_CLASSES, Field, IdentifierField } from '@qazyna/contracts';
import { Public } from '@qazyna/service-kit';
import { EtagInterceptor } from '../public-reads/etag.interceptor.js';
import type { Figures, Holdings } from './holdings.js';
import { HoldingsQuery } from './holdings.query.js';

export class HoldingsFilter {
  @Field.oneOf(ACCOUNT_CLASSES, { optional: true, description: 'Only this class' })
  class?: (typeof ACCOUNT_CLASSES)[number];

  @IdentifierField.asset({ optional: true, description: 'Only this asset, by CAIP-19' })
  asset?: string;
}

@ApiTags('Public figures')
@Public()
@UseInterceptors(EtagInterceptor)
@Controller('v1/holdings')
export class HoldingsController {
  constructor(@Inject(HoldingsQuery) private readonly holdings: HoldingsQuery) {}

  @Get()
  @Header('cache-control', 'public, max-age=5')
  @ApiOperation({
    summary: 'What the reserve holds, what is held in trust, and what is only claimed',
    description:
      'By class, asset, source, legal status and custody status, at a named block height and journal entry. Amounts are decimal strings in base units and in coins. ' +
      'Claims are announced and not controlled: they are never part of a holding.',
  })
  read(@Query() filter: HoldingsFilter): Holdings {
    const { asOf, figures } = this.holdings.current();
    return { asOf, figures: filtered(figures, filter) };
  }
}

function filtered(figures: Figures, { class: only, asset }: HoldingsFilter): Figures {
  if (only === undefined && asset === undefined) return figures;
  const isAsked = (row: { readonly asset: string }): boolean => asset === undefined || row.asset === asset;
  return {
    classes: figures.classes.filter((row) => only === undefined || row.class === only).map((row) => ({ ...row, assets: row.assets.filter(isAsked) })),
    claims: { seizures: figures.claims.seizures.filter(isAsked), payouts: figures.claims.payouts.filter(isAsked) },
  };
}
