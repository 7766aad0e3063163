import { Inject, Injectable } from '@nestjs/common';
import { ENERGY_SOURCE, Field, IdentifierField, LICENCE_KINDS, type LicenceAct, type LicenceQuotaNoted } from '@qazyna/contracts';
import type { Clock } from '@qazyna/event-store';
import { CLOCK, CONFIG, type PlatformConfig, type ReadModelHost } from '@qazyna/service-kit';
import { REGISTERS_READ_MODEL } from '../read-model.token.js';
import { licenceAt, LICENCE_STATUSES, type Licence, type LicenceStatus } from './licence-timeline.js';
import { stateOf } from './register-state.js';
import { historyOf, rowsPassing, type HistoryItem } from './registers.query.js';

/** Filters and paging of the list of licences. */
export class LicenceQuery {
  @Field.oneOf(LICENCE_STATUSES, { optional: true, description: 'Only licences with this status' })
  status?: LicenceStatus;

  @Field.instant({ optional: true, description: 'The moment the status is judged at; now if absent' })
  at?: string;

  @Field.oneOf(LICENCE_KINDS, { optional: true, description: 'Only licences of this kind' })
  kind?: string;

  @IdentifierField.name({ optional: true, description: 'Only licences of this holder' })
  holder?: string;

  @Field.text({ ...ENERGY_SOURCE, optional: true, description: 'Only licences with this energy source' })
  energySource?: string;

  @Field.oneOf(['yes', 'no'], { optional: true, description: 'Only licences with, or without, a month over quota by more than the tolerance' })
  overQuota?: string;

  @Field.text({ optional: true, max: 512, description: 'The `next` of the page before' })
  after?: string;

  @Field.text({ optional: true, max: 9, description: 'Most items of a page, up to 1,000 (default 100)' })
  limit?: string;
}

export interface ListedLicence {
  readonly licenceId: string;
  readonly status: LicenceStatus;
  /** Since when it has this status, and by which act. */
  readonly since: string | null;
  readonly actId: string | null;
  readonly kind: string | null;
  readonly holder: string | null;
  readonly validFrom: string | null;
  readonly validUntil: string | null;
  readonly farms: readonly string[] | null;
  readonly equipmentClass: string | null;
  readonly energySource: string | null;
  /** Months of its farms over quota by more than the tolerance. */
  readonly monthsOverQuota: number;
}

export interface ShownLicence extends ListedLicence {
  readonly acts: readonly LicenceAct[];
  readonly registeredFarms: readonly string[];
  readonly poolAccounts: readonly string[];
  readonly quotas: readonly LicenceQuotaNoted[];
  readonly history: readonly HistoryItem[];
}

@Injectable()
export class LicenceList {
  constructor(
    @Inject(REGISTERS_READ_MODEL) private readonly model: ReadModelHost,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Pick<PlatformConfig, 'quotaTolerancePercent'>,
  ) {}

  page(query: LicenceQuery, after: string | undefined, limit: number): ListedLicence[] {
    const moment = query.at ?? this.clock.now().toISOString();
    const chunk = (from: string): { sql: string; values: string[] } => ({ sql: 'SELECT licence_id AS key, state FROM licences WHERE licence_id > ? ORDER BY licence_id', values: [from] });
    const read = (row: Record<string, unknown>): ListedLicence | undefined => {
      const item = this.listed(row['key'] as string, stateOf<Licence>(row['state'] as string), moment);
      return passes(item, query) ? item : undefined;
    };
    return rowsPassing(this.model, chunk, read, after ?? '', limit);
  }

  one(licenceId: string): ShownLicence | undefined {
    const { db } = this.model;
    const row = db.prepare('SELECT state FROM licences WHERE licence_id = ?').get(licenceId);
    if (row === undefined) return undefined;
    const state = stateOf<Licence>(row['state'] as string);
    const ids = (sql: string): string[] => db.prepare(sql).all(licenceId).map(({ id }) => id as string);
    return {
      ...this.listed(licenceId, state, this.clock.now().toISOString()),
      acts: [...state.acts.values()].sort((a, b) => Date.parse(a.effectiveAt) - Date.parse(b.effectiveAt)),
      registeredFarms: ids('SELECT farm_id AS id FROM farms WHERE licence_id = ? ORDER BY farm_id'),
      poolAccounts: ids('SELECT pool_account_id AS id FROM pool_accounts WHERE licence_id = ? ORDER BY pool_account_id'),
      quotas: [...state.quotas.values()],
      history: historyOf(this.model, `licence:${licenceId}`),
    };
  }

  private listed(licenceId: string, state: Licence, moment: string): ListedLicence {
    const { status, since, actId, terms } = licenceAt(state, moment);
    return {
      licenceId,
      status,
      since: since ?? null,
      actId: actId ?? null,
      kind: terms?.kind ?? null,
      holder: terms?.holder ?? null,
      validFrom: terms?.validFrom ?? null,
      validUntil: terms?.validUntil ?? null,
      farms: terms?.farms ?? null,
      equipmentClass: terms?.equipmentClass ?? null,
      energySource: terms?.energySource ?? null,
      monthsOverQuota: [...state.quotas.values()].filter(({ overPercent }) => overPercent > this.config.quotaTolerancePercent).length,
    };
  }
}

function passes(item: ListedLicence, { status, kind, holder, energySource, overQuota }: LicenceQuery): boolean {
  return (
    (status === undefined || item.status === status) &&
    (kind === undefined || item.kind === kind) &&
    (holder === undefined || item.holder === holder) &&
    (energySource === undefined || item.energySource === energySource) &&
    (overQuota === undefined || (overQuota === 'yes') === item.monthsOverQuota > 0)
  );
}
