import { createHash } from 'node:crypto';
import { Inject, Injectable, Optional } from '@nestjs/common';
import { poolAccountIdOf, streamOf, type PoolAccountRegistered, type StatementReceived } from '@qazyna/contracts';
import { handleCommand, loadState, type EventMetadata, type EventStore, type Refusal } from '@qazyna/event-store';
import { assetById } from '@qazyna/ledger';
import { EVENT_STORE } from '@qazyna/service-kit';
import { EARNINGS_REPORTER, type EarningsReporter, type EarningsResult } from '../earnings-reporter.token.js';
import { PayoutsService, type PayoutResult } from '../payouts/payouts.service.js';
import { btcpoolKz } from './btcpool-kz.adapter.js';
import { poolAccountDecider } from './pool-account.js';
import { statementDecider } from './statement-receipt.js';
import { UnreadableStatement, type PoolStatementParser, type StatementRow } from './statement.js';

/** One parser per pool family. */
const PARSERS: ReadonlyMap<string, PoolStatementParser> = new Map([btcpoolKz].map((parser) => [parser.pool, parser]));

/** Rows of a statement that became events together; bounded so that a large statement does not fill the store's queue. */
const ROWS_AT_ONCE = 500;
const UNREADABLE_KEPT_MAX = 100;

export interface UnreadableResult {
  readonly status: 'unreadable';
  readonly code: string;
  readonly field: string;
  readonly message: string;
}

/** Earnings with nobody to take them are counted; the statement's bytes keep them. */
export type EarningsRowResult = { readonly kind: 'earnings'; readonly date: string } & (EarningsResult | { readonly status: 'recorded' });

/** A row that is recorded and never credited. */
export interface InformationResult {
  readonly status: 'information';
  readonly code: string;
  readonly message: string;
}

export type RowResult = { readonly row: number } & (({ readonly paymentId: string } & PayoutResult) | EarningsRowResult | InformationResult | UnreadableResult);

export interface StatementResult {
  /** SHA-256 of the raw bytes. */
  readonly sha256: string;
  /** True when these bytes were received for this account before. */
  readonly duplicate: boolean;
  readonly results: readonly RowResult[];
}

@Injectable()
export class StatementsService {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(PayoutsService) private readonly payouts: PayoutsService,
    @Optional() @Inject(EARNINGS_REPORTER) private readonly earnings: EarningsReporter | undefined,
  ) {}

  /**
   * Keeps a pool's own statement verbatim, then carries out each payout it names, once by whatever way it came before.
   * @throws {StoreUnavailable | StoreTimeout} send the same statement again: what was recorded is not recorded twice
   */
  async receive(pool: string, account: string, raw: Uint8Array, metadata: Omit<EventMetadata, 'schemaVersion'>): Promise<StatementResult | { readonly refusal: Refusal }> {
    const parser = PARSERS.get(pool);
    if (!parser) return { refusal: { code: 'pool-unknown', field: 'pool', message: `no statements of pool ${pool} can be read; known: ${[...PARSERS.keys()].join(', ')}` } };
    const { state: registered } = await loadState(this.store, poolAccountDecider, streamOf.poolAccount(poolAccountIdOf(pool, account)));
    if (!registered) return { refusal: { code: 'pool-account-unknown', field: 'account', message: `account ${account} at ${pool} is not registered` } };

    let rows: readonly StatementRow[];
    try {
      rows = parser.parse(raw, { account, asset: registered.asset, decimals: assetById(registered.asset).decimals });
    } catch (error) {
      if (!(error instanceof UnreadableStatement)) throw error;
      return { refusal: { code: error.code, field: error.field, message: error.message } };
    }
    const sha256 = createHash('sha256').update(raw).digest('hex');
    const duplicate = await this.keep(pool, account, sha256, raw, rows, metadata);
    return { sha256, duplicate, results: await this.carryOut(registered, rows, sha256, metadata) };
  }

  private async keep(pool: string, account: string, sha256: string, raw: Uint8Array, rows: readonly StatementRow[], metadata: Omit<EventMetadata, 'schemaVersion'>): Promise<boolean> {
    const unreadable = rows.filter((row) => row.kind === 'unreadable').slice(0, UNREADABLE_KEPT_MAX);
    const statement: StatementReceived = {
      sha256,
      pool,
      account,
      rawBase64: Buffer.from(raw).toString('base64'),
      rows: rows.length,
      unreadable: unreadable.map(({ row, code, field, message }) => ({ row, code, field, message })),
    };
    const outcome = await handleCommand(this.store, statementDecider, {
      stream: streamOf.statement(`${poolAccountIdOf(pool, account)}-${sha256}`),
      command: statement,
      commandId: 'receive',
      metadata,
      expectNew: true,
    });
    return outcome.kind === 'accepted' && (outcome.duplicate || outcome.events.length === 0);
  }

  private async carryOut(account: PoolAccountRegistered, rows: readonly StatementRow[], statementSha256: string, metadata: Omit<EventMetadata, 'schemaVersion'>): Promise<readonly RowResult[]> {
    const results: RowResult[] = [];
    for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
      const chunk = rows.slice(from, from + ROWS_AT_ONCE);
      const payouts = chunk.filter((row) => row.kind === 'payout');
      const earnings = chunk.filter((row) => row.kind === 'earnings');
      const paid = await this.payouts.receive(payouts.map(({ claim }) => ({ claim, way: 'statement', statementSha256, metadata })));
      const earned = earnings.length > 0 ? await this.earnings?.report({ account, rows: earnings, statementSha256, metadata }) : undefined;
      for (const row of chunk) {
        if (row.kind === 'payout') {
          results.push({ row: row.row, paymentId: row.claim.paymentId, ...present(paid[payouts.indexOf(row)], row) });
        } else if (row.kind === 'earnings') {
          const result = earned === undefined ? ({ status: 'recorded' } as const) : present(earned[earnings.indexOf(row)], row);
          results.push({ row: row.row, kind: 'earnings', date: row.date, ...result });
        } else if (row.kind === 'information') {
          results.push({ row: row.row, status: 'information', code: row.code, message: row.message });
        } else {
          const { code, field, message } = row;
          results.push({ row: row.row, status: 'unreadable', code, field, message });
        }
      }
    }
    return results;
  }
}

/** Rows in are results out: a row without a result is an error of ours, never silence. */
function present<Result>(result: Result | undefined, { row }: StatementRow): Result {
  if (result === undefined) throw new Error(`row ${row} of a statement has no result`);
  return result;
}
