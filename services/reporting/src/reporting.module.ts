import { Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { STREAM_PREFIXES, TOPICS } from '@qazyna/contracts';
import { DeadLettersModule, METRICS, ReadinessRegistry, readModelProvider, type ReadModelHost, type PlatformParts, type ServiceDefinition } from '@qazyna/service-kit';
import { ConflictsController } from './conflicts/conflicts.controller.js';
import { HoldingsController } from './holdings/holdings.controller.js';
import { HoldingsQuery } from './holdings/holdings.query.js';
import { PastHoldingsQuery } from './holdings/past-holdings.query.js';
import { PortalController } from './portal/portal.controller.js';
import { reportingReadModel } from './projections/reporting.read-model.js';
import { REPORTING_READ_MODEL } from './read-model.token.js';
import { watchReporting } from './reporting.metrics.js';
import { TraceController } from './trace/trace.controller.js';
import { TraceQuery } from './trace/trace.query.js';

@Module({
  imports: [DeadLettersModule],
  controllers: [HoldingsController, TraceController, ConflictsController, PortalController],
  providers: [
    HoldingsQuery,
    PastHoldingsQuery,
    TraceQuery,
    readModelProvider(REPORTING_READ_MODEL, reportingReadModel),
  ],
})
export class ReportingModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(REPORTING_READ_MODEL) private readonly model: ReadModelHost,
    @Inject(ReadinessRegistry) private readonly readiness: ReadinessRegistry,
    @Inject(METRICS) private readonly metrics: PlatformParts['metrics'],
    @Inject(HoldingsQuery) private readonly holdings: HoldingsQuery,
  ) {}

  onApplicationBootstrap(): void {
    this.readiness.register('reporting read model', () => Promise.resolve(this.model.health()));
    watchReporting(this.metrics, this.model, this.holdings);
    this.model.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.model.close();
  }
}

/** Reads the event store directly; of the bus it needs only what the register of dead letters does. */
export const REPORTING_SERVICE: ServiceDefinition = {
  name: 'reporting',
  title: 'Qazyna reporting',
  module: ReportingModule,
  topics: [{ name: TOPICS.operationsEvents, partitions: 1 }],
  relays: [{ topic: TOPICS.operationsEvents, streamPrefixes: STREAM_PREFIXES.operations }],
};
