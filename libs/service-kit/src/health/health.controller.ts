import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/decorators.js';
import type { ServiceMetrics } from '../metrics/metrics.js';
import { METRICS } from '../platform/tokens.js';
import { ReadinessRegistry, type Readiness } from './readiness-registry.js';

@ApiTags('health')
@Controller()
export class HealthController {
  constructor(
    @Inject(ReadinessRegistry) private readonly readiness: ReadinessRegistry,
    @Inject(METRICS) private readonly metrics: ServiceMetrics,
  ) {}

  @Get('health/live')
  @Public()
  @ApiOperation({ summary: 'Whether the process runs' })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('health/ready')
  @Public()
  @ApiOperation({ summary: 'Whether the service can take work; 503 when any component is not well' })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<{ readonly status: 'ok' | 'unavailable'; readonly components: Readiness['components'] }> {
    const readiness = await this.readiness.check();
    for (const [component, state] of Object.entries(readiness.components)) this.metrics.ready.set({ component }, state.ok ? 1 : 0);
    reply.code(readiness.ok ? 200 : 503).headers({ 'cache-control': 'no-store', ...(readiness.ok ? {} : { 'retry-after': '5' }) });
    return { status: readiness.ok ? 'ok' : 'unavailable', components: readiness.components };
  }

  @Get('metrics')
  @Public()
  @ApiExcludeEndpoint()
  async prometheus(@Res() reply: FastifyReply): Promise<void> {
    await reply.header('content-type', this.metrics.registry.contentType).send(await this.metrics.text());
  }
}
