import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { isUuid } from '@qazyna/event-store';
import { actorMetadata, type Actor } from '../auth/actor.js';
import { CurrentActor, Roles } from '../auth/decorators.js';
import { correlationIdOrNew } from '../correlation/correlation.js';
import { parseCursor, type Page } from '../http/paging.js';
import { notFound, sendRefusal } from '../http/problem.js';
import { DeadLettersQuery, DiscardRequest, REPLAYS_MAX, ReplaySelection, type ListedDeadLetter, type ReplayAnswer, type SelectedReplay, type ShownDeadLetter } from './dead-letters.dto.js';
import { DeadLetters, type Asker } from './dead-letters.service.js';

@ApiTags('Dead letters')
@Controller('v1/dead-letters')
export class DeadLettersController {
  constructor(private readonly letters: DeadLetters) {}

  @Get()
  @Roles('operator', 'auditor', 'compliance-officer')
  @ApiOperation({ summary: 'Messages that consumers put aside', description: 'In the order in which they were noted, with the state of each.' })
  list(@Query() query: DeadLettersQuery): Page<ListedDeadLetter> {
    return this.letters.list(query, parseCursor(query));
  }

  @Get(':letterId')
  @Roles('operator', 'auditor')
  @ApiOperation({ summary: 'One letter with its original bytes and history' })
  async show(@Param('letterId') letterId: string): Promise<ShownDeadLetter> {
    const letter = await this.letters.show(letterId);
    if (letter === undefined) throw notFound(`dead letter ${letterId.slice(0, 64)}`);
    return letter;
  }

  @Post('replays')
  @HttpCode(200)
  @Roles('operator')
  @ApiOperation({ summary: 'Replay open letters by filter', description: 'Or, with `dryRun`, only list them. Bounded per request: ask on with `next`.' })
  replaySelected(@Body() { dryRun, after, limit = REPLAYS_MAX, ...filter }: ReplaySelection, @CurrentActor() actor: Actor): Promise<Page<SelectedReplay>> {
    return this.letters.replaySelected(filter, parseCursor({ after, limit: String(limit) }, REPLAYS_MAX), dryRun, askedBy(actor));
  }

  @Post(':letterId/replay')
  @HttpCode(202)
  @Roles('operator')
  @ApiOperation({ summary: 'Send a letter back to the group that refused it', description: 'Accepted when the request is recorded; the letter\'s history says what came of it.' })
  async replay(@Param('letterId') letterId: string, @CurrentActor() actor: Actor): Promise<ReplayAnswer> {
    const answer = await this.letters.replay(known(letterId), askedBy(actor));
    return 'refusal' in answer ? sendRefusal(answer.refusal) : answer;
  }

  @Post(':letterId/discard')
  @HttpCode(200)
  @Roles('operator')
  @ApiOperation({ summary: 'Decide that a message never takes effect' })
  async discard(@Param('letterId') letterId: string, @Body() { reason }: DiscardRequest, @CurrentActor() actor: Actor): Promise<{ readonly letterId: string; readonly state: 'discarded' }> {
    const answer = await this.letters.discard(known(letterId), reason, askedBy(actor));
    return 'refusal' in answer ? sendRefusal(answer.refusal) : answer;
  }
}

/** Nothing but a UUID names a stream here. @throws {ProblemError} 404 */
function known(letterId: string): string {
  if (!isUuid(letterId)) throw notFound(`dead letter ${letterId.slice(0, 64)}`);
  return letterId.toLowerCase();
}

function askedBy(actor: Actor): Asker {
  return { actor: actorMetadata(actor), correlationId: correlationIdOrNew() };
}
