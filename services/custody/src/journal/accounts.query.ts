import { Inject, Injectable } from '@nestjs/common';
import { streamOf } from '@qazyna/contracts';
import type { Clock, EventStore } from '@qazyna/event-store';
import { findAsset, formatAmount, InvalidAccount, parseAccount, toInstant, type ParsedAccount } from '@qazyna/ledger';
import { CLOCK, EVENT_STORE, notFound, ProblemError, type ReadModelHost } from '@qazyna/service-kit';
import { CUSTODY_READ_MODEL } from '../custody.tokens.js';
import type { AccountsQuery, AsOfQuery } from './journal.dto.js';

export interface AccountBalance {
  readonly account: string;
  readonly class: string;
  readonly asset: string;
  readonly symbol: string;
  /** Base units; debit balances positive, credit balances negative. */
  readonly balance: string;
  readonly coins: string;
}

export interface AccountAsOf {
  readonly account: string;
  readonly class: string;
  readonly kind: string;
  readonly side: 'debit' | 'credit';
  readonly asOf: { readonly effectiveAt: string; readonly recordedAt: string };
  /** Entries of this account that the answer counts. */
  readonly entries: number;
  readonly balances: readonly Omit<AccountBalance, 'account' | 'class'>[];
}

interface BalanceRow {
  readonly account: string;
  readonly class: string;
  readonly asset: string;
  readonly amount: string;
}

interface SumRow {
  readonly asset: string;
  readonly high: bigint;
  readonly low: bigint;
}

const MODEL_PATIENCE_MS = 5_000;
const HALF = 1_000_000_000;
/** Amounts of so many characters fit into 64 bits. */
const FITTING = 18;

/** Answers from the journal alone. A question outside what is known is an error, never an empty answer (INV-26). */
@Injectable()
export class AccountList {
  constructor(
    @Inject(CUSTODY_READ_MODEL) private readonly model: ReadModelHost,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  page(query: AccountsQuery, after: string | undefined, limit: number): AccountBalance[] {
    const [afterAccount = '', afterAsset = ''] = (after ?? '').split(' ');
    const filters: [string, readonly string[] | undefined][] = [
      ['(account, asset) > (?, ?)', after === undefined ? undefined : [afterAccount, afterAsset]],
      ['class = ?', query.class === undefined ? undefined : [query.class]],
      ['asset = ?', query.asset === undefined ? undefined : [query.asset]],
      ['account >= ? AND account < ?', query.prefix === undefined ? undefined : [query.prefix, `${query.prefix}\u{10ffff}`]],
    ];
    const used = filters.filter((filter): filter is [string, readonly string[]] => filter[1] !== undefined);
    const where = used.length === 0 ? '' : `WHERE ${used.map(([condition]) => condition).join(' AND ')}`;
    const rows = this.model.db.prepare(`SELECT account, asset, class, amount FROM balances ${where} ORDER BY account, asset LIMIT ?`).all(...used.flatMap(([, values]) => values), limit) as unknown as BalanceRow[];
    return rows.map(({ account, class: accountClass, asset, amount }) => ({ account, class: accountClass, ...figure(asset, BigInt(amount)) }));
  }

  /**
   * One account on two time axes: what took effect up to one time, as far as it was recorded up to another.
   * @throws {ProblemError} 404 for an account that no entry touched, 422 `as-of-unknown` outside what is known
   */
  async asOf(name: string, query: AsOfQuery): Promise<AccountAsOf> {
    const account = parsed(name);
    const now = this.clock.now().toISOString();
    await this.shown();
    if (this.model.db.prepare('SELECT 1 FROM balances WHERE account = ? LIMIT 1').get(name) === undefined) throw notFound(`account ${name}`);
    const recordedAt = query.recordedAt === undefined ? now : toInstant(query.recordedAt);
    const effectiveAt = query.effectiveAt === undefined ? undefined : toInstant(query.effectiveAt);
    this.checkKnown(recordedAt, effectiveAt, now);
    const { balances, entries } = this.counted(name, query.recordedAt === undefined ? undefined : recordedAt, effectiveAt);
    return {
      account: name,
      class: account.class,
      kind: account.kind,
      side: account.side,
      asOf: { effectiveAt: effectiveAt ?? now, recordedAt },
      entries,
      balances: [...balances].map(([asset, balance]) => figure(asset, balance)),
    };
  }

  /**
   * Adds up in the database: anyone may ask, and a busy account has millions of postings. Its integers have 64 bits, so
   * amounts are added in two halves, and those too long for that by themselves. Without a time the running sums answer.
   */
  private counted(name: string, recordedAt: string | undefined, effectiveAt: string | undefined): { readonly balances: ReadonlyMap<string, bigint>; readonly entries: number } {
    const { db } = this.model;
    const axes = [['recorded_at', recordedAt], ['effective_at', effectiveAt]].filter((axis): axis is [string, string] => axis[1] !== undefined);
    const where = ['account = ?', ...axes.map(([column]) => `${column} <= ?`)].join(' AND ');
    const values = [name, ...axes.map(([, time]) => time)];
    const { entries } = db.prepare(`SELECT count(*) AS entries FROM (SELECT DISTINCT number FROM postings WHERE ${where})`).get(...values) as { entries: number };
    const running = db.prepare('SELECT asset, amount FROM balances WHERE account = ? ORDER BY asset').all(name) as unknown as Pick<BalanceRow, 'asset' | 'amount'>[];
    if (axes.length === 0) return { balances: new Map(running.map(({ asset, amount }) => [asset, BigInt(amount)])), entries };

    const balances = new Map<string, bigint>(running.map(({ asset }) => [asset, 0n]));
    const add = (asset: string, amount: bigint): unknown => balances.set(asset, (balances.get(asset) ?? 0n) + amount);
    const sums = db.prepare(
      `SELECT asset, sum(CAST(amount AS INTEGER) / ${HALF}) AS high, sum(CAST(amount AS INTEGER) % ${HALF}) AS low FROM postings WHERE ${where} AND length(amount) <= ${FITTING} GROUP BY asset`,
    );
    sums.setReadBigInts(true);
    for (const { asset, high, low } of sums.all(...values) as unknown as SumRow[]) add(asset, high * BigInt(HALF) + low);
    for (const { asset, amount } of db.prepare(`SELECT asset, amount FROM postings WHERE ${where} AND length(amount) > ${FITTING}`).iterate(...values)) add(asset as string, BigInt(amount as string));
    return { balances, entries };
  }

  private checkKnown(recordedAt: string, effectiveAt: string | undefined, now: string): void {
    const start = this.model.db.prepare('SELECT (SELECT recorded_at FROM entries ORDER BY number LIMIT 1) AS recorded, (SELECT min(effective_at) FROM entries) AS effective').get();
    const [recordedStart, effectiveStart] = [start?.['recorded'] as string, start?.['effective'] as string];
    const refuse = (field: string, message: string): never => {
      throw new ProblemError(422, 'as-of-unknown', message, { errors: [{ field, code: 'as-of-unknown', message }] });
    };
    if (recordedAt > now) refuse('recordedAt', `${recordedAt} is in the future: nothing is known of it`);
    if (recordedAt < recordedStart) refuse('recordedAt', `the journal begins with what was recorded at ${recordedStart}`);
    if (effectiveAt === undefined) return;
    if (effectiveAt > now) refuse('effectiveAt', `${effectiveAt} is in the future: nothing is known of it`);
    if (effectiveAt < effectiveStart) refuse('effectiveAt', `the journal begins with what took effect at ${effectiveStart}`);
  }

  /** Everything that is in the journal now is in the answer. */
  private async shown(): Promise<void> {
    for await (const [newest] of this.store.readStream(streamOf.journal, { direction: 'backwards', limit: 1 })) {
      if (newest) await this.model.caughtUpTo(newest.position, MODEL_PATIENCE_MS);
    }
  }
}

function parsed(name: string): ParsedAccount {
  try {
    return parseAccount(name);
  } catch (error) {
    if (error instanceof InvalidAccount) throw new ProblemError(400, error.code, error.message);
    throw error;
  }
}

function figure(assetId: string, balance: bigint): Omit<AccountBalance, 'account' | 'class'> {
  const asset = findAsset(assetId);
  return { asset: assetId, symbol: asset?.symbol ?? assetId, balance: balance.toString(), coins: formatAmount(balance, asset?.decimals ?? 0) };
}
