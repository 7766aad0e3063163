import { Module, type OnApplicationBootstrap, type OnApplicationShutdown, Inject } from '@nestjs/common';
import { STREAM_PREFIXES, TOPICS } from '@qazyna/contracts';
import { ReadinessRegistry, readModelProvider, UpstreamSignaturesModule, type ReadModelHost, type ServiceDefinition } from '@qazyna/service-kit';
import { LicencesController } from './licences/licences.controller.js';
import { LicencesService } from './licences/licences.service.js';
import { PayoutList } from './payouts/payouts.query.js';
import { PayoutsConsumer } from './payouts/payouts.consumer.js';
import { PayoutsController } from './payouts/payouts.controller.js';
import { PayoutsService } from './payouts/payouts.service.js';
import { PollsController } from './polls/polls.controller.js';
import { PollsWorker } from './polls/polls.worker.js';
import { PoolAccountsController } from './pools/pool-accounts.controller.js';
import { PoolAccountsService } from './pools/pool-accounts.service.js';
import { StatementsController } from './pools/statements.controller.js';
import { StatementArchive } from './pools/statement-archive.service.js';
import { StatementRows } from './pools/statement-rows.service.js';
import { StatementList } from './pools/statements.query.js';
import { statementsReadModel } from './pools/statements.read-model.js';
import { StatutoryEntriesController } from './pools/statutory-entries.controller.js';
import { StatutoryEntryList } from './pools/statutory-entries.query.js';
import { StatementsService } from './pools/statements.service.js';
import { miningReadModel } from './payouts/payouts.read-model.js';
import { MINING_READ_MODEL, STATEMENTS_READ_MODEL } from './read-model.token.js';

@Module({
  imports: [UpstreamSignaturesModule],
  controllers: [LicencesController, PoolAccountsController, StatementsController, PollsController, StatutoryEntriesController, PayoutsController, PayoutsConsumer],
  providers: [
    LicencesService,
    PoolAccountsService,
    StatementArchive,
    StatementRows,
    StatementList,
    StatutoryEntryList,
    StatementsService,
    PollsWorker,
    PayoutsService,
    PayoutList,
    readModelProvider(MINING_READ_MODEL, miningReadModel),
    readModelProvider(STATEMENTS_READ_MODEL, statementsReadModel),
  ],
})
export class MiningIngestModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(MINING_READ_MODEL) private readonly model: ReadModelHost,
    @Inject(STATEMENTS_READ_MODEL) private readonly statements: ReadModelHost,
    @Inject(ReadinessRegistry) private readonly readiness: ReadinessRegistry,
  ) {}

  onApplicationBootstrap(): void {
    this.readiness.register('mining-ingest read model', () => Promise.resolve(this.model.health()));
    this.model.start();
    this.readiness.register('mining-statements read model', () => Promise.resolve(this.statements.health()));
    this.statements.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.model.close(), this.statements.close()]);
  }
}

export const MINING_INGEST_SERVICE: ServiceDefinition = {
  name: 'mining-ingest',
  title: 'Qazyna mining-ingest',
  module: MiningIngestModule,
  topics: [
    { name: TOPICS.miningPayouts, partitions: 3 },
    { name: TOPICS.miningEvents, partitions: 3 },
    { name: TOPICS.deadLetters, partitions: 1 },
  ],
  relays: [{ topic: TOPICS.miningEvents, streamPrefixes: STREAM_PREFIXES.mining }],
};
