import { Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { STREAM_PREFIXES, TOPICS } from '@qazyna/contracts';
import { PublishersModule, ReadinessRegistry, readModelProvider, UpstreamSignaturesModule, type ReadModelHost, type ServiceDefinition } from '@qazyna/service-kit';
import { CASES_READ_MODEL } from './read-model.token.js';
import { CasesController } from './seizures/cases.controller.js';
import { casesReadModel } from './seizures/cases.read-model.js';
import { SeizureFactsConsumer } from './seizures/seizure-facts.consumer.js';
import { SeizureFactsController } from './seizures/seizure-facts.controller.js';
import { SeizuresService } from './seizures/seizures.service.js';

@Module({
  imports: [UpstreamSignaturesModule, PublishersModule],
  controllers: [SeizureFactsController, SeizureFactsConsumer, CasesController],
  providers: [
    SeizuresService,
    readModelProvider(CASES_READ_MODEL, casesReadModel),
  ],
})
export class IntakeModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(CASES_READ_MODEL) private readonly model: ReadModelHost,
    @Inject(ReadinessRegistry) private readonly readiness: ReadinessRegistry,
  ) {}

  onApplicationBootstrap(): void {
    this.readiness.register('intake read model', () => Promise.resolve(this.model.health()));
    this.model.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.model.close();
  }
}

export const INTAKE_SERVICE: ServiceDefinition = {
  name: 'intake',
  title: 'Qazyna intake',
  module: IntakeModule,
  topics: [
    { name: TOPICS.seizureFacts, partitions: 3 },
    { name: TOPICS.intakeEvents, partitions: 3 },
    { name: TOPICS.deadLetters, partitions: 1 },
  ],
  relays: [{ topic: TOPICS.intakeEvents, streamPrefixes: STREAM_PREFIXES.intake }],
};
