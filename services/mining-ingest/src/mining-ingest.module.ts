import { Module, type OnApplicationBootstrap, type OnApplicationShutdown, Inject } from '@nestjs/common';
import { STREAM_PREFIXES, TOPICS } from '@qazyna/contracts';
import { CLOCK, LOGGER, ReadinessRegistry, readModelProvider, UpstreamSignaturesModule, type ReadModelHost, type ServiceDefinition, type ServiceLogger } from '@qazyna/service-kit';
import type { Clock } from '@qazyna/event-store';
import { EARNINGS_REPORTER } from './earnings-reporter.token.js';
import { EarningsConsumer } from './earnings/earnings.consumer.js';
import { EarningsController } from './earnings/earnings.controller.js';
import { earningsReadModel } from './earnings/earnings.read-model.js';
import { EarningsList } from './earnings/earnings.query.js';
import { EarningsService } from './earnings/earnings.service.js';
import { EnergyController } from './energy/energy.controller.js';
import { EnergyList } from './energy/energy.query.js';
import { EnergyService } from './energy/energy.service.js';
import { QuotaConsumer } from './energy/quota.consumer.js';
import { QuotaNotes } from './energy/quota-notes.service.js';
import { FarmsController } from './farms/farms.controller.js';
import { FarmList } from './farms/farms.query.js';
import { FarmsService } from './farms/farms.service.js';
import { LicenceClock } from './licences/licence-clock.worker.js';
import { LicencesController } from './licences/licences.controller.js';
import { LicencesService } from './licences/licences.service.js';
import { LicenceList } from './licences/licences.query.js';
import { RegulatorConsumer } from './licences/regulator.consumer.js';
import { registersReadModel } from './licences/registers.read-model.js';
import { PayoutDoubts } from './payouts/payout-doubts.query.js';
import { AmountHistories } from './payouts/amount-history.query.js';
import { PayoutList } from './payouts/payouts.query.js';
import { PayoutsConsumer } from './payouts/payouts.consumer.js';
import { PayoutsController } from './payouts/payouts.controller.js';
import { PayoutsService } from './payouts/payouts.service.js';
import { ChainDays } from './plausibility/chain-days.query.js';
import { ChainDaysService } from './plausibility/chain-days.service.js';
import { PlausibilityController } from './plausibility/plausibility.controller.js';
import { PlausibilityWorker } from './plausibility/plausibility.worker.js';
import { PollsController } from './polls/polls.controller.js';
import { PollsWorker } from './polls/polls.worker.js';
import { PoolAccountsController } from './pools/pool-accounts.controller.js';
import { PoolAccountList } from './pools/pool-accounts.query.js';
import { PoolAccountsService } from './pools/pool-accounts.service.js';
import { StatementsController } from './pools/statements.controller.js';
import { StatementArchive } from './pools/statement-archive.service.js';
import { StatementRows } from './pools/statement-rows.service.js';
import { StatementList } from './pools/statements.query.js';
import { statementsReadModel } from './pools/statements.read-model.js';
import { StatutoryEntriesController } from './pools/statutory-entries.controller.js';
import { StatutoryEntryList } from './pools/statutory-entries.query.js';
import { StatementsService } from './pools/statements.service.js';
import { ReconciliationController } from './reconciliation/reconciliation.controller.js';
import { Reconciliation } from './reconciliation/reconciliation.query.js';
import { miningReadModel } from './payouts/payouts.read-model.js';
import { EARNINGS_READ_MODEL, MINING_READ_MODEL, REGISTERS_READ_MODEL, STATEMENTS_READ_MODEL } from './read-model.token.js';

@Module({
  imports: [UpstreamSignaturesModule],
  controllers: [LicencesController, FarmsController, EnergyController, RegulatorConsumer, QuotaConsumer, PoolAccountsController, StatementsController, PollsController, StatutoryEntriesController, EarningsController, EarningsConsumer, PlausibilityController, ReconciliationController, PayoutsController, PayoutsConsumer],
  providers: [
    LicencesService,
    LicenceList,
    FarmsService,
    FarmList,
    EnergyService,
    EnergyList,
    QuotaNotes,
    PoolAccountsService,
    PoolAccountList,
    StatementArchive,
    StatementRows,
    StatementList,
    StatutoryEntryList,
    StatementsService,
    EarningsService,
    EarningsList,
    { provide: EARNINGS_REPORTER, useExisting: EarningsService },
    ChainDays,
    ChainDaysService,
    PlausibilityWorker,
    Reconciliation,
    PollsWorker,
    AmountHistories,
    PayoutsService,
    PayoutList,
    PayoutDoubts,
    readModelProvider(MINING_READ_MODEL, miningReadModel),
    readModelProvider(STATEMENTS_READ_MODEL, statementsReadModel),
    readModelProvider(EARNINGS_READ_MODEL, earningsReadModel),
    readModelProvider(REGISTERS_READ_MODEL, registersReadModel),
    {
      provide: LicenceClock,
      inject: [REGISTERS_READ_MODEL, LicencesService, CLOCK, LOGGER],
      useFactory: (model: ReadModelHost, licences: LicencesService, clock: Clock, logger: ServiceLogger) => new LicenceClock(model, licences, clock, logger),
    },
  ],
})
export class MiningIngestModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(MINING_READ_MODEL) private readonly model: ReadModelHost,
    @Inject(STATEMENTS_READ_MODEL) private readonly statements: ReadModelHost,
    @Inject(EARNINGS_READ_MODEL) private readonly earnings: ReadModelHost,
    @Inject(REGISTERS_READ_MODEL) private readonly registers: ReadModelHost,
    @Inject(LicenceClock) private readonly licenceClock: LicenceClock,
    @Inject(ReadinessRegistry) private readonly readiness: ReadinessRegistry,
  ) {}

  onApplicationBootstrap(): void {
    this.readiness.register('mining-ingest read model', () => Promise.resolve(this.model.health()));
    this.model.start();
    this.readiness.register('mining-statements read model', () => Promise.resolve(this.statements.health()));
    this.statements.start();
    this.readiness.register('mining-earnings read model', () => Promise.resolve(this.earnings.health()));
    this.earnings.start();
    this.readiness.register('mining-registers read model', () => Promise.resolve(this.registers.health()));
    this.registers.start();
    this.readiness.register('licence clock', () => Promise.resolve(this.licenceClock.health()));
    this.licenceClock.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.licenceClock.stop();
    await Promise.all([this.model.close(), this.statements.close(), this.registers.close(), this.earnings.close()]);
  }
}

export const MINING_INGEST_SERVICE: ServiceDefinition = {
  name: 'mining-ingest',
  title: 'Qazyna mining-ingest',
  module: MiningIngestModule,
  topics: [
    { name: TOPICS.miningPayouts, partitions: 3 },
    { name: TOPICS.miningEarnings, partitions: 3 },
    { name: TOPICS.regulatorMessages, partitions: 3 },
    { name: TOPICS.miningEvents, partitions: 3 },
    { name: TOPICS.deadLetters, partitions: 1 },
  ],
  relays: [{ topic: TOPICS.miningEvents, streamPrefixes: STREAM_PREFIXES.mining }],
};
