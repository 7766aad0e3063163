import { Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ReadinessRegistry } from '../health/readiness-registry.js';
import type { PlatformParts } from '../platform/parts.js';
import { CLOCK, CONFIG, EVENT_STORE, METRICS } from '../platform/tokens.js';
import type { ReadModelHost } from '../read-models/read-model-host.js';
import { readModelProvider } from '../read-models/read-model.provider.js';
import { PublisherDirectory } from './publisher-directory.js';
import { PublishersController } from './publishers.controller.js';
import { Publishers } from './publishers.service.js';
import { publishersReadModel } from './publishers.view.js';
import { UpstreamSignatures } from './upstream-signatures.js';

const PUBLISHERS_READ_MODEL = Symbol('qazyna.publishers-read-model');

/** What judges the signatures of upstream messages. Each service with a door for upstreams imports it. */
@Module({
  providers: [
    { provide: PublisherDirectory, inject: [EVENT_STORE], useFactory: (store: PlatformParts['store']) => new PublisherDirectory(store) },
    {
      provide: UpstreamSignatures,
      inject: [PublisherDirectory, CLOCK, CONFIG, METRICS],
      useFactory: (directory: PublisherDirectory, clock: PlatformParts['clock'], config: PlatformParts['config'], metrics: PlatformParts['metrics']) =>
        new UpstreamSignatures(directory, clock, config.upstreamSignatures, metrics.upstreamSignatures),
    },
  ],
  exports: [PublisherDirectory, UpstreamSignatures],
})
export class UpstreamSignaturesModule {}

/** The registry of publishers with its doors. One service of an installation imports it. */
@Module({
  imports: [UpstreamSignaturesModule],
  controllers: [PublishersController],
  providers: [
    readModelProvider(PUBLISHERS_READ_MODEL, publishersReadModel),
    {
      provide: Publishers,
      inject: [EVENT_STORE, PublisherDirectory, PUBLISHERS_READ_MODEL, CLOCK],
      useFactory: (store: PlatformParts['store'], directory: PublisherDirectory, model: ReadModelHost, clock: PlatformParts['clock']) => new Publishers(store, directory, model, clock),
    },
  ],
})
export class PublishersModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(PUBLISHERS_READ_MODEL) private readonly model: ReadModelHost,
    @Inject(ReadinessRegistry) private readonly readiness: ReadinessRegistry,
  ) {}

  onApplicationBootstrap(): void {
    this.readiness.register('publishers', () => Promise.resolve(this.model.health()));
    this.model.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.model.close();
  }
}
