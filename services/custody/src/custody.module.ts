import { Inject, Module, type DynamicModule, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { ChainSource } from '@qazyna/bitcoin';
import { STREAM_PREFIXES, TOPICS } from '@qazyna/contracts';
import { CLOCK, CONFIG, EVENT_STORE, LOGGER, METRICS, ReadinessRegistry, readModelProvider, type ReadModelHost, type PlatformParts, type ServiceDefinition } from '@qazyna/service-kit';
import { AlarmsController } from './alarms/alarms.controller.js';
import { CasesConsumer } from './cases/cases.consumer.js';
import { CasesService } from './cases/cases.service.js';
import { ClaimsConsumer } from './claims/claims.consumer.js';
import { ClaimsService } from './claims/claims.service.js';
import { MatchingWorker } from './claims/matching.worker.js';
import { journalFigures, watchCustody } from './custody.metrics.js';
import { custodyReadModel } from './custody.read-model.js';
import { CHAIN_SOURCE, CUSTODY_READ_MODEL, SANDBOX_CHAIN } from './custody.tokens.js';
import { openChainSource } from './deposits/chain.source.js';
import { ChainWorker } from './deposits/chain.worker.js';
import { DepositsController } from './deposits/deposits.controller.js';
import { DepositList } from './deposits/deposits.query.js';
import { DepositsService } from './deposits/deposits.service.js';
import { SandboxChainController } from './deposits/sandbox-chain.controller.js';
import { AccountsController } from './journal/accounts.controller.js';
import { AccountList } from './journal/accounts.query.js';
import { JournalController } from './journal/journal.controller.js';
import { JournalWriter } from './journal/journal.writer.js';
import { PostingWorker } from './journal/posting.worker.js';
import { SettlementWorker } from './settlement.worker.js';
import { VaultsController } from './vaults/vaults.controller.js';
import { VaultsQuery } from './vaults/vaults.query.js';
import { VaultsService } from './vaults/vaults.service.js';

type Config = PlatformParts['config'];
type Store = PlatformParts['store'];
type Logger = PlatformParts['logger'];
type Clock = PlatformParts['clock'];

@Module({
  controllers: [VaultsController, DepositsController, JournalController, AccountsController, AlarmsController, ClaimsConsumer, CasesConsumer],
  providers: [
    VaultsService,
    VaultsQuery,
    DepositsService,
    DepositList,
    ClaimsService,
    CasesService,
    AccountList,
    { provide: CHAIN_SOURCE, inject: [CONFIG], useFactory: openChainSource },
    readModelProvider(CUSTODY_READ_MODEL, custodyReadModel),
    {
      provide: JournalWriter,
      inject: [EVENT_STORE, CLOCK, METRICS],
      useFactory: (store: Store, clock: Clock, metrics: PlatformParts['metrics']) => new JournalWriter({ store, clock, ...journalFigures(metrics) }),
    },
    {
      provide: ChainWorker,
      inject: [EVENT_STORE, CHAIN_SOURCE, CUSTODY_READ_MODEL, VaultsService, DepositsService, LOGGER, CONFIG],
      useFactory: (store: Store, source: ChainSource, model: ReadModelHost, vaults: VaultsService, deposits: DepositsService, logger: Logger, config: Config) =>
        new ChainWorker({ store, source, model, vaults, deposits, logger, confirmations: config.confirmations }),
    },
    {
      provide: MatchingWorker,
      inject: [CUSTODY_READ_MODEL, ClaimsService, DepositsService],
      useFactory: (model: ReadModelHost, claims: ClaimsService, deposits: DepositsService) => new MatchingWorker(model, claims, deposits),
    },
    {
      provide: PostingWorker,
      inject: [CUSTODY_READ_MODEL, VaultsService, JournalWriter, CLOCK, LOGGER],
      useFactory: (model: ReadModelHost, { directory }: VaultsService, journal: JournalWriter, clock: Clock, logger: Logger) => new PostingWorker(model, directory, journal, clock, logger),
    },
    {
      provide: SettlementWorker,
      inject: [CUSTODY_READ_MODEL, MatchingWorker, PostingWorker, LOGGER],
      useFactory: (model: ReadModelHost, matching: MatchingWorker, posting: PostingWorker, logger: Logger) => new SettlementWorker(model, matching, posting, logger),
    },
  ],
})
export class CustodyModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(CUSTODY_READ_MODEL) private readonly model: ReadModelHost,
    @Inject(CHAIN_SOURCE) private readonly source: ChainSource,
    @Inject(VaultsService) private readonly vaults: VaultsService,
    @Inject(JournalWriter) private readonly journal: JournalWriter,
    @Inject(ChainWorker) private readonly chain: ChainWorker,
    @Inject(PostingWorker) private readonly posting: PostingWorker,
    @Inject(SettlementWorker) private readonly settlement: SettlementWorker,
    @Inject(ReadinessRegistry) private readonly readiness: ReadinessRegistry,
    @Inject(METRICS) private readonly metrics: PlatformParts['metrics'],
  ) {}

  /** The journal and the directory are read before the first block: nothing is posted or missed on half a memory. */
  async onApplicationBootstrap(): Promise<void> {
    this.readiness.register('custody read model', () => Promise.resolve(this.model.health()));
    this.readiness.register('journal writer', () => Promise.resolve(this.journal.health()));
    this.readiness.register('chain follower', (signal) => this.chain.health(signal));
    this.readiness.register('settlement', () => Promise.resolve(this.settlement.health()));
    watchCustody(this.metrics, { model: this.model, chain: this.chain, posting: this.posting, journal: this.journal });
    await Promise.all([this.vaults.load(), this.journal.start()]);
    this.model.start();
    this.chain.start();
    this.settlement.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.chain.stop(), this.settlement.stop()]);
    await this.journal.close();
    await this.model.close();
    await this.source.close();
  }
}

/** The sandbox's doors exist only where the sandbox chain does. */
export const custodyModule = ({ config }: Pick<PlatformParts, 'config'>): DynamicModule =>
  config.mode !== 'sandbox' || config.bitcoinRpcUrl !== undefined
    ? { module: CustodyModule }
    : { module: CustodyModule, controllers: [SandboxChainController], providers: [{ provide: SANDBOX_CHAIN, useExisting: CHAIN_SOURCE }] };

export const CUSTODY_SERVICE: ServiceDefinition = {
  name: 'custody',
  title: 'Qazyna custody',
  module: custodyModule,
  usesChain: true,
  topics: [
    { name: TOPICS.miningEvents, partitions: 3 },
    { name: TOPICS.intakeEvents, partitions: 3 },
    { name: TOPICS.custodyEvents, partitions: 3 },
    { name: TOPICS.deadLetters, partitions: 1 },
  ],
  relays: [{ topic: TOPICS.custodyEvents, streamPrefixes: STREAM_PREFIXES.custody }],
};
