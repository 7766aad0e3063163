import { Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles } from '../auth/decorators.js';
import { notFound, ProblemError } from '../http/problem.js';
import { RebuildRunning } from './read-model-host.js';
import { ReadModelRegistry, type ReadModelStanding } from './read-model-registry.js';

@ApiTags('Operations')
@Controller('v1/read-models')
export class ReadModelsController {
  constructor(@Inject(ReadModelRegistry) private readonly views: ReadModelRegistry) {}

  @Get()
  @Roles('operator', 'auditor')
  @ApiOperation({ summary: 'The views of this process: where each stands in the log, and how far a build is' })
  all(): { readonly items: readonly ReadModelStanding[] } {
    return { items: this.views.all() };
  }

  @Post(':name/rebuild')
  @HttpCode(202)
  @Roles('operator')
  @ApiOperation({
    summary: 'Build a view anew from the streams',
    description: 'The old one answers and follows the log meanwhile. The two are compared row by row before the new one takes its place: what differed is in `lastBuild` of the list.',
  })
  rebuild(@Param('name') name: string): ReadModelStanding {
    try {
      if (!this.views.rebuild(name)) throw notFound(`a view called ${name}`);
    } catch (error) {
      if (error instanceof RebuildRunning) throw new ProblemError(409, error.code, error.message);
      throw error;
    }
    return this.views.one(name) as ReadModelStanding;
  }
}
