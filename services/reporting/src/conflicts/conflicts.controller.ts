import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Field } from '@qazyna/contracts';
import { pageOf, parseCursor, Roles, type Page, type ReadModelHost } from '@qazyna/service-kit';
import { REPORTING_READ_MODEL } from '../read-model.token.js';

export class ConflictQuery {
  @Field.text({ optional: true, max: 512, description: 'The `next` of the page before' })
  after?: string;

  @Field.text({ optional: true, max: 9, description: 'Most items of a page, up to 1,000 (default 100)' })
  limit?: string;
}

export interface ListedConflict {
  readonly conflictId: string;
  readonly service: string;
  /** The fact or payout whose id came with other content. */
  readonly subject: string;
  readonly knownHash: string;
  readonly offeredHash: string;
  readonly way: string;
  readonly offered: unknown;
  readonly raisedAt: string;
  /** Place in the event log, opaque. */
  readonly position: string;
}

@ApiTags('Operations')
@Controller('v1/conflicts')
export class ConflictsController {
  constructor(@Inject(REPORTING_READ_MODEL) private readonly model: ReadModelHost) {}

  @Get()
  @Roles('operator', 'auditor', 'compliance-officer', 'custodian')
  @ApiOperation({ summary: 'Known ids that came again with other content', description: 'Nothing was changed by them. In the order they were raised.' })
  find(@Query() query: ConflictQuery): Page<ListedConflict> {
    const { after, limit } = parseCursor(query);
    const rows = this.model.db
      .prepare(
        `SELECT conflict_id AS conflictId, service, subject, known_hash AS knownHash, offered_hash AS offeredHash, way, offered, raised_at AS raisedAt, position
         FROM conflicts WHERE position > ? ORDER BY position LIMIT ?`,
      )
      .all(after ?? '', limit + 1) as unknown as (ListedConflict & { readonly offered: string })[];
    const { items, next } = pageOf(rows, limit, ({ position }) => position);
    return { items: items.map((row) => ({ ...row, offered: JSON.parse(row.offered) as unknown })), next };
  }
}
