import { Controller, HttpCode, Inject, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { IdentifierField } from '@qazyna/contracts';
import { actorMetadata, ConsumesRaw, correlationIdOrNew, CurrentActor, RawBytes, Roles, sendRefusal, type Actor } from '@qazyna/service-kit';
import { StatementsService } from './statements.service.js';

export class StatementQuery {
  @IdentifierField.pool()
  pool!: string;

  @IdentifierField.name({ description: 'Account at the pool' })
  account!: string;
}

@ApiTags('Pools')
@Controller('v1/pool-statements')
export class StatementsController {
  constructor(@Inject(StatementsService) private readonly statements: StatementsService) {}

  @Post()
  @HttpCode(200)
  @Roles('pool-operator')
  @ConsumesRaw('application/json')
  @ApiOperation({
    summary: 'Hand in a pool\'s own statement, verbatim',
    description:
      'The raw bytes and their SHA-256 are kept beside what was understood. Each row has a result: `accepted`, `duplicate`, `held` with every reason, `refused`, or ' +
      '`unreadable` with the field and the rule. The same payout by statement and by message is one.',
  })
  async receive(@Query() { pool, account }: StatementQuery, @RawBytes() body: Buffer, @CurrentActor() actor: Actor): Promise<object> {
    const outcome = await this.statements.receive(pool, account, body, { actor: actorMetadata(actor), correlationId: correlationIdOrNew() });
    return 'refusal' in outcome ? sendRefusal(outcome.refusal, { 'statement-not-json': 400, 'pool-account-unknown': 404, 'pool-unknown': 404 }) : outcome;
  }
}
