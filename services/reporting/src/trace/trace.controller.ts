import { Controller, Get, Header, Inject, Param, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Field } from '@qazyna/contracts';
import { notFound, Public } from '@qazyna/service-kit';
import { EtagInterceptor } from '../public-reads/etag.interceptor.js';
import { TRACE_KINDS, type Trace, type TraceKind } from './trace.js';
import { TraceQuery } from './trace.query.js';

export class TraceParameters {
  @Field.oneOf(TRACE_KINDS, { description: 'What is traced', example: 'case' })
  kind!: TraceKind;

  @Field.text({ max: 200, pattern: /^[\x21-\x7e]+$/, patternMeans: 'printable ASCII without spaces', description: 'Case id, payout id, entry number or id, or transaction id', example: 'afm.247100031_00142' })
  id!: string;
}

@ApiTags('Public figures')
@Public()
@UseInterceptors(EtagInterceptor)
@Controller('v1/trace')
export class TraceController {
  constructor(@Inject(TraceQuery) private readonly trace: TraceQuery) {}

  @Get(':kind/:id')
  @Header('cache-control', 'public, max-age=5')
  @ApiOperation({ summary: 'From claim to public figure and back', description: 'Case or payout → deposits → journal entries → where the coins stand now; from an entry or a transaction back to its claims.' })
  @ApiParam({ name: 'kind', enum: TRACE_KINDS })
  @ApiParam({ name: 'id' })
  read(@Param() { kind, id }: TraceParameters): Trace {
    const found = this.trace.find(kind, id);
    if (!found) throw notFound(`${kind} ${id}`);
    return found;
  }
}
