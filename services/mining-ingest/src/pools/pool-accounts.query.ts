import { Inject, Injectable } from '@nestjs/common';
import { Field, IdentifierField, type PoolAccountAct, type PoolAccountTerms, type WalletChangeProposed } from '@qazyna/contracts';
import type { Clock } from '@qazyna/event-store';
import { CLOCK, type ReadModelHost } from '@qazyna/service-kit';
import { stateOf } from '../licences/register-state.js';
import { historyOf, rowsPassing, type HistoryItem } from '../licences/registers.query.js';
import { REGISTERS_READ_MODEL } from '../read-model.token.js';
import { suspensionAt, walletPeriods, type PoolAccount, type WalletPeriod } from './pool-account-timeline.js';

export const POOL_ACCOUNT_STATUSES = ['active', 'suspended'] as const;

/** Filters and paging of the list of pool accounts. */
export class PoolAccountQuery {
  @IdentifierField.pool({ optional: true })
  pool?: string;

  @IdentifierField.name({ optional: true, description: 'Only accounts under this licence' })
  licenceId?: string;

  @Field.oneOf(POOL_ACCOUNT_STATUSES, { optional: true, description: 'Only accounts with this status now' })
  status?: (typeof POOL_ACCOUNT_STATUSES)[number];

  @Field.oneOf(['proposed', 'cooling', 'none'], { optional: true, description: 'Only accounts with a change of wallet in this stage, or with none' })
  walletChange?: string;

  @Field.text({ optional: true, max: 512, description: 'The `next` of the page before' })
  after?: string;

  @Field.text({ optional: true, max: 9, description: 'Most items of a page, up to 1,000 (default 100)' })
  limit?: string;
}

export interface ListedPoolAccount {
  readonly poolAccountId: string;
  readonly pool: string;
  readonly account: string;
  readonly licenceId: string;
  readonly network: string;
  readonly asset: string;
  readonly status: (typeof POOL_ACCOUNT_STATUSES)[number];
  /** The wallet that payouts go to now. */
  readonly payoutAddress: string;
  /** A change of wallet that has no effect yet. */
  readonly walletChange: { readonly changeId: string; readonly stage: 'proposed' | 'cooling'; readonly payoutAddress: string; readonly effectiveFrom: string | null } | null;
}

export interface ShownPoolAccount extends ListedPoolAccount {
  readonly wallets: readonly (WalletPeriod & { readonly current: boolean })[];
  readonly changes: readonly { readonly proposal: WalletChangeProposed; readonly status: string }[];
  readonly acts: readonly PoolAccountAct[];
  /** In the order they were recorded. */
  readonly terms: readonly PoolAccountTerms[];
  readonly history: readonly HistoryItem[];
}

@Injectable()
export class PoolAccountList {
  constructor(
    @Inject(REGISTERS_READ_MODEL) private readonly model: ReadModelHost,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  page({ pool, licenceId, status, walletChange }: PoolAccountQuery, after: string | undefined, limit: number): ListedPoolAccount[] {
    const filters = [['pool_account_id > ?', after ?? ''], ['pool = ?', pool], ['licence_id = ?', licenceId]].filter((filter): filter is [string, string] => filter[1] !== undefined);
    const where = filters.map(([condition]) => condition).join(' AND ');
    const chunk = (from: string): { sql: string; values: string[] } => ({
      sql: `SELECT pool_account_id AS key, state FROM pool_accounts WHERE ${where} ORDER BY pool_account_id`,
      values: [from, ...filters.slice(1).map(([, value]) => value)],
    });
    const read = (row: Record<string, unknown>): ListedPoolAccount | undefined => {
      const item = this.listed(stateOf<PoolAccount>(row['state'] as string));
      const passes = (status === undefined || item.status === status) && (walletChange === undefined || (item.walletChange?.stage ?? 'none') === walletChange);
      return passes ? item : undefined;
    };
    return rowsPassing(this.model, chunk, read, after ?? '', limit);
  }

  one(poolAccountId: string): ShownPoolAccount | undefined {
    const row = this.model.db.prepare('SELECT state FROM pool_accounts WHERE pool_account_id = ?').get(poolAccountId);
    if (row === undefined) return undefined;
    const state = stateOf<PoolAccount>(row['state'] as string);
    const listed = this.listed(state);
    return {
      ...listed,
      wallets: walletPeriods(state).map((period) => ({ ...period, current: isIn(period, this.clock.now()) })),
      changes: [...state.known.values()],
      acts: [...state.acts.values()].sort((a, b) => Date.parse(a.effectiveAt) - Date.parse(b.effectiveAt)),
      terms: state.terms,
      history: historyOf(this.model, `pool-account:${poolAccountId}`),
    };
  }

  private listed(state: PoolAccount): ListedPoolAccount {
    const now = this.clock.now();
    const moment = now.toISOString();
    const { poolAccountId, pool, account, licenceId, network, asset, proposed } = state;
    const cooling = state.changes.find(({ effectiveFrom }) => Date.parse(effectiveFrom) > now.getTime());
    const change = cooling ?? proposed;
    return {
      poolAccountId,
      pool,
      account,
      licenceId,
      network,
      asset,
      status: suspensionAt(state, moment) === undefined ? 'active' : 'suspended',
      payoutAddress: walletPeriods(state).find((period) => isIn(period, now))?.payoutAddress ?? state.payoutAddress,
      walletChange:
        change === undefined
          ? null
          : { changeId: change.changeId, stage: cooling === undefined ? 'proposed' : 'cooling', payoutAddress: change.payoutAddress, effectiveFrom: cooling?.effectiveFrom ?? null },
    };
  }
}

function isIn({ from, until }: WalletPeriod, now: Date): boolean {
  return (from === undefined || now.getTime() >= Date.parse(from)) && (until === undefined || now.getTime() < Date.parse(until));
}
