import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles, ROLES } from '@qazyna/service-kit';
import { PollsWorker, type PollStatus } from './polls.worker.js';

@ApiTags('Pools')
@Controller('v1/pool-polls')
export class PollsController {
  constructor(@Inject(PollsWorker) private readonly polls: PollsWorker) {}

  @Get()
  @Roles(...ROLES)
  @ApiOperation({
    summary: 'Polls of this process: how far each has got, when it last came to its end, and why it did not',
    description: 'Which polls there are is configured (QAZYNA_POOL_POLLS_FILE). The cursor is in a stream; times and failures are those of this process since its start.',
  })
  list(): { readonly items: readonly PollStatus[] } {
    return { items: this.polls.statuses() };
  }
}
