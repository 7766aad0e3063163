import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteEventStore, systemClock, type Clock, type EventStore } from '@qazyna/event-store';
import { createLogger, ReadModelHost, type PlatformConfig } from '@qazyna/service-kit';
import type { Holdings } from '../holdings/holdings.js';
import { HoldingsQuery } from '../holdings/holdings.query.js';
import { PastHoldingsQuery } from '../holdings/past-holdings.query.js';
import { reportingReadModel } from '../projections/reporting.read-model.js';
import { TraceQuery } from '../trace/trace.query.js';
import { record, type ToldEvent } from './told-story.js';

/** Reporting without HTTP: a log in memory, the real read model in a folder of its own, and its queries. */
export class ShownStory {
  readonly store: EventStore;
  private readonly dataDir = mkdtempSync(join(tmpdir(), 'qazyna-reporting-'));
  private readonly revisions = new Map<string, bigint>();
  private host: ReadModelHost | undefined;
  private pastQuery: PastHoldingsQuery | undefined;

  constructor(private readonly clock: Clock = systemClock) {
    this.store = SqliteEventStore.open({ file: ':memory:', clock });
  }

  get model(): ReadModelHost {
    return (this.host ??= ReadModelHost.open(reportingReadModel, {
      dataDir: this.dataDir, store: this.store, logger: createLogger({ service: 'spec', level: 'silent', pretty: false }), clock: this.clock,
    }));
  }

  get holdings(): HoldingsQuery {
    return new HoldingsQuery(this.model, { bitcoinNetwork: 'regtest' } as PlatformConfig);
  }

  get past(): PastHoldingsQuery {
    return (this.pastQuery ??= new PastHoldingsQuery(this.model, this.clock, { bitcoinNetwork: 'regtest' } as PlatformConfig));
  }

  get traces(): TraceQuery {
    return new TraceQuery(this.model, this.holdings);
  }

  /** Records events, and waits until the read model shows them. */
  async tell(events: readonly ToldEvent[]): Promise<Holdings> {
    await record(this.store, events, this.revisions);
    return this.shown();
  }

  async shown(): Promise<Holdings> {
    this.model.start();
    await this.model.showsAll(5000);
    return this.holdings.current();
  }

  /** As after a restart of the service: the file stays. */
  async closeModel(): Promise<void> {
    await this.host?.close();
    this.host = undefined;
    this.pastQuery = undefined;
  }

  async remove(): Promise<void> {
    await this.closeModel();
    await this.store.close();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
