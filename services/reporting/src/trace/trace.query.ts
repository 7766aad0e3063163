import { Inject, Injectable } from '@nestjs/common';
import type { JournalEntryPosted } from '@qazyna/contracts';
import { assetById, formatAmount, parseAccount } from '@qazyna/ledger';
import type { ReadModelHost } from '@qazyna/service-kit';
import { HoldingsQuery } from '../holdings/holdings.query.js';
import { REPORTING_READ_MODEL } from '../read-model.token.js';
import { TRACE_ROWS_MAX, type Trace, type TracedCase, type TracedDeposit, type TracedEntry, type TracedFigure, type TracedPayout, type TraceKind } from './trace.js';

interface Found {
  readonly caseIds: Set<string>;
  readonly payoutIds: Set<string>;
  readonly depositIds: Set<string>;
  readonly entryNumbers: Set<number>;
}

@Injectable()
export class TraceQuery {
  constructor(
    @Inject(REPORTING_READ_MODEL) private readonly model: ReadModelHost,
    @Inject(HoldingsQuery) private readonly holdings: HoldingsQuery,
  ) {}

  /** From a claim to the public figure and back; undefined when nothing is known of it. */
  find(kind: TraceKind, id: string): Trace | undefined {
    const found = this.start(kind, id);
    if (found === undefined) return undefined;
    this.widen(found, kind);
    const deposits = this.many<DepositRow>('SELECT * FROM deposits WHERE deposit_id = ? LIMIT 1', found.depositIds).map(tracedDeposit);
    const entries = [...found.entryNumbers].sort((a, b) => a - b).slice(0, TRACE_ROWS_MAX).map((number) => this.entry(number));
    return {
      subject: { kind, id },
      asOf: this.holdings.current().asOf,
      cases: [...found.caseIds].map((caseId) => this.caseOf(caseId)).filter((row) => row !== undefined),
      payouts: [...found.payoutIds].map((payoutId) => this.payoutOf(payoutId)).filter((row) => row !== undefined),
      deposits,
      entries,
      figures: figuresOf(entries),
      truncated: found.depositIds.size >= TRACE_ROWS_MAX || found.entryNumbers.size >= TRACE_ROWS_MAX,
    };
  }

  private start(kind: TraceKind, id: string): Found | undefined {
    const found: Found = { caseIds: new Set(), payoutIds: new Set(), depositIds: new Set(), entryNumbers: new Set() };
    if (kind === 'case') {
      const known = this.column('SELECT case_id FROM cases WHERE case_id = ? UNION SELECT purpose_id FROM deposits WHERE purpose_kind = \'case\' AND purpose_id = ?', id, id);
      if (known.length === 0) return undefined;
      found.caseIds.add(id);
    } else if (kind === 'payout') {
      if (this.column('SELECT payout_id FROM payouts WHERE payout_id = ?', id).length === 0) return undefined;
      found.payoutIds.add(id);
    } else if (kind === 'entry') {
      const numbers = /^\d{1,15}$/.test(id) ? this.column('SELECT number FROM entries WHERE number = CAST(? AS INTEGER)', id) : this.column('SELECT number FROM entries WHERE entry_id = ?', id);
      if (numbers.length === 0) return undefined;
      for (const number of numbers) found.entryNumbers.add(number as number);
    } else {
      this.addAll(found.depositIds, 'SELECT deposit_id FROM deposits WHERE txid = ? LIMIT ?', id, TRACE_ROWS_MAX);
      this.addAll(found.payoutIds, 'SELECT payout_id FROM payouts WHERE txid = ? LIMIT ?', id, TRACE_ROWS_MAX);
      if (found.depositIds.size + found.payoutIds.size === 0) return undefined;
    }
    return found;
  }

  /** Claims lead to deposits, deposits to entries, and each of them back. */
  private widen(found: Found, kind: TraceKind): void {
    for (const number of found.entryNumbers) {
      const { depositId, payoutId, caseId } = this.entry(number);
      if (depositId !== undefined) found.depositIds.add(depositId);
      if (payoutId !== undefined) found.payoutIds.add(payoutId);
      if (caseId !== undefined) found.caseIds.add(caseId);
    }
    if (kind === 'case') for (const caseId of found.caseIds) this.addAll(found.depositIds, `SELECT deposit_id FROM deposits WHERE purpose_kind = 'case' AND purpose_id = ? LIMIT ?`, caseId, TRACE_ROWS_MAX);
    if (kind !== 'txid') for (const payoutId of found.payoutIds) this.addAll(found.depositIds, 'SELECT deposit_id FROM deposits WHERE payout_id = ? LIMIT ?', payoutId, TRACE_ROWS_MAX);
    for (const depositId of found.depositIds) {
      this.addAll(found.entryNumbers, 'SELECT number FROM entries WHERE deposit_id = ? LIMIT ?', depositId, TRACE_ROWS_MAX);
      this.addAll(found.payoutIds, 'SELECT payout_id FROM deposits WHERE deposit_id = ? AND payout_id IS NOT NULL LIMIT ?', depositId, 1);
      this.addAll(found.caseIds, `SELECT purpose_id FROM deposits WHERE deposit_id = ? AND purpose_kind = 'case' LIMIT ?`, depositId, 1);
    }
    if (kind === 'case') for (const caseId of found.caseIds) this.addAll(found.entryNumbers, 'SELECT number FROM entries WHERE case_id = ? LIMIT ?', caseId, TRACE_ROWS_MAX);
    if (kind === 'payout') for (const payoutId of found.payoutIds) this.addAll(found.entryNumbers, 'SELECT number FROM entries WHERE payout_id = ? LIMIT ?', payoutId, TRACE_ROWS_MAX);
    for (const number of [...found.entryNumbers]) {
      const { corrects, entryId } = this.entry(number);
      if (corrects !== undefined) this.addAll(found.entryNumbers, 'SELECT number FROM entries WHERE entry_id = ? LIMIT ?', corrects, 1);
      this.addAll(found.entryNumbers, 'SELECT number FROM entries WHERE corrects = ? LIMIT ?', entryId, 1);
    }
  }

  private entry(number: number): TracedEntry {
    const row = this.model.db.prepare('SELECT body, recorded_at FROM entries WHERE number = ?').get(number);
    return { number: String(number), recordedAt: row?.['recorded_at'] as string, ...(JSON.parse(row?.['body'] as string) as JournalEntryPosted) };
  }

  private caseOf(caseId: string): TracedCase | undefined {
    const found = this.model.db.prepare('SELECT case_id AS caseId, agency, case_number AS caseNumber, legal_status AS legalStatus, effective_at AS effectiveAt FROM cases WHERE case_id = ?').get(caseId);
    if (found === undefined) return undefined;
    const acts = this.model.db.prepare('SELECT fact_id AS factId, act, state, detail, effective_at AS effectiveAt, document FROM acts WHERE case_id = ? ORDER BY julianday(effective_at), fact_id LIMIT ?').all(caseId, TRACE_ROWS_MAX);
    const claimed = this.model.db.prepare(`SELECT asset_id AS assetId, asset, amount AS baseUnits, location, parts FROM case_assets WHERE case_id = ? AND legal_status IS NOT 'withdrawn' ORDER BY asset_id LIMIT ?`).all(caseId, TRACE_ROWS_MAX);
    return {
      ...found,
      acts: acts.map(({ detail, document, ...act }) => ({ ...act, ...(JSON.parse(detail as string) as object), document: JSON.parse(document as string) as unknown })),
      claimedAssets: claimed.map((row) => ({ ...row, location: JSON.parse(row['location'] as string) as unknown, parts: JSON.parse(row['parts'] as string) as unknown })),
    } as unknown as TracedCase;
  }

  private payoutOf(payoutId: string): TracedPayout | undefined {
    const row = this.model.db
      .prepare('SELECT payout_id AS payoutId, pool, account, status, asset, amount AS baseUnits, address, txid, licence_id AS licenceId, reasons, credited FROM payouts WHERE payout_id = ?')
      .get(payoutId);
    return row === undefined ? undefined : ({ ...row, credited: row['credited'] === 1, reasons: JSON.parse(row['reasons'] as string) as unknown } as unknown as TracedPayout);
  }

  private column(sql: string, ...values: (string | number)[]): (string | number)[] {
    return this.model.db.prepare(sql).all(...values).map((row) => Object.values(row)[0] as string | number);
  }

  private addAll<T extends string | number>(to: Set<T>, sql: string, key: T | string, limit: number): void {
    for (const value of this.column(sql, key, limit)) to.add(value as T);
  }

  private many<Row>(sql: string, ids: ReadonlySet<string>): Row[] {
    const statement = this.model.db.prepare(sql);
    return [...ids].sort().flatMap((id) => statement.all(id) as unknown as Row[]);
  }
}

interface DepositRow {
  readonly deposit_id: string;
  readonly txid: string;
  readonly vault_id: string;
  readonly address: string;
  readonly asset: string;
  readonly amount: string;
  readonly state: string;
  readonly height: number;
  readonly block_hash: string;
  readonly purpose_kind: string;
  readonly purpose_id: string;
  readonly payout_id: string | null;
}

function tracedDeposit(row: DepositRow): TracedDeposit {
  return {
    depositId: row.deposit_id,
    txid: row.txid,
    vaultId: row.vault_id,
    address: row.address,
    asset: row.asset,
    baseUnits: row.amount,
    state: row.state,
    height: row.height,
    blockHash: row.block_hash,
    purpose: { kind: row.purpose_kind, id: row.purpose_id },
    payoutId: row.payout_id,
  };
}

function figuresOf(entries: readonly TracedEntry[]): TracedFigure[] {
  const totals = new Map<string, { account: string; asset: string; units: bigint }>();
  for (const { account, asset, amount } of entries.flatMap(({ postings }) => postings)) {
    const key = `${account} ${asset}`;
    const known = totals.get(key) ?? { account, asset, units: 0n };
    totals.set(key, { ...known, units: known.units + BigInt(amount) });
  }
  return [...totals.values()]
    .filter(({ units }) => units !== 0n)
    .map(({ account, asset, units }) => ({
      class: parseAccount(account).class,
      account,
      asset,
      baseUnits: units.toString(),
      coins: `${units < 0n ? '-' : ''}${formatAmount(units < 0n ? -units : units, assetById(asset).decimals)}`,
      holdings: `/v1/holdings?class=${parseAccount(account).class}&asset=${encodeURIComponent(asset)}`,
    }));
}
