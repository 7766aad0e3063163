import { Controller, Get, Headers, HttpCode, Inject, Param, Post, Query, StreamableFile } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import {
  actorMetadata,
  ConsumesRawFiles,
  correlationIdOrNew,
  CurrentActor,
  mediaTypeOf,
  notFound,
  pageOf,
  parseCursor,
  RawBytes,
  Roles,
  ROLES,
  sendRefusal,
  SIGNATURE_REFUSALS,
  UpstreamSignatures,
  type Actor,
  type Page,
} from '@qazyna/service-kit';
import { StatementArchive } from './statement-archive.service.js';
import type { StatementMedia, StatementRow } from './statement.js';
import { StatementQuery, StatementRowsQuery } from './statements.dto.js';
import { StatementList, StatementListQuery, type ListedStatement } from './statements.query.js';
import { StatementsService } from './statements.service.js';
import type { StatementResult } from './statement-results.view.js';

/** Largest statement taken in one request. */
const STATEMENT_BYTES_MAX = 16 * 1024 * 1024;

const MEDIA: Readonly<Record<string, StatementMedia>> = { 'application/json': 'json', 'text/csv': 'csv', 'application/x-ndjson': 'json-lines' };
const MEDIA_TYPES: Readonly<Record<string, string>> = { json: 'application/json', csv: 'text/csv; charset=utf-8', 'json-lines': 'application/x-ndjson' };

/** Read by the parsers in `statements.controller.spec.ts`: an example that is refused would be worse than none. */
export const BTCPOOL_EXAMPLE = {
  status: 'OK',
  data: [
    {
      amount: '0.00149377',
      address: 'bc1qllf33yhp7m80sfm35fce0tagcckey7dljauwd5',
      tx: '7f37726aca676a11ae30277d1a12bfec761f3523dc64c151abe2ec7d410c36fb',
      created_time: '1683017935',
      payment_id: '38518124',
    },
  ],
  count: 1,
  offset: 0,
  limit: 1,
  total: 1,
};
export const CANONICAL_EXAMPLE = {
  paymentId: '38518124',
  amount: '149377',
  address: 'bc1qllf33yhp7m80sfm35fce0tagcckey7dljauwd5',
  txid: '7f37726aca676a11ae30277d1a12bfec761f3523dc64c151abe2ec7d410c36fb',
  outputIndex: 0,
  paidAt: '2023-05-02T08:58:55Z',
};

@ApiTags('Pools')
@Controller('v1/pool-statements')
export class StatementsController {
  constructor(
    @Inject(StatementsService) private readonly statements: StatementsService,
    @Inject(StatementArchive) private readonly archive: StatementArchive,
    @Inject(StatementList) private readonly list: StatementList,
    @Inject(UpstreamSignatures) private readonly signatures: UpstreamSignatures,
  ) {}

  @Post()
  @HttpCode(200)
  @Roles('pool-operator')
  @ConsumesRawFiles(STATEMENT_BYTES_MAX, 'application/json', 'text/csv', 'application/x-ndjson')
  @ApiOperation({
    summary: 'Hand in a pool\'s own statement, verbatim',
    description:
      'JSON, CSV or JSON lines of up to 16 MiB. The raw bytes and their SHA-256 are kept beside what was understood. Each row has a result: `accepted`, `duplicate`, ' +
      '`held` with every reason, `recorded` (earnings, statutory entries), `information`, `refused`, or `unreadable` with the field and the rule. The same payout by ' +
      'statement, by message and by poll is one. With `dryRun=true` nothing is recorded. Columns and rules of each format: docs/pool-statements.md.',
  })
  @ApiHeader({ name: 'ce-signature', required: false, description: 'The detached JWS of who signs for the pool, over the file as it is; refused with `unsigned-upload` without it where someone does (docs/publishers.md)' })
  @ApiHeader({ name: 'ce-source', required: false, description: 'The source the signature names' })
  @ApiBody({
    required: true,
    description: 'The file, verbatim: kept as it comes. As CSV the first line names the columns.',
    schema: { type: 'object', additionalProperties: true },
    examples: {
      'btcpool-kz': { summary: 'Payment history of btcpool.kz', value: BTCPOOL_EXAMPLE },
      canonical: { summary: 'Our own payout message, with format=canonical', value: [CANONICAL_EXAMPLE] },
    },
  })
  async receive(
    @Query() { pool, account, format, dryRun }: StatementQuery,
    @Headers('content-type') contentType: string | undefined,
    @Headers('ce-signature') signature: string | undefined,
    @Headers('ce-source') source: string | undefined,
    @RawBytes() body: Buffer,
    @CurrentActor() actor: Actor,
  ): Promise<StatementResult> {
    const media = MEDIA[mediaTypeOf(contentType)] ?? 'json';
    const verdict = await this.signatures.judgeUpload({ ...this.statements.asSigned({ pool, account, raw: body, ...(format === undefined ? {} : { format }) }), signature, source });
    if (!verdict.ok) return sendRefusal(verdict.refusal, Object.fromEntries(SIGNATURE_REFUSALS));
    const handed = { pool, account, media, raw: body, broughtBy: 'upload' as const, dryRun: dryRun === 'true', ...(verdict.signed === undefined ? {} : { signed: verdict.signed }), ...(format === undefined ? {} : { format }) };
    const outcome = await this.statements.receive(handed, { actor: actorMetadata(actor), correlationId: correlationIdOrNew() });
    if (!('refusal' in outcome)) return outcome;
    return sendRefusal(outcome.refusal, { 'statement-not-json': 400, 'statement-not-csv': 400, 'statement-too-long': 413, 'pool-account-unknown': 404, 'pool-unknown': 404 });
  }

  @Get()
  @Roles(...ROLES)
  @ApiOperation({ summary: 'Statements in the order they were received, with what was found in them' })
  find(@Query() query: StatementListQuery): Page<ListedStatement> {
    const { after, limit } = parseCursor(query);
    return pageOf(this.list.page(query, after, limit + 1), limit, ({ sequence }) => sequence);
  }

  @Get(':statementId')
  @Roles(...ROLES)
  @ApiOperation({ summary: 'One statement' })
  one(@Param('statementId') statementId: string): ListedStatement {
    const statement = this.list.one(statementId);
    if (!statement) throw notFound(`statement ${statementId}`);
    return statement;
  }

  @Get(':statementId/rows')
  @Roles(...ROLES)
  @ApiOperation({
    summary: 'Every row of a statement with what is understood of it',
    description: 'Read anew from the kept bytes: `kind=unreadable` gives each row that could not be understood, with field and rule. Entries of the statutory feed are at `/v1/statutory-entries`.',
  })
  async rows(@Param('statementId') statementId: string, @Query() query: StatementRowsQuery): Promise<Page<StatementRow>> {
    const { after, limit } = parseCursor(query);
    const rows = await this.statements.rowsOf(statementId);
    if (!rows) throw notFound(`statement ${statementId} as it came`);
    const from = after === undefined ? 0 : Number.parseInt(after, 10) + 1;
    const found = rows.filter(({ row, kind }) => row >= from && (query.kind === undefined || kind === query.kind));
    return pageOf(found.slice(0, limit + 1), limit, ({ row }) => String(row));
  }

  @Get(':statementId/raw')
  @Roles(...ROLES)
  @ApiProduces('application/json', 'text/csv', 'application/x-ndjson')
  @ApiOperation({
    summary: 'The bytes of one statement, as they came',
    description: 'Checked against their SHA-256 before they are sent. Of the statutory feed a copy with references in place of persons is kept, as JSON lines.',
  })
  async raw(@Param('statementId') statementId: string): Promise<StreamableFile> {
    const kept = await this.archive.bytesOf(statementId);
    if (!kept) throw notFound(`statement ${statementId}`);
    const { statement, bytes } = kept;
    const media = statement.redacted === true ? 'json-lines' : (statement.media ?? 'json');
    return new StreamableFile(bytes, { type: MEDIA_TYPES[media] ?? 'application/octet-stream', disposition: `attachment; filename="${statementId}"`, length: bytes.length });
  }
}
