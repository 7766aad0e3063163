import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '@qazyna/service-kit';
import { LEADERSHIP } from '../custody.tokens.js';
import { notLeading } from './fenced.store.js';
import type { Leadership } from './leadership.js';

/** For load balancers that have to send commands to the one instance that takes them. */
@ApiTags('health')
@Controller()
export class LeadershipController {
  constructor(@Inject(LEADERSHIP) private readonly leadership: Leadership) {}

  @Get('health/leader')
  @Public()
  @ApiOperation({ summary: 'Whether this instance of custody leads; 503 on a standby, whose reads work all the same' })
  leader(): { readonly status: 'leader'; readonly term: number | null } {
    if (!this.leadership.ready) throw notLeading();
    return { status: 'leader', term: this.leadership.standing.term ?? null };
  }
}
