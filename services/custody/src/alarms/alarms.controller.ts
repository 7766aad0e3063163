import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Field } from '@qazyna/contracts';
import { pageOf, parseCursor, Roles, type Page, type ReadModelHost } from '@qazyna/service-kit';
import { CUSTODY_READ_MODEL } from '../custody.tokens.js';
import { PostingWorker, type RefusedEntry } from '../journal/posting.worker.js';

export class AlarmsQuery {
  @Field.text({ optional: true, max: 512, description: 'The `next` of the page before' })
  after?: string;

  @Field.text({ optional: true, max: 9, description: 'Most alarms of a page, up to 1,000 (default 100)' })
  limit?: string;
}

export interface Alarm {
  readonly sequence: string;
  /** `unapproved-spend`, or the code of a disputed claim. */
  readonly kind: string;
  /** The deposit or payout at fault. */
  readonly subject: string;
  readonly message: string;
  readonly raisedAt: string;
}

@ApiTags('Alarms')
@Controller('v1/alarms')
export class AlarmsController {
  constructor(
    @Inject(CUSTODY_READ_MODEL) private readonly model: ReadModelHost,
    @Inject(PostingWorker) private readonly posting: PostingWorker,
  ) {}

  @Get()
  @Roles('custodian', 'operator', 'auditor', 'compliance-officer')
  @ApiOperation({ summary: 'What an officer must look at', description: 'Spends that nobody approved, claims that the chain contradicts, and entries that the ledger refuses.' })
  find(@Query() query: AlarmsQuery): Page<Alarm> & { readonly refusedEntries: readonly RefusedEntry[] } {
    const { after, limit } = parseCursor(query);
    const rows = this.model.db
      .prepare('SELECT sequence, kind, subject, message, raised_at AS raisedAt FROM alarms WHERE sequence > ? ORDER BY sequence LIMIT ?')
      .all(after ?? '', limit + 1) as unknown as Alarm[];
    return { ...pageOf(rows, limit, ({ sequence }) => sequence), refusedEntries: this.posting.refused };
  }
}
