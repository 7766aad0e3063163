import { createHash } from 'node:crypto';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { contentHash, type ChainDayFacts, type EarningsJudged } from '@qazyna/contracts';
import type { Position } from '@qazyna/event-store';
import type { JurisdictionProfile } from '@qazyna/jurisdiction';
import { findAsset } from '@qazyna/ledger';
import { JURISDICTION, LOGGER, ReadinessRegistry, type ReadModelHost, type ServiceLogger } from '@qazyna/service-kit';
import { EarningsService } from '../earnings/earnings.service.js';
import { sameBasis } from '../earnings/superseding.js';
import { EARNINGS_READ_MODEL } from '../read-model.token.js';
import { dateOf } from './chain-day.js';
import { ChainDays } from './chain-days.query.js';
import { judgementOf, windowOf, type Hashes, type ReportedDay, type Scheme } from './judgement.js';

/** Between two looks for what can be judged now. */
const LOOK_MS = 2_000;
/** Touched days of one page. */
const LOOK_MAX = 500;
/** Rows of one window: what a judgement names at most. */
const ROWS_MAX = 1_000;
const ACTOR = { actor: { subject: 'plausibility', organisation: 'qazyna' } };
const HASHES: Hashes = { text: (text) => createHash('sha256').update(text).digest('hex'), canonical: contentHash };

interface Row extends Omit<ReportedDay, 'hashRate' | 'hashRateFrom'> {
  readonly asset: string;
  readonly hashRate: string | null;
  readonly registeredRate: string | null;
}

/** A day of an account of which something changed, in the order of the log. */
interface Touched {
  readonly sequence: string;
  readonly poolAccountId: string;
  readonly day: number;
}

interface Span {
  readonly poolAccountId: string;
  readonly asset: string;
  readonly scheme: Scheme;
  readonly first: number;
  readonly days: number;
  readonly tolerancePpm: number;
}

/**
 * Judges reported days, and days together, as soon as the chain's figures of them are known and settled, and again
 * whenever something that a judgement rests on has changed.
 */
@Injectable()
export class PlausibilityWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private failure: string | undefined;
  private seen: Touched = { sequence: '', poolAccountId: '', day: 0 };
  /** Where the view stood at the last look: without news there is nothing new to judge. */
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

  /** One look: whatever was touched since the last one, in bounded pages. @returns judgements recorded */
  async look(): Promise<number> {
    let recorded = 0;
    for (let page = this.touched(); page.length > 0; page = this.touched()) {
      recorded += await this.judgeTouched(page);
      const last = page.at(-1);
      if (last !== undefined) this.seen = last;
      if (this.stopping.signal.aborted) break;
      await turn();
    }
    return recorded;
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

  /** After a start it begins anew: what was judged by the same facts before is not judged again. */
  private touched(): readonly Touched[] {
    return this.model.db
      .prepare('SELECT sequence, pool_account_id AS poolAccountId, day FROM to_judge WHERE (sequence, pool_account_id, day) > (?, ?, ?) ORDER BY sequence, pool_account_id, day LIMIT ?')
      .all(this.seen.sequence, this.seen.poolAccountId, this.seen.day, LOOK_MAX) as unknown as Touched[];
  }

  private async judgeTouched(page: readonly Touched[]): Promise<number> {
    const facts = new Map<string, ChainDayFacts | undefined>();
    const windows = new Map<string, Span>();
    let recorded = 0;
    for (const { poolAccountId, day } of page) {
      const rows = this.rows(poolAccountId, day, day + 1);
      const daily = this.ready(rows.filter(({ scheme }) => scheme === 'fpps' || scheme === 'pps'), facts);
      for (const each of daily) {
        const judged = judgementOf(each.earningsId, [each], 1, this.profile.plausibility.fppsDayPpm, HASHES);
        if (this.isNews(judged)) recorded += Number(await this.earnings.judgeDay(judged, metadataOf(judged)));
      }
      for (const { scheme, asset } of rows) {
        const span = spanOf(poolAccountId, asset, scheme, day, this.profile);
        if (span !== undefined) windows.set(JSON.stringify(span), span);
      }
    }
    for (const span of windows.values()) {
      const { poolAccountId, asset, scheme, first, days, tolerancePpm } = span;
      const rows = this.rows(poolAccountId, first, first + days).filter((row) => row.scheme === scheme && row.asset === asset);
      const known = this.ready(rows, facts);
      if (known.length < rows.length || rows.length > ROWS_MAX || new Set(rows.map(({ date }) => date)).size < days) continue;
      const judged = judgementOf(`${poolAccountId}~${dateOf(first)}+${days}${scheme}`, known, days, tolerancePpm, HASHES);
      if (this.isNews(judged)) recorded += Number(await this.earnings.judgeWindow(judged, metadataOf(judged)));
    }
    return recorded;
  }

  /** The view may be behind: what was judged meanwhile touches its day again. */
  private isNews(judged: EarningsJudged): boolean {
    const known = this.model.db.prepare('SELECT judgement FROM judgements WHERE subject = ?').get(judged.subject);
    return known === undefined || !sameBasis(judged, JSON.parse(known['judgement'] as string) as EarningsJudged);
  }

  /** Those whose hash rate and chain facts are known. */
  private ready(rows: readonly Row[], known: Map<string, ChainDayFacts | undefined>): (ReportedDay & { readonly facts: ChainDayFacts })[] {
    return rows.flatMap(({ asset, registeredRate, hashRate, ...row }) => {
      const rate = hashRate ?? registeredRate;
      if (rate === null) return [];
      const key = `${asset} ${row.date}`;
      if (!known.has(key)) known.set(key, this.factsOf(asset, row.date));
      const facts = known.get(key);
      return facts === undefined ? [] : [{ ...row, hashRate: rate, hashRateFrom: hashRate === null ? ('register' as const) : ('pool' as const), facts }];
    });
  }

  private rows(poolAccountId: string, first: number, end: number): Row[] {
    const term = (column: string): string =>
      `(SELECT ${column} FROM terms WHERE terms.pool_account_id = earnings.pool_account_id AND from_date <= earnings.date AND ${column} IS NOT NULL ORDER BY from_date DESC, terms.sequence DESC LIMIT 1)`;
    const rows = this.model.db
      .prepare(
        `SELECT earnings_id AS earningsId, pool_account_id AS poolAccountId, asset, date, hash_rate AS hashRate, scheme, parts, total, ${term('terms.fee_ppm')} AS poolFeePpm, ${term('terms.hash_rate')} AS registeredRate
         FROM earnings WHERE pool_account_id = ? AND day >= ? AND day < ? ORDER BY day, earnings_id LIMIT ${ROWS_MAX + 1}`,
      )
      .all(poolAccountId, first, end) as unknown as (Omit<Row, 'parts' | 'total' | 'poolFeePpm'> & { readonly parts: string; readonly total: string; readonly poolFeePpm: number | null })[];
    return rows.map(({ parts, total, poolFeePpm, ...row }) => ({ ...row, parts: JSON.parse(parts) as ReportedDay['parts'], total: BigInt(total), poolFeePpm: poolFeePpm ?? undefined }));
  }

  private factsOf(asset: string, date: string): ChainDayFacts | undefined {
    const network = findAsset(asset)?.network;
    return network === undefined ? undefined : this.chain.find(network as ChainDayFacts['network'], date);
  }
}

/** Windows begin at fixed days, weeks on Mondays, so that each day is in one of them. */
function spanOf(poolAccountId: string, asset: string, scheme: Scheme, day: number, { plausibility }: JurisdictionProfile): Span | undefined {
  const window = windowOf(scheme, plausibility);
  if (window === undefined) return undefined;
  const { days, tolerancePpm } = window;
  // Day 0 of the epoch is a Thursday.
  const shift = days === 7 ? 3 : 0;
  return { poolAccountId, asset, scheme, first: Math.floor((day + shift) / days) * days - shift, days, tolerancePpm };
}

function metadataOf({ subject }: EarningsJudged): typeof ACTOR & { readonly correlationId: string } {
  return { ...ACTOR, correlationId: subject };
}
