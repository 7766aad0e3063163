import { Controller, Get, Header, Inject, Param, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import { notFound, Public } from '@qazyna/service-kit';
import { HoldingsQuery } from '../holdings/holdings.query.js';
import { EtagInterceptor } from '../public-reads/etag.interceptor.js';
import { TRACE_KINDS } from '../trace/trace.js';
import { TraceParameters } from '../trace/trace.controller.js';
import { TraceQuery } from '../trace/trace.query.js';
import { holdingsPage } from './holdings.page.js';
import { CONTENT_SECURITY_POLICY } from './style.page.js';
import { tracePage } from './trace.page.js';

@ApiTags('Public figures')
@Public()
@UseInterceptors(EtagInterceptor)
@Controller()
export class PortalController {
  constructor(
    @Inject(HoldingsQuery) private readonly holdings: HoldingsQuery,
    @Inject(TraceQuery) private readonly traces: TraceQuery,
  ) {}

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('cache-control', 'public, max-age=5')
  @Header('content-security-policy', CONTENT_SECURITY_POLICY)
  @ApiOperation({ summary: 'The public page' })
  @ApiProduces('text/html')
  page(): string {
    return holdingsPage(this.holdings.current());
  }

  @Get('trace/:kind/:id')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('cache-control', 'public, max-age=5')
  @Header('content-security-policy', CONTENT_SECURITY_POLICY)
  @ApiOperation({ summary: 'A trace, as a page' })
  @ApiParam({ name: 'kind', enum: TRACE_KINDS })
  @ApiParam({ name: 'id' })
  @ApiProduces('text/html')
  trace(@Param() { kind, id }: TraceParameters): string {
    const found = this.traces.find(kind, id);
    if (!found) throw notFound(`${kind} ${id}`);
    return tracePage(found);
  }
}
