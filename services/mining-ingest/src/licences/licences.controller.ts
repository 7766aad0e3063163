import { Body, Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { LicenceApplication, type LicenceIssued } from '@qazyna/contracts';
import { actorMetadata, correlationIdOrNew, CurrentActor, Roles, ROLES, sendRefusal, type Actor, type ReadModelHost } from '@qazyna/service-kit';
import { MINING_READ_MODEL } from '../read-model.token.js';
import { LicencesService } from './licences.service.js';

@ApiTags('Licences')
@Controller('v1/licences')
export class LicencesController {
  constructor(
    @Inject(LicencesService) private readonly licences: LicencesService,
    @Inject(MINING_READ_MODEL) private readonly model: ReadModelHost,
  ) {}

  @Post()
  @HttpCode(200)
  @Roles('regulator')
  @ApiOperation({ summary: 'Register a mining licence', description: 'The same licence again is `duplicate`; with other content it is a conflict (409).' })
  async issue(@Body() application: LicenceApplication, @CurrentActor() actor: Actor): Promise<object> {
    const outcome = await this.licences.issue(application, { actor: actorMetadata(actor), correlationId: correlationIdOrNew() });
    return 'refusal' in outcome ? sendRefusal(outcome.refusal) : { licenceId: application.licenceId, ...outcome };
  }

  @Get()
  @Roles(...ROLES)
  @ApiOperation({ summary: 'All registered licences' })
  list(): { readonly items: readonly LicenceIssued[] } {
    const rows = this.model.db
      .prepare('SELECT licence_id AS licenceId, kind, holder, valid_from AS validFrom, valid_until AS validUntil FROM licences ORDER BY licence_id')
      .all();
    return { items: rows as unknown as LicenceIssued[] };
  }
}
