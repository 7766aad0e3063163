import { Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ReadinessRegistry, readModelProvider, UpstreamSignaturesModule, type ReadModelHost } from '@qazyna/service-kit';
import { ACQUISITIONS_READ_MODEL } from '../read-model.token.js';
import { AcquisitionsConsumer } from './acquisitions.consumer.js';
import { AcquisitionsController } from './acquisitions.controller.js';
import { AcquisitionList } from './acquisitions.query.js';
import { acquisitionsReadModel } from './acquisitions.read-model.js';
import { AcquisitionsService } from './acquisitions.service.js';

@Module({
  imports: [UpstreamSignaturesModule],
  controllers: [AcquisitionsController, AcquisitionsConsumer],
  providers: [AcquisitionsService, AcquisitionList, readModelProvider(ACQUISITIONS_READ_MODEL, acquisitionsReadModel)],
})
export class AcquisitionsModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(ACQUISITIONS_READ_MODEL) private readonly model: ReadModelHost,
    @Inject(ReadinessRegistry) private readonly readiness: ReadinessRegistry,
  ) {}

  onApplicationBootstrap(): void {
    this.readiness.register('acquisitions read model', () => Promise.resolve(this.model.health()));
    this.model.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.model.close();
  }
}
