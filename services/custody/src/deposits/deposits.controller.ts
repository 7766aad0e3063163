import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { BlockReference, ChainSource } from '@qazyna/bitcoin';
import { pageOf, parseCursor, Public, Roles, ROLES, type Page } from '@qazyna/service-kit';
import { CHAIN_SOURCE } from '../custody.tokens.js';
import { ChainWorker } from './chain.worker.js';
import { DepositQuery } from './deposits.dto.js';
import { DepositList, type ListedDeposit } from './deposits.query.js';

export interface ChainStanding {
  readonly network: string;
  /** The newest block followed through; null before the first. */
  readonly followed: BlockReference | null;
  /** The source's newest block; null while it does not answer. */
  readonly source: BlockReference | null;
  readonly lagBlocks: number | null;
}

@ApiTags('Deposits')
@Controller('v1')
export class DepositsController {
  constructor(
    @Inject(DepositList) private readonly list: DepositList,
    @Inject(ChainWorker) private readonly worker: ChainWorker,
    @Inject(CHAIN_SOURCE) private readonly source: ChainSource,
  ) {}

  @Get('deposits')
  @Roles(...ROLES)
  @ApiOperation({ summary: 'Outputs that pay us, in the order they were first seen', description: 'An output whose block was reorganised away stays listed as `taken-back`: it is chased until it is back.' })
  find(@Query() query: DepositQuery): Page<ListedDeposit> {
    const { after, limit } = parseCursor(query);
    return pageOf(this.list.page(query, after, limit + 1), limit, ({ sequence }) => sequence);
  }

  @Get('chain')
  @Public()
  @ApiOperation({ summary: 'How far the chain is followed' })
  async chain(): Promise<ChainStanding> {
    const followed = this.worker.tip ?? null;
    const source = await this.source.tip({ signal: AbortSignal.timeout(2_000) }).catch(() => null);
    return { network: this.source.network, followed, source, lagBlocks: source === null ? null : source.height - (followed?.height ?? -1) };
  }
}
