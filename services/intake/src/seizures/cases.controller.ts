import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ASSET_STATUSES, Field, IdentifierField, LEGAL_STATUSES, LOCATION_KINDS, SEIZURE_ACTS, type AssetStatus, type AssetStatusChanged, type IssuerFreeze, type LegalStatus,
  type LocationKind, type SeizureAct,
} from '@qazyna/contracts';
import { notFound, pageOf, parseCursor, Roles, ROLES, type Page, type ReadModelHost } from '@qazyna/service-kit';
import { CASES_READ_MODEL } from '../read-model.token.js';

export class CaseQuery {
  @IdentifierField.agency({ optional: true })
  agency?: string;

  @Field.oneOf(LEGAL_STATUSES, { optional: true, description: 'Only cases of this legal status; "mixed" where the assets differ' })
  legalStatus?: LegalStatus;

  @Field.oneOf(ASSET_STATUSES, { optional: true, description: 'Only cases with an asset of this legal status' })
  assetStatus?: AssetStatus;

  @IdentifierField.asset({ optional: true })
  asset?: string;

  @Field.oneOf(LOCATION_KINDS, { optional: true, description: 'Only cases with an asset at such a place' })
  place?: LocationKind;

  @Field.oneOf(SEIZURE_ACTS, { optional: true, description: 'Only cases with such an act, applied or waiting' })
  act?: SeizureAct;

  @Field.oneOf(['yes'], { optional: true, description: 'Only cases with an act that waits' })
  held?: 'yes';

  @Field.instant({ optional: true, description: 'Changed at this time or later' })
  from?: string;

  @Field.instant({ optional: true, description: 'Changed before this time' })
  to?: string;

  @Field.instant({ optional: true, description: 'Only cases with a restriction that lapses before this time' })
  lapsesBefore?: string;

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
  /** The nearest lapse of its assets. */
  readonly restrictionLapsesAt: string | null;
  /** Changes of its latest act that are still to be told: until it is 0, the assets are not yet as the act leaves them. */
  readonly outstanding: number;
}

/** One asset of a case: each kind apart, each with its own legal status. */
export interface ListedCaseAsset extends Omit<AssetStatusChanged, 'caseId' | 'factId'> {
  /** Where these are coins nobody reported, found at another asset. */
  readonly inherited: { readonly parentAssetId: string; readonly kind: string; readonly findingId: string } | null;
  /** Freezes by the token's issuer that stand. */
  readonly frozenByIssuer: readonly IssuerFreeze[];
}

export interface CaseHistory extends ListedCase {
  /** The first thousand; `GET /v1/cases/{caseId}/assets` has all of them. */
  readonly assets: readonly ListedCaseAsset[];
  readonly clocks: readonly { readonly factId: string; readonly event: string; readonly hoursBefore: number | null; readonly lapsesAt: string; readonly recordedAt: string }[];
  readonly history: readonly {
    readonly factId: string;
    readonly state: 'applied' | 'held' | 'overtaken' | 'refused';
    readonly act: string;
    readonly effectiveAt: string | null;
    readonly recordedAt: string;
    readonly detail: unknown;
  }[];
}

export class PageQuery {
  @Field.text({ optional: true, max: 512, description: 'The `next` of the page before' })
  after?: string;

  @Field.text({ optional: true, max: 9, description: 'Most items of a page, up to 1,000 (default 100)' })
  limit?: string;
}

const ASSETS_SHOWN_MAX = 1_000;
const COLUMNS = `case_id AS caseId, agency, case_number AS caseNumber, legal_status AS legalStatus, opened_at AS openedAt, changed_at AS changedAt,
  held, restriction_lapses_at AS restrictionLapsesAt, outstanding`;

@ApiTags('Seizures')
@Controller('v1/cases')
export class CasesController {
  constructor(@Inject(CASES_READ_MODEL) private readonly model: ReadModelHost) {}

  @Get()
  @Roles(...ROLES)
  @ApiOperation({ summary: 'Seizure cases with their legal status' })
  find(@Query() query: CaseQuery): Page<ListedCase> {
    const { after, limit } = parseCursor(query);
    const instant = (time: string | undefined): string | undefined => (time === undefined ? undefined : new Date(time).toISOString());
    const filters: [string, string | undefined][] = [
      ['case_id > ?', after],
      ['agency = ?', query.agency],
      ['legal_status = ?', query.legalStatus],
      ['case_id IN (SELECT case_id FROM assets WHERE legal_status = ?)', query.assetStatus],
      ['case_id IN (SELECT case_id FROM assets WHERE asset = ?)', query.asset],
      ['case_id IN (SELECT case_id FROM assets WHERE place = ?)', query.place],
      [`case_id IN (SELECT case_id FROM acts WHERE act = ? AND state IN ('applied', 'held'))`, query.act],
      ['changed_at >= ?', instant(query.from)],
      ['changed_at < ?', instant(query.to)],
      ['restriction_lapses_at < ?', instant(query.lapsesBefore)],
    ];
    const used = filters.filter((filter): filter is [string, string] => filter[1] !== undefined);
    const conditions = [...used.map(([condition]) => condition), ...(query.held === 'yes' ? ['held > 0'] : [])];
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    const rows = this.model.db.prepare(`SELECT ${COLUMNS} FROM cases ${where} ORDER BY case_id LIMIT ?`).all(...used.map(([, value]) => value), limit + 1);
    return pageOf(rows as unknown as ListedCase[], limit, ({ caseId }) => caseId);
  }

  @Get(':caseId')
  @Roles(...ROLES)
  @ApiOperation({ summary: 'One case with its assets, its clocks and its whole history: acts that applied, that wait, that a later arrival overtook, and that were refused' })
  one(@Param('caseId') caseId: string): CaseHistory {
    const found = this.model.db.prepare(`SELECT ${COLUMNS} FROM cases WHERE case_id = ?`).get(caseId);
    if (found === undefined) throw notFound(`case ${caseId}`);
    const history = this.model.db
      .prepare('SELECT fact_id AS factId, state, act, effective_at AS effectiveAt, recorded_at AS recordedAt, detail FROM acts WHERE case_id = ? ORDER BY position')
      .all(caseId)
      .map((row) => ({ ...row, detail: JSON.parse(row['detail'] as string) as unknown }));
    const clocks = this.model.db
      .prepare('SELECT fact_id AS factId, event, hours_before AS hoursBefore, lapses_at AS lapsesAt, recorded_at AS recordedAt FROM clocks WHERE case_id = ? ORDER BY position')
      .all(caseId);
    return {
      ...(found as unknown as ListedCase),
      assets: this.assetsOf(caseId, undefined, ASSETS_SHOWN_MAX),
      clocks: clocks as unknown as CaseHistory['clocks'],
      history: history as unknown as CaseHistory['history'],
    };
  }

  @Get(':caseId/assets')
  @Roles(...ROLES)
  @ApiOperation({ summary: 'All assets of a case, by their id, each with its own legal status' })
  assets(@Param('caseId') caseId: string, @Query() query: PageQuery): Page<ListedCaseAsset> {
    const { after, limit } = parseCursor(query);
    return pageOf(this.assetsOf(caseId, after, limit + 1), limit, ({ assetId }) => assetId);
  }

  private assetsOf(caseId: string, after: string | undefined, limit: number): ListedCaseAsset[] {
    const frozen = this.model.db.prepare('SELECT freeze FROM freezes WHERE case_id = ? AND lifted_at IS NULL').all(caseId).map((row) => JSON.parse(row['freeze'] as string) as IssuerFreeze);
    return this.model.db
      .prepare('SELECT standing, inherited FROM assets WHERE case_id = ? AND asset_id > ? ORDER BY asset_id LIMIT ?')
      .all(caseId, after ?? '', limit)
      .map((row) => {
        const { assetId, asset, amount, location, legalStatus, parts, waiting, restrictedBy, lapsesAt } = JSON.parse(row['standing'] as string) as AssetStatusChanged;
        const standing = { assetId, asset, amount, location, legalStatus, parts, waiting, ...(restrictedBy === undefined ? {} : { restrictedBy }), ...(lapsesAt === undefined ? {} : { lapsesAt }) };
        const inherited = row['inherited'] === null ? null : (JSON.parse(row['inherited'] as string) as ListedCaseAsset['inherited']);
        return { ...standing, inherited, frozenByIssuer: frozen.filter((freeze) => freeze.assetId === assetId) };
      });
  }
}
