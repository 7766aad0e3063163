import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@qazyna/event-store';
import type { ReadModelHost, ServiceLogger } from '@qazyna/service-kit';
import type { SeizuresService } from './seizures.service.js';

const STEP_MS = 1_000;
/** Cases of one step; the next step takes the rest. */
const CASES_MAX = 500;
const HOUR_MS = 3_600_000;

export interface RestrictionClockOptions {
  readonly model: ReadModelHost;
  readonly seizures: SeizuresService;
  readonly clock: Clock;
  /** Hours before a lapse at which a warning is given. */
  readonly warningHours: readonly number[];
  readonly logger: ServiceLogger;
}

/**
 * Looks at restrictions that near their end, and finishes telling what a crash left half told. It wakes by what is recorded and by the clock, and keeps nothing that a
 * restart would lose: each warning and each lapse is an event of the case, decided there.
 */
export class RestrictionClock {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private failure: unknown;
  /** Changes of cases that the step before saw outstanding. */
  private outstanding: ReadonlyMap<string, number> = new Map();

  constructor(private readonly options: RestrictionClockOptions) {}

  start(): void {
    this.running ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  health(): { readonly ok: boolean; readonly detail?: string } {
    return this.failure === undefined ? { ok: true } : { ok: false, detail: 'looking at restrictions failed and is repeated' };
  }

  /** @returns events recorded */
  async step(): Promise<number> {
    const { model, seizures, clock } = this.options;
    const now = clock.now();
    let recorded = 0;
    await this.finishWhatStopped();
    for (const caseId of this.due(model, now)) recorded += await seizures.lookAtClock(caseId, now);
    return recorded;
  }

  /** Whoever tells a change goes on with it; one that stands where the step before saw it was left by a crash. */
  private async finishWhatStopped(): Promise<void> {
    const { model, seizures } = this.options;
    const now = new Map<string, number>();
    for (const { case_id, outstanding } of model.db.prepare(`SELECT case_id, outstanding FROM cases WHERE outstanding > 0 LIMIT ${CASES_MAX}`).all()) now.set(case_id as string, outstanding as number);
    for (const [caseId, left] of now) if (this.outstanding.get(caseId) === left) await seizures.finish(caseId);
    this.outstanding = now;
  }

  /** A threshold is crossed and not told; a lapse is over and not told; or a lapse was told that is still to come. */
  private due(model: ReadModelHost, now: Date): string[] {
    const due = new Set<string>();
    const add = (sql: string, ...values: readonly (string | number)[]): void => {
      for (const row of model.db.prepare(`${sql} LIMIT ${CASES_MAX}`).all(...values)) due.add(row['case_id'] as string);
    };
    const text = now.toISOString();
    add('SELECT DISTINCT case_id FROM cases WHERE restriction_lapses_at <= ?', text);
    for (const hours of this.options.warningHours) {
      add(
        `SELECT DISTINCT case_id FROM cases WHERE restriction_lapses_at > ? AND restriction_lapses_at <= ? AND NOT EXISTS (
           SELECT 1 FROM clocks WHERE clocks.case_id = cases.case_id AND event = 'warned' AND hours_before <= ? AND clocks.lapses_at = cases.restriction_lapses_at)`,
        text, new Date(now.getTime() + hours * HOUR_MS).toISOString(), hours,
      );
    }
    add(
      `SELECT DISTINCT case_id FROM clocks AS told WHERE event = 'lapsed' AND lapses_at > ? AND NOT EXISTS (
         SELECT 1 FROM clocks WHERE clocks.case_id = told.case_id AND clocks.fact_id = told.fact_id AND event = 'lapse-undone' AND position > told.position)`,
      text,
    );
    return [...due].slice(0, CASES_MAX);
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await this.step();
        this.failure = undefined;
      } catch (error) {
        this.failure = error;
        this.options.logger.warn({ err: error }, 'looking at restrictions failed and is repeated');
      }
      await sleep(STEP_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}
