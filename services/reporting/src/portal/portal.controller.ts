import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Public } from '@qazyna/service-kit';
import { HoldingsQuery } from '../holdings/holdings.query.js';
import { holdingsPage } from './holdings.page.js';

@ApiTags('Public figures')
@Public()
@Controller()
export class PortalController {
  constructor(@Inject(HoldingsQuery) private readonly holdings: HoldingsQuery) {}

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('cache-control', 'public, max-age=5')
  @Header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
  @ApiOperation({ summary: 'The public page' })
  @ApiProduces('text/html')
  page(): string {
    return holdingsPage(this.holdings.current());
  }
}
