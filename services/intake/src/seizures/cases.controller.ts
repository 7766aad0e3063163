import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Field, IdentifierField, LEGAL_STATUSES, type LegalStatus } from '@qazyna/contracts';
import { notFound, pageOf, parseCursor, Roles, ROLES, type Page, type ReadModelHost } from '@qazyna/service-kit';
import { CASES_READ_MODEL } from '../read-model.token.js';

export class CaseQuery {
  @IdentifierField.agency({ optional: true })
  agency?: string;

  @Field.oneOf(LEGAL_STATUSES, { optional: true, description: 'Only cases of this legal status' })
  legalStatus?: LegalStatus;

  @Field.oneOf(['yes'], { optional: true, description: 'Only cases with an act that waits' })
  held?: 'yes';

  @Field.text({ optional: true, max: 512, description: 'The `next` of the page before' })
  after?: string;

  @Field.text({ optional: true, max: 9, description: 'Most items of a page, up to 1,000 (default 100)' })
  limit?: string;
}

export interface ListedCase {
  readonly caseId: string;
  readonly agency: string;
  readonly caseNumber: string;
  /** Null while only acts that wait have arrived. */
  readonly legalStatus: LegalStatus | null;
  readonly openedAt: string | null;
  readonly changedAt: string;
  /** Acts that wait for another one. */
  readonly held: number;
  readonly restrictionLapsesAt: string | null;
}

export interface CaseHistory extends ListedCase {
  readonly history: readonly {
    readonly factId: string;
    readonly state: 'applied' | 'held' | 'refused';
    readonly act: string;
    readonly effectiveAt: string | null;
    readonly recordedAt: string;
    readonly detail: unknown;
  }[];
}

const COLUMNS = `case_id AS caseId, agency, case_number AS caseNumber, legal_status AS legalStatus, opened_at AS openedAt, changed_at AS changedAt,
  held, restriction_lapses_at AS restrictionLapsesAt`;

@ApiTags('Seizures')
@Controller('v1/cases')
export class CasesController {
  constructor(@Inject(CASES_READ_MODEL) private readonly model: ReadModelHost) {}

  @Get()
  @Roles(...ROLES)
  @ApiOperation({ summary: 'Seizure cases with their legal status' })
  find(@Query() query: CaseQuery): Page<ListedCase> {
    const { after, limit } = parseCursor(query);
    const filters: [string, string | undefined][] = [['case_id > ?', after], ['agency = ?', query.agency], ['legal_status = ?', query.legalStatus]];
    const used = filters.filter((filter): filter is [string, string] => filter[1] !== undefined);
    const conditions = [...used.map(([condition]) => condition), ...(query.held === 'yes' ? ['held > 0'] : [])];
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    const rows = this.model.db.prepare(`SELECT ${COLUMNS} FROM cases ${where} ORDER BY case_id LIMIT ?`).all(...used.map(([, value]) => value), limit + 1);
    return pageOf(rows as unknown as ListedCase[], limit, ({ caseId }) => caseId);
  }

  @Get(':caseId')
  @Roles(...ROLES)
  @ApiOperation({ summary: 'One case with its whole history: acts that applied, that wait, and that were refused' })
  one(@Param('caseId') caseId: string): CaseHistory {
    const found = this.model.db.prepare(`SELECT ${COLUMNS} FROM cases WHERE case_id = ?`).get(caseId);
    if (found === undefined) throw notFound(`case ${caseId}`);
    const history = this.model.db
      .prepare('SELECT fact_id AS factId, state, act, effective_at AS effectiveAt, recorded_at AS recordedAt, detail FROM acts WHERE case_id = ? ORDER BY position')
      .all(caseId)
      .map((row) => ({ ...row, detail: JSON.parse(row['detail'] as string) as unknown }));
    return { ...(found as unknown as ListedCase), history: history as unknown as CaseHistory['history'] };
  }
}
