import type { ReadModelHost, ServiceLogger } from '@qazyna/service-kit';
import type { MatchingWorker } from './claims/matching.worker.js';
import { pause } from './deposits/chain.worker.js';
import type { PostingWorker } from './journal/posting.worker.js';

const IDLE_MS = 20;
const RETRY_MS = 1_000;

/** Drives claims to their outputs and deposits into the journal: one loop, one step after the other. */
export class SettlementWorker {
  private stopping = new AbortController();
  private running: Promise<void> | undefined;
  private failure: unknown;

  constructor(
    private readonly model: ReadModelHost,
    private readonly matching: MatchingWorker,
    private readonly posting: PostingWorker,
    private readonly logger: ServiceLogger,
  ) {}

  /** Also again, after it was stopped. */
  start(): void {
    if (this.running !== undefined) return;
    this.stopping = new AbortController();
    this.posting.begin();
    this.running = this.run();
  }

  /** Finishes the step in hand. */
  async stop(): Promise<void> {
    this.stopping.abort(new Error('closing'));
    await this.running;
    this.running = undefined;
    this.failure = undefined;
  }

  health(): { readonly ok: boolean; readonly detail?: string } {
    if (this.failure !== undefined) return { ok: false, detail: 'a step failed and is repeated' };
    const refused = this.posting.refused.length;
    return refused === 0 ? { ok: true } : { ok: true, detail: `${refused} entries refused by the ledger` };
  }

  /** A view that is being rebuilt shows the past, and would make work of what was done long ago. */
  private async step(): Promise<number> {
    return this.model.health().ok ? (await this.matching.step()) + (await this.posting.step()) : 0;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        const done = await this.step();
        this.failure = undefined;
        await pause(done > 0 ? 0 : IDLE_MS, signal);
      } catch (error) {
        if (signal.aborted) return;
        this.failure = error;
        this.logger.error({ err: error }, 'settling failed and is repeated');
        await pause(RETRY_MS, signal);
      }
    }
  }
}
