import { Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { STREAM_PREFIXES, TOPICS } from '@qazyna/contracts';
import type { Clock } from '@qazyna/event-store';
import type { JurisdictionProfile } from '@qazyna/jurisdiction';
import { CLOCK, CONFIG, JURISDICTION, LOGGER, PublishersModule, ReadinessRegistry, readModelProvider, UpstreamSignaturesModule, type PlatformConfig, type PlatformParts, type ReadModelHost, type ServiceDefinition, type ServiceLogger } from '@qazyna/service-kit';
import { AcquisitionsModule } from './acquisitions/acquisitions.module.js';
import { CASES_READ_MODEL, SCREENING_READ_MODEL } from './read-model.token.js';
import { ListsService } from './screening/lists.service.js';
import { ScreeningConsumer } from './screening/screening.consumer.js';
import { ScreeningController } from './screening/screening.controller.js';
import { ScreeningList } from './screening/screening.query.js';
import { screeningReadModel } from './screening/screening.read-model.js';
import { ScreeningService } from './screening/screening.service.js';
import { ScreeningWorker } from './screening/screening.worker.js';
import { CaseFindingsController } from './seizures/case-findings.controller.js';
import { CasesController } from './seizures/cases.controller.js';
import { casesReadModel } from './seizures/cases.read-model.js';
import { RestrictionClock } from './seizures/restriction-clock.worker.js';
import { SeizureFactsConsumer } from './seizures/seizure-facts.consumer.js';
import { SeizureFactsController } from './seizures/seizure-facts.controller.js';
import { SeizuresService } from './seizures/seizures.service.js';

@Module({
  imports: [UpstreamSignaturesModule, PublishersModule, AcquisitionsModule],
  controllers: [SeizureFactsController, SeizureFactsConsumer, CasesController, CaseFindingsController, ScreeningController, ScreeningConsumer],
  providers: [
    SeizuresService,
    readModelProvider(CASES_READ_MODEL, casesReadModel),
    {
      provide: RestrictionClock,
      inject: [CASES_READ_MODEL, SeizuresService, CLOCK, JURISDICTION, LOGGER],
      useFactory: (model: ReadModelHost, seizures: SeizuresService, clock: Clock, profile: JurisdictionProfile, logger: ServiceLogger) =>
        new RestrictionClock({ model, seizures, clock, warningHours: profile.restrictionWarningHours, logger }),
    },
    readModelProvider(SCREENING_READ_MODEL, screeningReadModel),
    ListsService,
    ScreeningService,
    ScreeningList,
    {
      provide: ScreeningWorker,
      inject: [SCREENING_READ_MODEL, ListsService, ScreeningService, LOGGER],
      useFactory: (model: ReadModelHost, lists: ListsService, screening: ScreeningService, logger: PlatformParts['logger']) => new ScreeningWorker({ model, lists, screening, logger }),
    },
  ],
})
export class IntakeModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(CASES_READ_MODEL) private readonly model: ReadModelHost,
    @Inject(SCREENING_READ_MODEL) private readonly screened: ReadModelHost,
    @Inject(ScreeningWorker) private readonly screening: ScreeningWorker,
    @Inject(RestrictionClock) private readonly restrictions: RestrictionClock,
    @Inject(CONFIG) private readonly config: PlatformConfig,
    @Inject(ReadinessRegistry) private readonly readiness: ReadinessRegistry,
  ) {}

  onApplicationBootstrap(): void {
    this.readiness.register('intake read model', () => Promise.resolve(this.model.health()));
    this.model.start();
    this.readiness.register('restriction clock', () => Promise.resolve(this.restrictions.health()));
    this.restrictions.start();
    this.readiness.register('screening read model', () => Promise.resolve(this.screened.health()));
    this.screened.start();
    if (this.config.screening === 'off') return;
    this.readiness.register('screening', () => Promise.resolve(this.screening.health()));
    this.screening.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.screening.stop(), this.restrictions.stop()]);
    await Promise.all([this.model.close(), this.screened.close()]);
  }
}

export const INTAKE_SERVICE: ServiceDefinition = {
  name: 'intake',
  title: 'Qazyna intake',
  module: IntakeModule,
  topics: [
    { name: TOPICS.seizureFacts, partitions: 3 },
    { name: TOPICS.acquisitions, partitions: 3 },
    { name: TOPICS.intakeEvents, partitions: 3 },
    { name: TOPICS.custodyEvents, partitions: 3 },
    { name: TOPICS.deadLetters, partitions: 1 },
  ],
  relays: [{ topic: TOPICS.intakeEvents, streamPrefixes: STREAM_PREFIXES.intake }],
};
