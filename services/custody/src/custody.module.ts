import { Inject, Module, type DynamicModule, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { ChainSource } from '@qazyna/bitcoin';
import { STREAM_PREFIXES, TOPICS } from '@qazyna/contracts';
import { CLOCK, CONFIG, EVENT_STORE, IDS, LOGGER, METRICS, ReadinessRegistry, readModelProvider, type ComponentState, type PlatformParts, type ReadModelHost, type ServiceDefinition } from '@qazyna/service-kit';
import { AlarmsController } from './alarms/alarms.controller.js';
import { CasesConsumer } from './cases/cases.consumer.js';
import { CasesService } from './cases/cases.service.js';
import { ClaimsConsumer } from './claims/claims.consumer.js';
import { ClaimsService } from './claims/claims.service.js';
import { MatchingWorker } from './claims/matching.worker.js';
import { journalFigures, watchCustody } from './custody.metrics.js';
import { custodyReadModel } from './custody.read-model.js';
import { CHAIN_SOURCE, CUSTODY_READ_MODEL, LEADER_STORE, LEADERSHIP, SANDBOX_CHAIN } from './custody.tokens.js';
import { openChainSource } from './deposits/chain.source.js';
import { ChainWorker } from './deposits/chain.worker.js';
import { DepositsController } from './deposits/deposits.controller.js';
import { DepositList } from './deposits/deposits.query.js';
import { DepositsService } from './deposits/deposits.service.js';
import { SandboxChainController } from './deposits/sandbox-chain.controller.js';
import { AccountsController } from './journal/accounts.controller.js';
import { AccountList } from './journal/accounts.query.js';
import { JournalController } from './journal/journal.controller.js';
import { JournalSnapshots } from './journal/journal-snapshot.store.js';
import { JournalWriter } from './journal/journal.writer.js';
import { PostingWorker } from './journal/posting.worker.js';
import { CustodyDuties } from './leadership/custody-duties.worker.js';
import { FencedStore } from './leadership/fenced.store.js';
import { LeadershipController } from './leadership/leadership.controller.js';
import { openLeadership, type HeldLeadership } from './leadership/lease.store.js';
import { ScreeningConsumer } from './screening/screening.consumer.js';
import { ScreeningNotes } from './screening/screening.service.js';
import { SettlementWorker } from './settlement.worker.js';
import { VaultsController } from './vaults/vaults.controller.js';
import { VaultsQuery } from './vaults/vaults.query.js';
import { VaultsService } from './vaults/vaults.service.js';

type Config = PlatformParts['config'];
type Store = PlatformParts['store'];
type Logger = PlatformParts['logger'];
type Clock = PlatformParts['clock'];

/** How long a start waits to know whether it leads; a store that is away is waited for behind it. */
const DECIDED_MS_MAX = 10_000;

@Module({
  controllers: [VaultsController, DepositsController, JournalController, AccountsController, AlarmsController, LeadershipController, ClaimsConsumer, CasesConsumer, ScreeningConsumer],
  providers: [
    VaultsService,
    VaultsQuery,
    DepositsService,
    DepositList,
    ClaimsService,
    CasesService,
    ScreeningNotes,
    AccountList,
    { provide: LEADERSHIP, inject: [CONFIG, IDS, LOGGER], useFactory: openLeadership },
    { provide: LEADER_STORE, inject: [EVENT_STORE, LEADERSHIP], useFactory: (store: Store, leadership: HeldLeadership) => new FencedStore(store, leadership) },
    { provide: CHAIN_SOURCE, inject: [CONFIG], useFactory: openChainSource },
    readModelProvider(CUSTODY_READ_MODEL, custodyReadModel),
    {
      provide: JournalWriter,
      inject: [LEADER_STORE, CLOCK, METRICS, CONFIG, LOGGER],
      useFactory: (store: Store, clock: Clock, metrics: PlatformParts['metrics'], { dataDir }: Config, logger: Logger) =>
        new JournalWriter({
          store,
          clock,
          snapshots: new JournalSnapshots(dataDir),
          onSnapshotLost: (err) => logger.warn({ err }, 'a snapshot of the journal is of no use: the journal itself is read'),
          ...journalFigures(metrics),
        }),
    },
    {
      provide: ChainWorker,
      inject: [LEADER_STORE, CHAIN_SOURCE, CUSTODY_READ_MODEL, VaultsService, DepositsService, LOGGER, CONFIG],
      useFactory: (store: Store, source: ChainSource, model: ReadModelHost, vaults: VaultsService, deposits: DepositsService, logger: Logger, config: Config) =>
        new ChainWorker({ store, source, model, vaults, deposits, logger, confirmations: config.confirmations, screens: config.screening !== 'off' }),
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
    @Inject(LEADERSHIP) private readonly leadership: HeldLeadership,
  ) {}

  /** The journal and the directory are read before the first block: nothing is posted or missed on half a memory. */
  async onApplicationBootstrap(): Promise<void> {
    const { model, vaults, journal, chain, posting, settlement, leadership, readiness } = this;
    const leading = async (own: () => ComponentState | Promise<ComponentState>): Promise<ComponentState> => (leadership.standing.role === 'standby' ? { ok: true, detail: 'standby' } : own());
    readiness.register('custody read model', () => Promise.resolve(model.health()));
    readiness.register('leadership', () => Promise.resolve(describeStanding(leadership)));
    readiness.register('journal writer', () => leading(() => journal.health()));
    readiness.register('chain follower', (signal) => leading(() => chain.health(signal)));
    readiness.register('settlement', () => leading(() => settlement.health()));
    watchCustody(this.metrics, { model, chain, posting, journal, leadership });
    await Promise.all([vaults.load(), journal.start()]);
    model.start();
    await leadership.start(new CustodyDuties({ model, vaults, journal, chain, settlement }), DECIDED_MS_MAX);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.leadership.stop();
    await this.journal.close();
    await this.model.close();
    await this.source.close();
  }
}

function describeStanding({ standing: { role, term }, ready }: HeldLeadership): ComponentState {
  if (role === 'leader') return ready ? { ok: true, detail: term === undefined ? 'leader' : `leader, term ${term}` } : { ok: false, detail: 'the lease ran out and is being renewed' };
  return role === 'standby' ? { ok: true, detail: `standby, term ${term ?? 0} is another instance's` } : { ok: false, detail: 'taking over, or looking for the leader' };
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
