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

interface PostingRow {
  readonly asset: string;
  readonly amount: string;
  readonly number: number;
}

const MODEL_PATIENCE_MS = 5_000;

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
    const rows = this.model.db
      .prepare(`SELECT asset, amount, number FROM postings WHERE account = ? AND recorded_at <= ? ${effectiveAt === undefined ? '' : 'AND effective_at <= ?'}`)
      .iterate(name, recordedAt, ...(effectiveAt === undefined ? [] : [effectiveAt])) as unknown as Iterable<PostingRow>;
    const balances = new Map<string, bigint>(this.assetsOf(name).map((asset) => [asset, 0n]));
    const numbers = new Set<number>();
    for (const { asset, amount, number } of rows) {
      balances.set(asset, (balances.get(asset) ?? 0n) + BigInt(amount));
      numbers.add(number);
    }
    return {
      account: name,
      class: account.class,
      kind: account.kind,
      side: account.side,
      asOf: { effectiveAt: effectiveAt ?? now, recordedAt },
      entries: numbers.size,
      balances: [...balances].map(([asset, balance]) => figure(asset, balance)),
    };
  }

  private assetsOf(name: string): string[] {
    return this.model.db.prepare('SELECT asset FROM balances WHERE account = ? ORDER BY asset').all(name).map(({ asset }) => asset as string);
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
