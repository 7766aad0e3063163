import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { LicenceAct, LicenceApplication } from '@qazyna/contracts';
import { actorMetadata, correlationIdOrNew, CurrentActor, notFound, pageOf, parseCursor, ProblemError, Roles, ROLES, sendRefusal, type Actor, type Page, type Granted } from '@qazyna/service-kit';
import { LicenceList, LicenceQuery, type ListedLicence, type ShownLicence } from './licences.query.js';
import { LicencesService, type LicenceOutcome } from './licences.service.js';
import type { LicenceStanding } from './licence-timeline.js';

@ApiTags('Licences')
@Controller('v1/licences')
export class LicencesController {
  constructor(
    @Inject(LicencesService) private readonly licences: LicencesService,
    @Inject(LicenceList) private readonly list: LicenceList,
  ) {}

  @Post()
  @HttpCode(200)
  @Roles('regulator')
  @ApiOperation({ summary: 'Register a mining licence', description: 'The same licence again is `duplicate`; with other content it is a conflict (409).' })
  async issue(@Body() application: LicenceApplication, @CurrentActor() actor: Actor): Promise<{ readonly licenceId: string } & Granted<LicenceOutcome>> {
    const outcome = await this.licences.issue(application, { actor: actorMetadata(actor), correlationId: correlationIdOrNew() });
    return 'refusal' in outcome ? sendRefusal(outcome.refusal) : { licenceId: application.licenceId, ...outcome };
  }

  @Post(':licenceId/acts')
  @HttpCode(200)
  @Roles('regulator')
  @ApiOperation({
    summary: 'Amend, suspend, resume or revoke a licence, or annul an earlier act',
    description:
      'Acts may come in any order, late, or before the licence itself: the state at a moment follows from the moments of effect alone. ' +
      'The answer shows the licence as it stands now. The same act again is `duplicate`; its id with other content is a conflict (409).',
  })
  async act(@Param('licenceId') licenceId: string, @Body() act: LicenceAct, @CurrentActor() actor: Actor): Promise<{ readonly licenceId: string; readonly actId: string; readonly standing?: LicenceStanding } & Granted<LicenceOutcome>> {
    if (act.licenceId !== licenceId) throw new ProblemError(400, 'licence-mismatch', 'the licence in the body is not the one in the path', { errors: [{ field: 'licenceId', code: 'licence-mismatch', message: 'must be the licence of the path' }] });
    const outcome = await this.licences.act(act, 'http', { actor: actorMetadata(actor), correlationId: correlationIdOrNew() });
    return 'refusal' in outcome ? sendRefusal(outcome.refusal) : { licenceId, actId: act.actId, ...outcome };
  }

  @Get()
  @Roles(...ROLES)
  @ApiOperation({ summary: 'Licences in the order of their numbers, with their status now or at a moment' })
  find(@Query() query: LicenceQuery): Page<ListedLicence> {
    const { after, limit } = parseCursor(query);
    return pageOf(this.list.page(query, after, limit + 1), limit, ({ licenceId }) => licenceId);
  }

  @Get(':licenceId')
  @Roles(...ROLES)
  @ApiOperation({ summary: 'One licence with its acts, farms and months over quota', description: 'A licence nobody issued is shown when an act over it has arrived: its status is `unknown`.' })
  one(@Param('licenceId') licenceId: string): ShownLicence {
    const licence = this.list.one(licenceId);
    if (!licence) throw notFound(`licence ${licenceId}`);
    return licence;
  }
}
