import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { poolAccountIdOf, streamOf, type StatementReceived } from '@qazyna/contracts';
import { handleCommand, loadState, type EventMetadata, type EventStore, type Refusal } from '@qazyna/event-store';
import { assetById } from '@qazyna/ledger';
import { EVENT_STORE } from '@qazyna/service-kit';
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

export interface StatementResult {
  /** SHA-256 of the raw bytes. */
  readonly sha256: string;
  /** True when these bytes were received for this account before. */
  readonly duplicate: boolean;
  readonly results: readonly (({ readonly row: number; readonly paymentId: string } & PayoutResult) | ({ readonly row: number } & UnreadableResult))[];
}

@Injectable()
export class StatementsService {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(PayoutsService) private readonly payouts: PayoutsService,
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
    return { sha256, duplicate, results: await this.carryOut(rows, sha256, metadata) };
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

  private async carryOut(rows: readonly StatementRow[], statementSha256: string, metadata: Omit<EventMetadata, 'schemaVersion'>): Promise<StatementResult['results']> {
    const results: StatementResult['results'][number][] = [];
    for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
      const chunk = rows.slice(from, from + ROWS_AT_ONCE);
      const payouts = chunk.filter((row) => row.kind === 'payout');
      const received = await this.payouts.receive(payouts.map(({ claim }) => ({ claim, way: 'statement', statementSha256, metadata })));
      const byRow = new Map(payouts.map(({ row }, index) => [row, received[index]]));
      for (const row of chunk) {
        if (row.kind === 'unreadable') {
          const { code, field, message } = row;
          results.push({ row: row.row, status: 'unreadable', code, field, message });
          continue;
        }
        const result = byRow.get(row.row);
        if (!result) throw new Error(`row ${row.row} of a statement has no result`);
        results.push({ row: row.row, paymentId: row.claim.paymentId, ...result });
      }
    }
    return results;
  }
}
