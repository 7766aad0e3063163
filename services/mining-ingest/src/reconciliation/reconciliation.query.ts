import { Inject, Injectable } from '@nestjs/common';
import type { ReadModelHost } from '@qazyna/service-kit';
import { EARNINGS_READ_MODEL, MINING_READ_MODEL, REGISTERS_READ_MODEL, STATEMENTS_READ_MODEL } from '../read-model.token.js';
import { dayLines, statutoryDifferences, type DayLine, type DeclaredPayout, type OwnPayout, type StatutoryDifference } from './reconciliation.js';

/** Payouts or entries compared at once; above it the range must be shorter. */
const COMPARED_MAX = 50_000;

export interface AccountRange {
  readonly pool: string;
  readonly account: string;
  /** Days; `to` is not included. */
  readonly from: string;
  readonly to: string;
}

/** One account over a range of days: what is owed, paid and declared, and where that does not add up. */
export interface AccountLine {
  readonly poolAccountId: string;
  readonly pool: string;
  readonly account: string;
  /** Before the pool's fee, where the rows name it; base units, as the rest. */
  readonly earned: string;
  readonly fees: string;
  readonly paid: string;
  /** What stays with the pool at the end of the range. */
  readonly balance: string;
  /** Whether the pool has by then paid more than it ever credited: earnings are missing, or payouts are wrong. */
  readonly overpaid: boolean;
  /** Days of the range on which something happened and at whose end that was so. */
  readonly overpaidDays: number;
  /** Differences between the statutory feed and the pool's own payouts; null where the range holds more than can be compared at once. */
  readonly statutoryDifferences: number | null;
}

/** The range has more than can be compared at once. */
export class RangeTooLarge extends Error {
  override readonly name = 'RangeTooLarge';
}

/** What pools owe, what they paid and what they declared, held against each other whenever it is asked: late data counts at once. */
@Injectable()
export class Reconciliation {
  constructor(
    @Inject(EARNINGS_READ_MODEL) private readonly earnings: ReadModelHost,
    @Inject(MINING_READ_MODEL) private readonly payouts: ReadModelHost,
    @Inject(STATEMENTS_READ_MODEL) private readonly statements: ReadModelHost,
    @Inject(REGISTERS_READ_MODEL) private readonly registers: ReadModelHost,
  ) {}

  /** Accounts in the order of their ids, each as its days and differences add up. */
  accounts(pool: string | undefined, days: Pick<AccountRange, 'from' | 'to'>, after: string | undefined, limit: number): AccountLine[] {
    const rows = this.registers.db
      .prepare('SELECT pool_account_id AS id, state FROM pool_accounts WHERE pool_account_id > ?1 AND (?2 IS NULL OR pool = ?2) ORDER BY pool_account_id LIMIT ?3')
      .all(after ?? '', pool ?? null, limit) as unknown as { id: string; state: string }[];
    return rows.map(({ id, state }) => {
      const account = JSON.parse(state) as { readonly pool: string; readonly account: string };
      return this.accountLine(id, { pool: account.pool, account: account.account, ...days });
    });
  }

  private accountLine(poolAccountId: string, range: AccountRange): AccountLine {
    const { opening, lines } = this.balanced(range);
    const total = (of: 'earned' | 'fees' | 'paid'): string => String(lines.reduce((sum, line) => sum + BigInt(line[of]), 0n));
    const balance = lines.at(-1)?.balance ?? String(opening);
    return {
      poolAccountId, pool: range.pool, account: range.account, earned: total('earned'), fees: total('fees'), paid: total('paid'),
      balance,
      overpaid: BigInt(balance) < 0n,
      overpaidDays: lines.filter(({ overpaid }) => overpaid).length,
      statutoryDifferences: this.differenceCount(range),
    };
  }

  /** One account with too much to compare must not hide the others. */
  private differenceCount(range: AccountRange): number | null {
    try {
      return this.differences(range).length;
    } catch (error) {
      if (error instanceof RangeTooLarge) return null;
      throw error;
    }
  }

  /** A line for each day with earnings or payouts, with the balance that stays with the pool. */
  days(range: AccountRange): DayLine[] {
    return this.balanced(range).lines;
  }

  private balanced({ pool, account, from, to }: AccountRange): { readonly opening: bigint; readonly lines: DayLine[] } {
    const poolAccountId = `${pool}.${account}`;
    const earned = this.earnings.db
      .prepare('SELECT date, total, parts FROM earnings WHERE pool_account_id = ? AND date >= ? AND date < ? ORDER BY day')
      .all(poolAccountId, from, to)
      .map((row) => ({ date: row['date'] as string, total: BigInt(row['total'] as string), fees: feesOf(row['parts'] as string) }));
    const earnedBefore = this.earnings.db.prepare('SELECT total AS amount FROM earnings WHERE pool_account_id = ? AND date < ?').iterate(poolAccountId, from);
    const paidBefore = this.payouts.db
      .prepare(`SELECT json_extract(claim, '$.amount') AS amount FROM payouts WHERE pool = ? AND account = ? AND status <> 'rejected' AND json_extract(claim, '$.paidAt') < ?`)
      .iterate(pool, account, from);
    const opening = sumOf(earnedBefore) - sumOf(paidBefore);
    return { opening, lines: dayLines(opening, earned, this.own({ pool, account, from, to })) };
  }

  /** The statutory feed against the pool's own payouts. */
  differences(range: AccountRange): StatutoryDifference[] {
    const { pool, account, from, to } = range;
    const declared = this.statements.db
      .prepare('SELECT feed_sequence AS sequence, wallet, licence_number AS licence, distributed_at AS distributedAt, amount FROM statutory_entries WHERE pool = ? AND account = ? AND distributed_at >= ? AND distributed_at < ? ORDER BY distributed_at, feed_sequence LIMIT ?')
      .all(pool, account, from, to, COMPARED_MAX + 1) as unknown as (Omit<DeclaredPayout, 'amount'> & { readonly amount: string | null })[];
    if (declared.length > COMPARED_MAX) throw new RangeTooLarge(`more than ${COMPARED_MAX} entries of the feed: ask for fewer days`);
    return statutoryDifferences(this.own(range), declared.map(({ amount, ...entry }) => ({ ...entry, amount: amount === null ? undefined : BigInt(amount) })));
  }

  private own({ pool, account, from, to }: AccountRange): OwnPayout[] {
    const rows = this.payouts.db
      .prepare(
        `SELECT payout_id AS payoutId, status, licence_id AS licenceId, claim FROM payouts
         WHERE pool = ? AND account = ? AND status <> 'rejected' AND json_extract(claim, '$.paidAt') >= ? AND json_extract(claim, '$.paidAt') < ? ORDER BY json_extract(claim, '$.paidAt'), sequence LIMIT ?`,
      )
      .all(pool, account, from, to, COMPARED_MAX + 1) as unknown as { payoutId: string; status: string; licenceId: string | null; claim: string }[];
    if (rows.length > COMPARED_MAX) throw new RangeTooLarge(`more than ${COMPARED_MAX} payouts: ask for fewer days`);
    return rows.map(({ payoutId, status, licenceId, claim }) => {
      const { amount, address, paidAt, statutorySequence, licenceId: declared } = JSON.parse(claim) as { amount: string; address: string; paidAt: string; statutorySequence?: string; licenceId?: string };
      return { payoutId, status, wallet: address, amount: BigInt(amount), paidAt, sequence: statutorySequence, licence: licenceId ?? declared };
    });
  }
}

function feesOf(parts: string): bigint {
  return BigInt((JSON.parse(parts) as { part: string; amount: string }[]).find(({ part }) => part === 'poolFees')?.amount ?? '0');
}

/** Here and not in the database, whose whole numbers have 64 bits: ten coins of 18 decimals have more. */
function sumOf(rows: Iterable<Record<string, unknown>>): bigint {
  let sum = 0n;
  for (const { amount } of rows) sum += BigInt(amount as string);
  return sum;
}
