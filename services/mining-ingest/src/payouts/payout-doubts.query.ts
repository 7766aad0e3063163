import { Inject, Injectable } from '@nestjs/common';
import { Field, IdentifierField, poolAccountIdOf, type HoldReason } from '@qazyna/contracts';
import { CONFIG, type PlatformConfig, type ReadModelHost } from '@qazyna/service-kit';
import { licenceDecider } from '../licences/licence.js';
import type { Licence } from '../licences/licence-timeline.js';
import { stateOf } from '../licences/register-state.js';
import type { PoolAccount } from '../pools/pool-account-timeline.js';
import { REGISTERS_READ_MODEL } from '../read-model.token.js';
import { PayoutList, type ListedPayout } from './payouts.query.js';
import { registerReasons, type PayoutStanding } from './register-checks.js';

/** Payouts looked at in one request: a page may be short and still have a next one. */
const LOOKED_AT_MAX = 5_000;

/** Filters and paging of the list of payouts in doubt. */
export class PayoutDoubtQuery {
  @Field.text({ optional: true, max: 64, pattern: /^[a-z][a-z0-9-]*$/, patternMeans: 'a code such as licence-suspended', description: 'Only payouts in doubt for this reason', example: 'licence-suspended' })
  reason?: string;

  @IdentifierField.name({ optional: true, description: 'Only payouts of accounts under this licence' })
  licenceId?: string;

  @Field.instant({ optional: true, description: 'Only payouts that the pool paid at this moment or later' })
  paidFrom?: string;

  @Field.instant({ optional: true, description: 'Only payouts that the pool paid before this moment' })
  paidBefore?: string;

  @Field.text({ optional: true, max: 512, description: 'The `next` of the page before' })
  after?: string;

  @Field.text({ optional: true, max: 9, description: 'Most items of a page, up to 1,000 (default 100)' })
  limit?: string;
}

export interface DoubtedPayout extends ListedPayout {
  /** What today's registers have against it, for the moment it was paid, that nobody waived. */
  readonly doubts: readonly HoldReason[];
}

export interface DoubtedPage {
  readonly items: readonly DoubtedPayout[];
  /** Sequence of the last payout looked at; undefined when there are no more. */
  readonly lookedUpTo: string | undefined;
}

/** Accepted payouts that today's registers would hold: an act came late, or a month turned out to be over its quota. */
@Injectable()
export class PayoutDoubts {
  constructor(
    @Inject(PayoutList) private readonly list: PayoutList,
    @Inject(REGISTERS_READ_MODEL) private readonly registers: ReadModelHost,
    @Inject(CONFIG) private readonly config: Pick<PlatformConfig, 'quotaTolerancePercent'>,
  ) {}

  page({ reason, licenceId, paidFrom, paidBefore }: PayoutDoubtQuery, after: string | undefined, limit: number): DoubtedPage {
    const standings = new Map<string, PayoutStanding>();
    const filters = { status: 'accepted' as const, ...(licenceId === undefined ? {} : { licenceId }), ...(paidFrom === undefined ? {} : { paidFrom }), ...(paidBefore === undefined ? {} : { paidBefore }) };
    const accepted = this.list.page(filters, after, LOOKED_AT_MAX);
    const items: DoubtedPayout[] = [];
    for (const payout of accepted) {
      const doubts = this.doubtsOf(payout, standings);
      if (doubts.length > 0 && (reason === undefined || doubts.some(({ code }) => code === reason))) items.push({ ...payout, doubts });
      if (items.length === limit) return { items, lookedUpTo: payout.sequence };
    }
    return { items, lookedUpTo: accepted.length < LOOKED_AT_MAX ? undefined : accepted.at(-1)?.sequence };
  }

  private doubtsOf({ claim, reasons }: ListedPayout, standings: Map<string, PayoutStanding>): HoldReason[] {
    const id = poolAccountIdOf(claim.pool, claim.account);
    const standing = standings.get(id) ?? this.standingOf(id);
    standings.set(id, standing);
    // What an officer has seen and let pass is in doubt no longer.
    const waived = new Set(reasons.map(({ code }) => code));
    return registerReasons(claim, standing).filter(({ code }) => !waived.has(code));
  }

  private standingOf(poolAccountId: string): PayoutStanding {
    const row = this.registers.db.prepare('SELECT state, licence_id AS licenceId FROM pool_accounts WHERE pool_account_id = ?').get(poolAccountId);
    const account = row === undefined ? undefined : stateOf<PoolAccount>(row['state'] as string);
    const licence = row === undefined ? undefined : this.registers.db.prepare('SELECT state FROM licences WHERE licence_id = ?').get(row['licenceId'] as string);
    return {
      account,
      licence: licence === undefined ? licenceDecider.initialState() : stateOf<Licence>(licence['state'] as string),
      quotaTolerancePercent: this.config.quotaTolerancePercent,
    };
  }
}
