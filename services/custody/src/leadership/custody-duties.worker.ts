import type { ReadModelHost } from '@qazyna/service-kit';
import type { ChainWorker } from '../deposits/chain.worker.js';
import type { JournalWriter } from '../journal/journal.writer.js';
import type { SettlementWorker } from '../settlement.worker.js';
import type { VaultsService } from '../vaults/vaults.service.js';
import type { Duties } from './leadership.worker.js';

const MODEL_PATIENCE_MS = 30_000;

export interface CustodyParts {
  readonly model: ReadModelHost;
  readonly vaults: VaultsService;
  readonly journal: JournalWriter;
  readonly chain: ChainWorker;
  readonly settlement: SettlementWorker;
}

/** Custody's work that only one process may do. */
export class CustodyDuties implements Duties {
  constructor(private readonly parts: CustodyParts) {}

  /** What the leader before has recorded is read to its end first: work done by it must not be taken for work to do. */
  async begin(): Promise<void> {
    const { chain, settlement } = this.parts;
    await this.watch();
    await this.modelShowsAll();
    chain.start();
    settlement.start();
  }

  async end(): Promise<void> {
    await Promise.all([this.parts.chain.stop(), this.parts.settlement.stop()]);
  }

  async watch(): Promise<void> {
    await Promise.all([this.parts.vaults.load(), this.parts.journal.catchUp()]);
  }

  /** A view that is catching up anyway is not waited for: settling begins when it has, and the chain waits by itself. */
  private async modelShowsAll(): Promise<void> {
    const { model } = this.parts;
    if (model.health().ok) await model.showsAll(MODEL_PATIENCE_MS);
  }
}
