import { CHAIN_SOURCE, CUSTODY_SERVICE, custodyModule } from '@qazyna/custody';
import { INTAKE_SERVICE } from '@qazyna/intake';
import { MINING_INGEST_SERVICE } from '@qazyna/mining-ingest';
import { REPORTING_SERVICE } from '@qazyna/reporting';
import { createLogger, type PlatformParts, type ServiceDefinition } from '@qazyna/service-kit';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Chance } from './engine/chance.js';
import { Faults, weatherOf } from './engine/faults.js';
import { enterWorld, leaveWorld } from './engine/takeover.js';
import { VirtualTime } from './engine/virtual-time.js';
import { databasesSuffer } from './nodes/databases.js';
import { ServiceNode } from './nodes/service-node.js';
import { judge } from './oracle/judge.js';
import type { Finding } from './oracle/testimony.js';
import { acquisitionsAtWork, ACQUISITIONS_TOPIC } from './workload/acquisitions.js';
import { agenciesAtWork } from './workload/agencies.js';
import { caseOfMany } from './workload/case-of-many.js';
import { ChainLife } from './workload/chain-life.js';
import { Client } from './workload/client.js';
import { blunders } from './workload/flawed.js';
import { complianceAtWork } from './workload/compliance.js';
import { signersAtWork } from './workload/signers.js';
import { chainAtWork, machinesAtWork } from './workload/disturbances.js';
import { FACTS_TOPIC, PAYOUTS_TOPIC } from './workload/messages.js';
import { EARNINGS_TOPIC, poolDays } from './workload/pool-days.js';
import { poolsAtWork } from './workload/pools.js';
import { lateAddresses, register } from './workload/registers.js';
import type { Stage } from './workload/stage.js';
import { walletChanges } from './workload/wallets.js';
import { EventLog } from './world/event-log.js';
import { everySource } from './world/every-source.js';
import { Blockchain, SimulatedChain } from './world/simulated-chain.js';
import { Topics } from './world/topics.js';
import { takeTestimony, unrest } from './witness.js';

export interface SeedResult {
  readonly seed: number;
  readonly findings: readonly Finding[];
  readonly trace: readonly string[];
  /** `command: outcome` → how often. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Kinds of faults that took place. */
  readonly faults: Readonly<Record<string, number>>;
  readonly events: number;
  readonly steps: number;
  readonly virtualMs: number;
}

/** Where a machine has files that no disk waits for: crashes are simulated, so nothing need outlive this process. */
const IN_MEMORY = '/dev/shm';
const START_MS = Date.UTC(2026, 2, 1);
const CONFIRMATIONS = 3;
/** Most virtual time for the work, and after it for everything to come to rest. */
const WORK_MS_MAX = 120_000;
/** After so long nothing new goes wrong, so that a rough seed comes to an end too. */
const ROUGH_MS_MAX = 12_000;
const REST_MS_MAX = 240_000;
/** Longer than any decision lies in the future: a clock that ran ahead may have booked it early, one that is right must have by then. */
const REST_MS_MIN = 4_000;

/** Plays one seed from the first start to the oracle's verdict. The same seed gives the same trace, byte for byte. */
export async function simulate(seed: number, options: { readonly keepTrace: boolean }): Promise<SeedResult> {
  const time = new VirtualTime(START_MS);
  const chance = new Chance(seed);
  const trace: string[] = [];
  const note = (line: () => string): void => {
    if (options.keepTrace) trace.push(`${time.elapsedMs.toFixed(3).padStart(11)} ${line()}`);
  };
  const faults = new Faults(time, chance.branch('faults'), weatherOf(chance.branch('weather')), note);
  const folder = mkdtempSync(join(existsSync(IN_MEMORY) ? IN_MEMORY : tmpdir(), 'qazyna-simulation-'));
  enterWorld({ time, ids: chance.branch('ids') });
  databasesSuffer(faults);
  try {
    return await new Play(seed, time, chance, faults, folder).run(trace);
  } finally {
    databasesSuffer(undefined);
    leaveWorld();
    rmSync(folder, { recursive: true, force: true });
  }
}

class Play {
  private readonly log: EventLog;
  private readonly topics: Topics;
  private readonly blockchain: Blockchain;
  private readonly client: Client;
  private readonly stage: Stage;
  private readonly nodes: readonly ServiceNode[];
  private addresses: readonly string[] = [];

  constructor(
    private readonly seed: number,
    private readonly time: VirtualTime,
    chance: Chance,
    private readonly faults: Faults,
    folder: string,
  ) {
    const nowMs = (): number => Math.floor(time.nowMs);
    this.log = new EventLog(nowMs);
    this.topics = new Topics(nowMs);
    // Upstreams publish whether anybody has come up to read or not.
    this.topics.ensure([FACTS_TOPIC, PAYOUTS_TOPIC, ACQUISITIONS_TOPIC, EARNINGS_TOPIC].map((name) => ({ name, partitions: 3 })));
    this.blockchain = new Blockchain(nowMs);
    this.client = new Client(faults, chance.branch('client'), this.log, this.topics);
    const screened = chance.branch('screening').happens(0.3);
    const logger = createLogger({ service: 'simulation', level: 'silent', pretty: false });
    const around = { faults, log: this.log, topics: this.topics, ids: chance.branch('parts'), logger, folder, jurisdiction: everySource(folder), screened };
    const [intake, mining, custody, reporting] = [INTAKE_SERVICE, MINING_INGEST_SERVICE, this.custody(), REPORTING_SERVICE].map((definition) => new ServiceNode(definition, around)) as [ServiceNode, ServiceNode, ServiceNode, ServiceNode];
    this.nodes = [intake, mining, custody, reporting];
    faults.crash = (generation, why) => {
      this.nodes.find(({ name }) => name === generation.node)?.end(generation, why);
      // The chain does not wait for custody: what it had half recorded may be gone when it comes back.
      if (generation.node === custody.name && faults.happens(0.3)) time.planOutside(1, () => this.stage.chain.reorganise(this.stage.chance.between(1, 2)));
    };
    this.stage = { chance: chance.branch('workload'), faults, client: this.client, chain: new ChainLife(this.blockchain, chance.branch('chain'), faults), intake, mining, custody, reporting, screened };
  }

  async run(trace: string[]): Promise<SeedResult> {
    const { time, faults, stage } = this;
    faults.trace(() => `seed ${this.seed}: ${JSON.stringify(faults.weather)}`);
    time.planOutside(ROUGH_MS_MAX, () => (faults.calm = true));
    for (const node of this.nodes) node.start();
    const findings: Finding[] = [];
    try {
      await this.play(this.work());
      this.calmDown();
      findings.push(...(await this.play(this.rest())));
      const testimony = await this.play(takeTestimony({ stage, log: this.log, topics: this.topics, blockchain: this.blockchain, confirmations: CONFIRMATIONS }));
      findings.push(...judge(testimony));
    } catch (error) {
      findings.push({ rule: 'liveness', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
    for (const finding of findings) faults.trace(() => `oracle: ${finding.rule}: ${finding.message}`);
    for (const node of this.nodes) node.abandon();
    return { seed: this.seed, findings, trace, outcomes: this.outcomes(), faults: Object.fromEntries([...faults.seen].sort(([a], [b]) => (a < b ? -1 : 1))), events: this.log.all.length, steps: time.steps, virtualMs: Math.round(time.elapsedMs) };
  }

  private async work(): Promise<void> {
    const { stage, time } = this;
    let over = false;
    const registers = register(stage);
    const disturbances = [chainAtWork(stage, registers, () => over), machinesAtWork(stage, this.nodes, () => over)];
    const known = await registers;
    this.addresses = [...known.addresses];
    await Promise.all([poolsAtWork(stage, known), agenciesAtWork(stage, known), blunders(stage, known), lateAddresses(stage), signersAtWork(stage), caseOfMany(stage, known), acquisitionsAtWork(stage, known), walletChanges(stage, known), poolDays(stage), complianceAtWork(stage)]);
    while (this.client.pending > 0 && time.elapsedMs < WORK_MS_MAX) await time.wait(50);
    over = true;
    await Promise.all(disturbances);
  }

  /** No more faults, clocks that agree, and a chain whose newest blocks each pay us: some just deep enough to count. */
  private calmDown(): void {
    this.faults.trace(() => 'world: calm');
    this.faults.calm = true;
    this.time.skew.clear();
    this.stage.chain.finish();
    const { chain, chance } = this.stage;
    for (let n = 0; n <= CONFIRMATIONS && this.addresses.length > 0; n += 1) {
      chain.pay([{ address: chance.oneOf(this.addresses), amount: BigInt(chance.between(1_000, 9_000_000)) }]);
      chain.mine();
    }
  }

  /** @returns why it never came to rest, or nothing */
  private async rest(): Promise<readonly Finding[]> {
    const { time } = this;
    const began = time.elapsedMs;
    const until = began + REST_MS_MAX;
    let events = -1;
    let why: string | undefined;
    let quietSince = time.elapsedMs;
    while (time.elapsedMs < until) {
      await time.wait(100);
      why = await unrest({ stage: this.stage, nodes: this.nodes, log: this.log, topics: this.topics, blockchain: this.blockchain });
      if (this.log.all.length !== events || why !== undefined) {
        events = this.log.all.length;
        quietSince = time.elapsedMs;
      } else if (time.elapsedMs - quietSince > 500 && time.elapsedMs - began > REST_MS_MIN) return [];
    }
    return [{ rule: 'liveness', message: `it never comes to rest: ${why ?? 'events go on'}` }];
  }

  private async play<T>(part: Promise<T>): Promise<T> {
    let outcome: { readonly value: T } | { readonly error: unknown } | undefined;
    part.then((value) => (outcome = { value }), (error: unknown) => (outcome = { error }));
    const limit = this.time.elapsedMs + WORK_MS_MAX + REST_MS_MAX;
    await this.time.runUntil(() => outcome !== undefined || this.time.elapsedMs > limit);
    if (outcome === undefined) throw new Error(`the work did not end within ${limit} ms of virtual time`);
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }

  private outcomes(): Record<string, number> {
    const counts: Record<string, number> = {};
    const count = (name: string): void => void (counts[name] = (counts[name] ?? 0) + 1);
    for (const { command, answers } of this.client.sent) for (const { code } of answers) count(`${command}: ${code}`);
    for (const { type, data } of this.log.all) {
      count(`event: ${type}`);
      if (type === 'custody.journal-entry-posted') count(`entry: ${data['kind'] as string}`);
      if (type === 'custody.claim-disputed') count(`dispute: ${data['code'] as string}`);
      if (type === 'mining.payout-held') for (const { code } of data['reasons'] as unknown as readonly { readonly code: string }[]) count(`hold: ${code}`);
    }
    for (const { headers } of this.topics.records('qazyna.dead-letters.v1')) count(`dead-letter: ${headers['dead-letter-code'] ?? ''}`);
    return counts;
  }

  /** Custody as it is, on the chain of this world. */
  private custody(): ServiceDefinition {
    const source = new SimulatedChain(this.blockchain, this.faults);
    const module = (parts: PlatformParts): ReturnType<typeof custodyModule> => {
      const whole = custodyModule(parts);
      return { ...whole, providers: [...(whole.providers ?? []), { provide: CHAIN_SOURCE, useValue: source }] };
    };
    return { ...CUSTODY_SERVICE, module };
  }
}
