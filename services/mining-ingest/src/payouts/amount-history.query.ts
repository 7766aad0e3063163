import { Inject, Injectable } from '@nestjs/common';
import { payoutIdOf, poolAccountIdOf, type PayoutClaim } from '@qazyna/contracts';
import type { JurisdictionProfile } from '@qazyna/jurisdiction';
import { JURISDICTION, type ReadModelHost } from '@qazyna/service-kit';
import { EARNINGS_READ_MODEL, MINING_READ_MODEL } from '../read-model.token.js';
import type { AccountHistory } from './amount-check.js';

const DAY_MS = 86_400_000;
/** Claims of an account that are remembered until the view shows them. */
const RECENT_MAX = 1_000;
/** Days of earnings looked back at most; a payout that waited longer is not judged. */
const DAYS_BACK_MAX = 400;

/** What the views know of earnings and payouts around some claims of one account. */
@Injectable()
export class AmountHistories {
  /** Claims of a moment ago, which the view may not show yet. */
  private readonly recent = new Map<string, readonly { readonly payoutId: string; readonly at: number }[]>();

  constructor(
    @Inject(EARNINGS_READ_MODEL) private readonly earnings: ReadModelHost,
    @Inject(MINING_READ_MODEL) private readonly payouts: ReadModelHost,
    @Inject(JURISDICTION) private readonly profile: JurisdictionProfile,
  ) {}

  get tolerancePpm(): number {
    return this.profile.plausibility.fppsDayPpm;
  }

  /** One look for all claims of an account that come together: each counts as paid for the others. Undefined where nothing was reported as earned. */
  of(claims: readonly PayoutClaim[]): AccountHistory | undefined {
    const [first] = claims;
    if (first === undefined) return undefined;
    const { pool, account } = first;
    const id = poolAccountIdOf(pool, account);
    if (this.earnings.db.prepare('SELECT 1 FROM earnings WHERE pool_account_id = ? LIMIT 1').get(id) === undefined) return undefined;
    const times = claims.map(({ paidAt }) => Date.parse(paidAt));
    const [earliest, latest] = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))];
    const since = earliest - DAYS_BACK_MAX * DAY_MS;
    const known = this.payouts.db
      .prepare(
        `SELECT payout_id AS payoutId, paid_at AS paidAt FROM payouts WHERE pool = ?1 AND account = ?2 AND status <> 'rejected' AND paid_at < ?4
           AND paid_at >= coalesce((SELECT max(paid_at) FROM payouts WHERE pool = ?1 AND account = ?2 AND status <> 'rejected' AND paid_at < ?3), ?3)`,
      )
      .all(pool, account, new Date(earliest).toISOString(), new Date(latest).toISOString()) as unknown as { payoutId: string; paidAt: string }[];
    const days = this.earnings.db
      .prepare('SELECT day, total FROM earnings WHERE pool_account_id = ? AND day >= ? AND day <= ?')
      .all(id, Math.floor(since / DAY_MS) - 1, Math.floor(latest / DAY_MS)) as unknown as { day: number; total: string }[];
    const earned = new Map<number, bigint>();
    for (const { day, total } of days) earned.set(day, (earned.get(day) ?? 0n) + BigInt(total));
    const together = claims.map(({ paymentId, paidAt }) => ({ payoutId: payoutIdOf(pool, account, paymentId), at: Date.parse(paidAt) }));
    const recent = this.recent.get(id) ?? [];
    this.recent.set(id, [...recent, ...together].slice(-RECENT_MAX));
    return { earned, paid: [...known.map(({ payoutId, paidAt }) => ({ payoutId, at: Date.parse(paidAt) })), ...recent, ...together] };
  }
}
