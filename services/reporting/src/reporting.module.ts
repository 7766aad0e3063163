import { Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CLOCK, CONFIG, EVENT_STORE, LOGGER, METRICS, ReadinessRegistry, ReadModelHost, type PlatformParts, type ServiceDefinition } from '@qazyna/service-kit';
import { ConflictsController } from './conflicts/conflicts.controller.js';
import { HoldingsController } from './holdings/holdings.controller.js';
import { HoldingsQuery } from './holdings/holdings.query.js';
import { PortalController } from './portal/portal.controller.js';
import { reportingReadModel } from './projections/reporting.read-model.js';
import { REPORTING_READ_MODEL } from './read-model.token.js';
import { watchReporting } from './reporting.metrics.js';
import { TraceController } from './trace/trace.controller.js';
import { TraceQuery } from './trace/trace.query.js';

@Module({
  controllers: [HoldingsController, TraceController, ConflictsController, PortalController],
  providers: [
    HoldingsQuery,
    TraceQuery,
    {
      provide: REPORTING_READ_MODEL,
      inject: [CONFIG, EVENT_STORE, LOGGER, CLOCK],
      useFactory: (config: PlatformParts['config'], store: PlatformParts['store'], logger: PlatformParts['logger'], clock: PlatformParts['clock']) =>
        ReadModelHost.open(reportingReadModel, { dataDir: config.dataDir, store, logger, clock }),
    },
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

/** Reads the event store directly: it needs no topic, and publishes none. */
export const REPORTING_SERVICE: ServiceDefinition = { name: 'reporting', title: 'Qazyna reporting', module: ReportingModule, topics: [], relays: [] };
