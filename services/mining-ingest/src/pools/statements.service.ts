import { createHash, createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { POOL_STATEMENT_TYPE, poolAccountIdOf, streamOf, type SignedMessage } from '@qazyna/contracts';
import { loadState, type EventMetadata, type EventStore, type Refusal } from '@qazyna/event-store';
import { assetById } from '@qazyna/ledger';
import { CONFIG, EVENT_STORE, type PlatformConfig, type UnsignedUpload } from '@qazyna/service-kit';
import { poolAccountDecider } from './pool-account.js';
import { StatementArchive, statementIdOf } from './statement-archive.service.js';
import { STATEMENT_FORMATS, STATEMENT_PARSERS } from './statement-formats.adapter.js';
import { countByKind, countByStatus, spanOf, type StatementResult } from './statement-results.view.js';
import { StatementRows } from './statement-rows.service.js';
import { UnreadableStatement, type ParsedStatement, type StatementContext, type StatementMedia, type StatementRow } from './statement.js';

const UNREADABLE_KEPT_MAX = 100;
const DOUBTS_KEPT_MAX = 20;
/** Fields that name persons, in JSON: handed in under a wrong format, they would be kept verbatim. CSV is refused for unknown columns. */
const PERSONAL_NAMES = /"(?:taxpayer|miner|iin)"\s*:/i;

/** A statement at the door. */
export interface HandedStatement {
  readonly pool: string;
  readonly account: string;
  /** Absent: the pool's own, by its registered short name. */
  readonly format?: string;
  readonly media: StatementMedia;
  readonly raw: Uint8Array;
  readonly broughtBy: 'upload' | 'poll';
  /** Who signed it, where it was signed. */
  readonly signed?: SignedMessage;
  /** Say what would become of each row, and record nothing. */
  readonly dryRun?: boolean;
}

@Injectable()
export class StatementsService {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CONFIG) private readonly config: PlatformConfig,
    @Inject(StatementArchive) private readonly archive: StatementArchive,
    @Inject(StatementRows) private readonly rows: StatementRows,
  ) {}

  /**
   * Keeps a pool's own statement verbatim, then carries out each row, once by whatever way it came before.
   * @throws {StoreUnavailable | StoreTimeout} send the same statement again: what was recorded is not recorded twice
   */
  async receive(handed: HandedStatement, metadata: Omit<EventMetadata, 'schemaVersion'>): Promise<StatementResult | { readonly refusal: Refusal }> {
    const { pool, account, media, raw, broughtBy, signed, dryRun = false } = handed;
    const format = handed.format ?? pool;
    const parser = STATEMENT_PARSERS.get(format);
    if (!parser) return { refusal: { code: 'pool-unknown', field: 'pool', message: `no statements of pool ${pool} can be read by its name alone: name the format, one of ${STATEMENT_FORMATS.join(', ')}` } };
    const { state: registered } = await loadState(this.store, poolAccountDecider, streamOf.poolAccount(poolAccountIdOf(pool, account)));
    if (!registered) return { refusal: { code: 'pool-account-unknown', field: 'account', message: `account ${account} at ${pool} is not registered` } };

    if (format !== 'statutory' && PERSONAL_NAMES.test(Buffer.from(raw).toString('latin1'))) {
      return { refusal: { code: 'statement-names-persons', field: 'format', message: 'this has fields of the statutory feed, which names persons: hand it in with format=statutory, so that references stand in their place' } };
    }
    let parsed: ParsedStatement;
    try {
      parsed = parser.parse(raw, this.contextOf(pool, account, registered.asset), media);
    } catch (error) {
      if (!(error instanceof UnreadableStatement)) throw error;
      return { refusal: { code: error.code, field: error.field, message: error.message } };
    }
    const sha256 = createHash('sha256').update(raw).digest('hex');
    const duplicate = !dryRun && (await this.keep({ pool, account, format, media, broughtBy, raw, ...(signed === undefined ? {} : { signed }) }, sha256, parsed, metadata));
    const results = await this.rows.carryOut({ account: registered, parsed, sha256, dryRun }, metadata);
    const { doubts, page } = parsed;
    const span = spanOf(parsed.rows);
    return { statementId: statementIdOf(pool, account, sha256), sha256, format, duplicate, dryRun, summary: countByStatus(results), doubts, page, ...(span === undefined ? {} : { span }), results };
  }

  /** What a signature over a file must name: the account, the bytes and the format, so that it is of no use for another. */
  asSigned({ pool, account, format = pool, raw }: Pick<HandedStatement, 'pool' | 'account' | 'format' | 'raw'>): UnsignedUpload {
    const statementId = statementIdOf(pool, account, createHash('sha256').update(raw).digest('hex'));
    return { id: `${statementId}-${format}`, type: POOL_STATEMENT_TYPE, bytes: raw, spoken: { about: 'payout', pool, account }, known: async () => (await this.archive.bytesOf(statementId)) !== undefined };
  }

  /**
   * The rows of a kept statement as the parsers read them today; undefined when there is none, or when what is kept has
   * references in place of persons and is no longer what came.
   */
  async rowsOf(statementId: string): Promise<readonly StatementRow[] | undefined> {
    const kept = await this.archive.bytesOf(statementId);
    if (kept === undefined || kept.statement.redacted === true) return undefined;
    const { pool, account, format = pool, media = 'json' } = kept.statement;
    const { state: registered } = await loadState(this.store, poolAccountDecider, streamOf.poolAccount(poolAccountIdOf(pool, account)));
    const parser = STATEMENT_PARSERS.get(format);
    if (registered === undefined || parser === undefined) return undefined;
    return parser.parse(kept.bytes, this.contextOf(pool, account, registered.asset), media as StatementMedia).rows;
  }

  private keep(
    { pool, account, format, media, broughtBy, raw, signed }: Required<Omit<HandedStatement, 'dryRun' | 'signed'>> & Pick<HandedStatement, 'signed'>,
    sha256: string,
    { rows, doubts, kept }: ParsedStatement,
    metadata: Omit<EventMetadata, 'schemaVersion'>,
  ): Promise<boolean> {
    const unreadable = rows.filter((row) => row.kind === 'unreadable').slice(0, UNREADABLE_KEPT_MAX);
    const facts = {
      sha256,
      pool,
      account,
      rows: rows.length,
      unreadable: unreadable.map(({ row, code, field, message }) => ({ row, code, field, message })),
      format,
      media,
      broughtBy,
      bytes: raw.length,
      counts: countByKind(rows),
      ...(doubts.length === 0 ? {} : { doubts: doubts.slice(0, DOUBTS_KEPT_MAX).map((doubt) => ({ ...doubt })) }),
      ...(kept === undefined ? {} : { redacted: true }),
      ...(signed === undefined ? {} : { signed }),
    };
    return this.archive.keep(facts, kept ?? raw, metadata);
  }

  private contextOf(pool: string, account: string, asset: string): StatementContext {
    const context = { pool, account, asset, decimals: assetById(asset).decimals };
    const { personReferenceKey, mode, sandboxSeed } = this.config;
    const key = personReferenceKey ?? (mode === 'sandbox' ? sandboxSeed : undefined);
    return key === undefined ? context : { ...context, referenceOf: (personal) => createHmac('sha256', key).update(personal, 'utf8').digest('hex').slice(0, 32) };
  }
}
