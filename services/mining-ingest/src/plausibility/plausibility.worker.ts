import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { ChainDayFacts } from '@qazyna/contracts';
import type { Position } from '@qazyna/event-store';
import type { JurisdictionProfile } from '@qazyna/jurisdiction';
import { findAsset } from '@qazyna/ledger';
import { JURISDICTION, LOGGER, ReadinessRegistry, type ReadModelHost, type ServiceLogger } from '@qazyna/service-kit';
import { EarningsService } from '../earnings/earnings.service.js';
import { EARNINGS_READ_MODEL } from '../read-model.token.js';
import { dateOf } from './chain-day.js';
import { ChainDays } from './chain-days.query.js';
import { judgementOf, windowOf, type ReportedDay, type Scheme } from './judgement.js';

/** Between two looks for what can be judged now. */
const LOOK_MS = 2_000;
/** Days or windows of one look: the rest waits for the next. */
const LOOK_MAX = 500;
const ACTOR = { actor: { subject: 'plausibility', organisation: 'qazyna' } };
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

type Row = Omit<ReportedDay, 'parts' | 'total'> & { readonly parts: string; readonly total: string; readonly asset: string };

/** Judges reported days, and days together, as soon as the chain's figures of them are known and settled. */
@Injectable()
export class PlausibilityWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private failure: string | undefined;
  /** Where the view stood at the last look that left nothing over: without news there is nothing new to judge. */
  private lookedAt: Position | undefined;

  constructor(
    @Inject(EARNINGS_READ_MODEL) private readonly model: ReadModelHost,
    @Inject(ChainDays) private readonly chain: ChainDays,
    @Inject(EarningsService) private readonly earnings: EarningsService,
    @Inject(JURISDICTION) private readonly profile: JurisdictionProfile,
    @Inject(LOGGER) private readonly logger: ServiceLogger,
    @Inject(ReadinessRegistry) private readonly readiness: ReadinessRegistry,
  ) {}

  onApplicationBootstrap(): void {
    this.readiness.register('plausibility', () => Promise.resolve(this.failure === undefined ? { ok: true } : { ok: false, detail: this.failure }));
    this.running = this.run();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** One look: everything that can be judged now, within bounds. @returns judgements recorded */
  async look(): Promise<number> {
    return (await this.judgeDays()) + (await this.judgeWindows());
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        const position = this.model.position();
        if (position !== this.lookedAt) {
          await this.look();
          this.lookedAt = position;
        }
        this.failure = undefined;
      } catch (error) {
        this.failure = error instanceof Error ? error.message : String(error);
        this.logger.warn({ err: error }, 'earnings could not be judged; it is tried again');
      }
      await sleep(LOOK_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  private async judgeDays(): Promise<number> {
    // Newest first: what waits for facts of long ago must not keep what came today waiting.
    const dates = this.model.db
      .prepare(`SELECT DISTINCT asset, date FROM earnings WHERE verdict IS NULL AND hash_rate IS NOT NULL AND scheme IN ('fpps', 'pps') ORDER BY day DESC LIMIT ?`)
      .all(LOOK_MAX) as unknown as { asset: string; date: string }[];
    let judged = 0;
    for (const { asset, date } of dates) {
      const facts = this.factsOf(asset, date);
      if (facts === undefined) continue;
      const days = this.rows(`verdict IS NULL AND hash_rate IS NOT NULL AND scheme IN ('fpps', 'pps') AND asset = ? AND date = ?`, asset, date);
      for (const day of days) {
        await this.earnings.judgeDay(judgementOf(day.earningsId, [{ ...day, facts }], 1, this.profile.plausibility.fppsDayPpm, sha256), { ...ACTOR, correlationId: day.earningsId });
        judged += 1;
      }
    }
    return judged;
  }

  private async judgeWindows(): Promise<number> {
    let judged = 0;
    for (const scheme of ['fpps', 'pps', 'pplns', 'mixed'] as const) judged += await this.judgeWindowsOf(scheme);
    return judged;
  }

  /** Windows begin at fixed days, weeks on Mondays, so that each day is in one of them. */
  private async judgeWindowsOf(scheme: Scheme): Promise<number> {
    const window = windowOf(scheme, this.profile.plausibility);
    if (window === undefined) return 0;
    const { days, tolerancePpm } = window;
    // Day 0 of the epoch is a Thursday.
    const shift = days === 7 ? 3 : 0;
    const whole = this.model.db
      .prepare(
        `SELECT poolAccountId, asset, number FROM (
           SELECT pool_account_id AS poolAccountId, asset, (day + ${shift}) / ${days} AS number, min(date) AS first FROM earnings
           WHERE scheme = ?1 AND hash_rate IS NOT NULL GROUP BY 1, 2, 3 HAVING count(DISTINCT day) = ${days}
         ) WHERE NOT EXISTS (SELECT 1 FROM judgements WHERE subject = poolAccountId || '~' || first || '+${days}' || ?1) ORDER BY number DESC LIMIT ${LOOK_MAX}`,
      )
      .all(scheme) as unknown as { poolAccountId: string; asset: string; number: number }[];
    let judged = 0;
    for (const { poolAccountId, asset, number } of whole) {
      const first = number * days - shift;
      const rows = this.rows('scheme = ? AND pool_account_id = ? AND asset = ? AND day >= ? AND day < ?', scheme, poolAccountId, asset, first, first + days);
      const known = rows.flatMap((row) => {
        const facts = this.factsOf(asset, row.date);
        return facts === undefined ? [] : [{ ...row, facts }];
      });
      if (known.length < rows.length) continue;
      const subject = `${poolAccountId}~${dateOf(first)}+${days}${scheme}`;
      await this.earnings.judgeWindow(judgementOf(subject, known, days, tolerancePpm, sha256), { ...ACTOR, correlationId: subject });
      judged += 1;
    }
    return judged;
  }

  private rows(condition: string, ...values: readonly (string | number)[]): ReportedDay[] {
    const rows = this.model.db
      .prepare(
        `SELECT earnings_id AS earningsId, pool_account_id AS poolAccountId, asset, date, hash_rate AS hashRate, scheme, parts, total FROM earnings
         WHERE ${condition} ORDER BY day, earnings_id LIMIT ${LOOK_MAX}`,
      )
      .all(...values) as unknown as Row[];
    return rows.map(({ parts, total, ...row }) => ({ ...row, parts: JSON.parse(parts) as ReportedDay['parts'], total: BigInt(total) }));
  }

  private factsOf(asset: string, date: string): ChainDayFacts | undefined {
    const network = findAsset(asset)?.network;
    return network === undefined ? undefined : this.chain.find(network as ChainDayFacts['network'], date);
  }
}
