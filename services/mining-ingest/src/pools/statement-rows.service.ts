import { Inject, Injectable, Optional } from '@nestjs/common';
import { contentHash, poolAccountIdOf, streamOf, type PoolAccountRegistered, type StatutoryEntryRecorded } from '@qazyna/contracts';
import { conflictDecider } from '@qazyna/contracts/conflict';
import { handleCommand, loadState, type EventMetadata, type EventStore } from '@qazyna/event-store';
import { EVENT_STORE } from '@qazyna/service-kit';
import { EARNINGS_REPORTER, type EarningsReporter, type EarningsResult } from '../earnings-reporter.token.js';
import type { PayoutState } from '../payouts/payout.js';
import { PayoutsService } from '../payouts/payouts.service.js';
import { statutoryDecider } from './statement-receipt.js';
import type { RowResult, StatutoryOutcome } from './statement-results.view.js';
import type { ParsedStatement, StatementRow } from './statement.js';

type Metadata = Omit<EventMetadata, 'schemaVersion'>;
type RowOf<Kind extends StatementRow['kind']> = Extract<StatementRow, { kind: Kind }>;

/** Rows of a statement that become events together; bounded so that a large statement does not fill the store's queue. */
const ROWS_AT_ONCE = 500;

export interface RowsOfStatement {
  readonly account: PoolAccountRegistered;
  readonly parsed: ParsedStatement;
  readonly sha256: string;
  /** Say what would become of each row, and record nothing. */
  readonly dryRun: boolean;
}

/** Carries out what a statement says, row by row, each once by whatever way it came before. */
@Injectable()
export class StatementRows {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(PayoutsService) private readonly payouts: PayoutsService,
    @Optional() @Inject(EARNINGS_REPORTER) private readonly earnings: EarningsReporter | undefined,
  ) {}

  /** Rows in are results out, in their order. @throws {StoreUnavailable | StoreTimeout} send the statement again */
  async carryOut(statement: RowsOfStatement, metadata: Metadata): Promise<readonly RowResult[]> {
    const { rows, lines } = statement.parsed;
    const results: RowResult[] = [];
    const assumed = new Map<string, PayoutState>();
    for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
      const chunk = rows.slice(from, from + ROWS_AT_ONCE);
      const done = await this.chunk(statement, chunk, metadata, assumed);
      for (const row of chunk) {
        const result = done.get(row.row);
        if (result === undefined) throw new Error(`row ${row.row} of statement ${statement.sha256} has no result`);
        const line = lines?.[row.row];
        results.push(line === undefined ? result : { ...result, line });
      }
    }
    return results;
  }

  private async chunk(statement: RowsOfStatement, rows: readonly StatementRow[], metadata: Metadata, assumed: Map<string, PayoutState>): Promise<ReadonlyMap<number, RowResult>> {
    const results = new Map<number, RowResult>();
    for (const row of rows) {
      if (row.kind === 'information') results.set(row.row, { row: row.row, status: 'information', code: row.code, message: row.message });
      if (row.kind === 'unreadable') results.set(row.row, { row: row.row, status: 'unreadable', code: row.code, field: row.field, message: row.message });
    }
    await this.payoutRows(statement, rows.filter((row) => row.kind === 'payout'), metadata, results, assumed);
    await this.earningsRows(statement, rows.filter((row) => row.kind === 'earnings'), metadata, results);
    await this.statutoryRows(statement, rows.filter((row) => row.kind === 'statutory'), metadata, results);
    return results;
  }

  private async payoutRows({ sha256, dryRun }: RowsOfStatement, rows: readonly RowOf<'payout'>[], metadata: Metadata, results: Map<number, RowResult>, assumed: Map<string, PayoutState>): Promise<void> {
    const offered = rows.map(({ claim }) => ({ claim, way: 'statement', statementSha256: sha256, metadata }) as const);
    const done = await (dryRun ? this.payouts.assess(offered, assumed) : this.payouts.receive(offered));
    for (const [index, row] of rows.entries()) {
      const result = done[index];
      if (result !== undefined) results.set(row.row, { row: row.row, paymentId: row.claim.paymentId, ...result });
    }
  }

  private async earningsRows({ account, sha256, dryRun }: RowsOfStatement, rows: readonly RowOf<'earnings'>[], metadata: Metadata, results: Map<number, RowResult>): Promise<void> {
    if (rows.length === 0) return;
    const done = dryRun ? undefined : await this.earnings?.report({ account, rows, statementSha256: sha256, metadata });
    for (const [index, row] of rows.entries()) {
      const result: EarningsResult | { readonly status: 'recorded' } | undefined = done === undefined ? { status: 'recorded' } : done[index];
      if (result !== undefined) results.set(row.row, { row: row.row, kind: 'earnings', date: row.date, ...result });
    }
  }

  private async statutoryRows({ account, sha256, dryRun }: RowsOfStatement, rows: readonly RowOf<'statutory'>[], metadata: Metadata, results: Map<number, RowResult>): Promise<void> {
    await Promise.all(
      rows.map(async ({ row, entry }) => {
        // "_" occurs in no sequence number, so two numbers never share an id.
        const entryId = `${poolAccountIdOf(account.pool, account.account)}~${entry.sequence.replaceAll('/', '_')}`;
        const command: StatutoryEntryRecorded = { entryId, pool: account.pool, account: account.account, entry, statementSha256: sha256 };
        results.set(row, { row, kind: 'statutory', sequence: entry.sequence, ...(await this.statutory(command, dryRun, metadata)) });
      }),
    );
  }

  private async statutory(command: StatutoryEntryRecorded, dryRun: boolean, metadata: Metadata): Promise<StatutoryOutcome> {
    const stream = streamOf.statutory(command.entryId);
    if (dryRun) {
      const decision = statutoryDecider.decide(command, (await loadState(this.store, statutoryDecider, stream)).state);
      if (decision.kind === 'refused') return { status: 'refused', ...decision.refusal };
      return { status: decision.events.length === 0 ? 'duplicate' : 'recorded' };
    }
    const hash = contentHash(command.entry);
    const outcome = await handleCommand(this.store, statutoryDecider, { stream, command, commandId: `record:${hash}`, metadata, expectNew: true });
    if (outcome.kind === 'accepted') return { status: outcome.duplicate || outcome.events.length === 0 ? 'duplicate' : 'recorded' };
    const { state } = await loadState(this.store, statutoryDecider, stream);
    await handleCommand(this.store, conflictDecider('mining.conflict-raised'), {
      stream: streamOf.miningConflict(command.entryId),
      command: { subject: command.entryId, knownHash: state === undefined ? hash : contentHash(state.entry), offeredHash: hash, way: 'statement', offered: JSON.stringify(command.entry) },
      commandId: hash,
      metadata,
    });
    return { status: 'refused', ...outcome.refusal };
  }
}
