import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@qazyna/event-store';
import type { ReadModelHost, ServiceLogger } from '@qazyna/service-kit';
import type { LicencesService } from './licences.service.js';

const PAUSE_MS = 1_000;
const BATCH_MAX = 100;

/**
 * Announces the ends of validity that the clock has passed. Nothing depends on when it does: after hours of standstill,
 * or a clock that jumped, it announces what is due, once; several processes may do it beside one another.
 */
export class LicenceClock {
  private stopping = new AbortController();
  private running: Promise<void> | undefined;
  private failure: unknown;

  constructor(
    private readonly model: ReadModelHost,
    private readonly licences: LicencesService,
    private readonly clock: Clock,
    private readonly logger: ServiceLogger,
  ) {}

  start(): void {
    this.running ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort(new Error('closing'));
    await this.running;
  }

  health(): { readonly ok: boolean; readonly detail?: string } {
    return this.failure === undefined ? { ok: true } : { ok: false, detail: 'announcing expiries failed and is repeated' };
  }

  /** @returns how many ends were announced */
  async step(): Promise<number> {
    if (!this.model.health().ok) return 0;
    const rows = this.model.db.prepare('SELECT licence_id AS licenceId FROM licences WHERE due_at <= ? ORDER BY due_at LIMIT ?').all(this.clock.now().toISOString(), BATCH_MAX);
    let announced = 0;
    for (const { licenceId } of rows) announced += await this.licences.expire(licenceId as string);
    return announced;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await this.step();
        this.failure = undefined;
      } catch (error) {
        if (signal.aborted) return;
        this.failure = error;
        this.logger.error({ err: error }, 'announcing expired licences failed and is repeated');
      }
      await sleep(PAUSE_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}
