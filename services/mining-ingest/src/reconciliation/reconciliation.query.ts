import { Inject, Injectable } from '@nestjs/common';
import type { ReadModelHost } from '@qazyna/service-kit';
import { EARNINGS_READ_MODEL, MINING_READ_MODEL, STATEMENTS_READ_MODEL } from '../read-model.token.js';
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
  ) {}

  /** A line for each day with earnings or payouts, with the balance that stays with the pool. */
  days({ pool, account, from, to }: AccountRange): DayLine[] {
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
    return dayLines(opening, earned, this.own({ pool, account, from, to }));
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
