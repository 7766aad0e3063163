import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Clock, EventStore, IdSource } from '@qazyna/event-store';
import { CLOCK, CONFIG, EVENT_STORE, IDS, LOGGER, METRICS, type PlatformConfig, type ServiceLogger, type ServiceMetrics } from '@qazyna/service-kit';
import { setTimeout as sleep } from 'node:timers/promises';
import { StatementsService } from '../pools/statements.service.js';
import { PollMetrics } from './poll-metrics.view.js';
import { cursorOf, runPoll, type RunReport } from './poll-run.service.js';
import { loadPolls, type PollSettings } from './poll-settings.source.js';
import { PageFault, PATIENCE, type PageSurroundings } from './pool-page.client.js';
import { fullJitterMs, RequestRate } from './request-rate.js';

const REQUESTS_AT_ONCE = 3;
const FIRST_RETRY_MS = 30_000;

/** What an operator sees of a poll. */
export interface PollStatus {
  readonly pollId: string;
  readonly pool: string;
  readonly account: string;
  readonly format: string;
  readonly rows: string;
  readonly url: string;
  readonly everySeconds: number;
  /** Time of the latest row taken, from the stream; null before the first complete run. */
  readonly through: string | null;
  readonly lastRunAt: string | null;
  readonly lastSuccessAt: string | null;
  readonly lastSuccessAgeSeconds: number | null;
  readonly lastRun: RunReport | null;
  readonly failures: number;
  readonly lastError: { readonly at: string; readonly code: string; readonly message: string } | null;
}

interface Progress {
  readonly settings: PollSettings;
  readonly rate: RequestRate;
  through: string | undefined;
  lastRunAt: Date | undefined;
  lastSuccessAt: Date | undefined;
  lastRun: RunReport | undefined;
  failures: number;
  lastError: PollStatus['lastError'];
}

/** Pulls statements from pools, each poll on its own. What it brings is carried out as if it had been handed in. */
@Injectable()
export class PollsWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly polls: readonly Progress[];
  private readonly figures: PollMetrics;
  private readonly stopping = new AbortController();
  private readonly surroundings: PageSurroundings;
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    @Inject(CONFIG) config: PlatformConfig,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(IDS) private readonly ids: IdSource,
    @Inject(LOGGER) private readonly logger: ServiceLogger,
    @Inject(METRICS) metrics: ServiceMetrics,
    @Inject(StatementsService) private readonly statements: StatementsService,
  ) {
    this.surroundings = { now: () => clock.now(), random: Math.random, pause };
    this.figures = new PollMetrics(metrics, () => clock.now());
    this.polls = loadPolls(config, process.env).map((settings) => ({
      settings,
      rate: new RequestRate(settings.requestsPerMinute, REQUESTS_AT_ONCE),
      through: undefined,
      lastRunAt: undefined,
      lastSuccessAt: undefined,
      lastRun: undefined,
      failures: 0,
      lastError: null,
    }));
  }

  onApplicationBootstrap(): void {
    for (const { settings } of this.polls) this.figures.succeeded(settings.pollId, this.clock.now());
    this.running = Promise.all(this.polls.map((progress) => this.keepPolling(progress)));
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  statuses(): readonly PollStatus[] {
    const now = this.clock.now().getTime();
    return this.polls.map(({ settings: { pollId, pool, account, format, rows, url, everyMs }, through, lastRunAt, lastSuccessAt, lastRun, failures, lastError }) => ({
      pollId,
      pool,
      account,
      format,
      rows,
      url,
      everySeconds: everyMs / 1000,
      through: through ?? null,
      lastRunAt: lastRunAt?.toISOString() ?? null,
      lastSuccessAt: lastSuccessAt?.toISOString() ?? null,
      lastSuccessAgeSeconds: lastSuccessAt === undefined ? null : Math.floor((now - lastSuccessAt.getTime()) / 1000),
      lastRun: lastRun ?? null,
      failures,
      lastError,
    }));
  }

  private async keepPolling(progress: Progress): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.pollOnce(progress);
      const { everyMs } = progress.settings;
      // Not in step with others: a tenth of the interval either way, and after failures anywhere in a growing span.
      const wait = progress.failures === 0 ? everyMs * (0.9 + 0.2 * this.surroundings.random()) : fullJitterMs(progress.failures, this.surroundings.random(), { firstMs: FIRST_RETRY_MS, maxMs: everyMs });
      await pause(wait, signal);
    }
  }

  private async pollOnce(progress: Progress): Promise<void> {
    const { settings, rate } = progress;
    const { pollId } = settings;
    progress.lastRunAt = this.clock.now();
    try {
      progress.through ??= (await cursorOf(this.store, pollId))?.through;
      const parts = { store: this.store, statements: this.statements, rate, patience: { ...PATIENCE, timeoutMs: settings.timeoutMs }, surroundings: this.surroundings };
      const report = await runPoll(settings, parts, this.ids.next(), this.stopping.signal);
      progress.through = report.through;
      progress.lastRun = report;
      progress.failures = 0;
      progress.lastSuccessAt = this.clock.now();
      this.figures.succeeded(pollId, progress.lastSuccessAt);
      this.figures.pages.inc({ poll: pollId }, report.pages);
      for (const [result, count] of Object.entries(report.results)) this.figures.rows.inc({ poll: pollId, result }, count);
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      this.failed(progress, error);
    }
  }

  /** A pool that misbehaves, or a store that is away, stops no other poll and not the service. */
  private failed(progress: Progress, error: unknown): void {
    const code = error instanceof PageFault ? error.code : ((error as { code?: unknown }).code?.toString() ?? 'fault');
    const message = error instanceof Error ? error.message : String(error);
    progress.failures += 1;
    progress.lastError = { at: this.clock.now().toISOString(), code, message };
    this.figures.errors.inc({ poll: progress.settings.pollId, code });
    this.logger.warn({ poll: progress.settings.pollId, code, failures: progress.failures }, `a poll did not come to its end: ${message}`);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => undefined);
}
