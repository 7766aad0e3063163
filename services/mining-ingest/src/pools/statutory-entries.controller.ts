import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { pageOf, parseCursor, Roles, ROLES, type Page } from '@qazyna/service-kit';
import { StatutoryEntryList, StatutoryEntryQuery, type ListedStatutoryEntry } from './statutory-entries.query.js';

@ApiTags('Pools')
@Controller('v1/statutory-entries')
export class StatutoryEntriesController {
  constructor(@Inject(StatutoryEntryList) private readonly entries: StatutoryEntryList) {}

  @Get()
  @Roles(...ROLES)
  @ApiOperation({
    summary: 'What pools declared to the authority, in the order it was recorded',
    description: 'Handed in with `POST /v1/pool-statements?format=statutory`. Persons stand behind references: the same person has the same reference.',
  })
  find(@Query() query: StatutoryEntryQuery): Page<ListedStatutoryEntry> {
    const { after, limit } = parseCursor(query);
    return pageOf(this.entries.page(query, after, limit + 1), limit, ({ sequence }) => sequence);
  }
}
