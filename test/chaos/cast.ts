import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SandboxChain } from '@qazyna/bitcoin';
import { answerFromSandbox, freePorts, launchServiceProcess, startFaultyRpc, type FaultyRpc, type RunningKafka, type ServiceProcess } from '@qazyna/testing';
import type { World } from '../system/sandbox-world.js';
import { productionNodeOptions } from '../system/production-start.js';
import { Door } from './door.js';
import { StoreServer } from './store-server.js';
import { TcpProxy } from './tcp-proxy.js';

export const SERVICES = ['intake', 'mining', 'custody', 'reporting'] as const;
export type ServiceName = (typeof SERVICES)[number];

const ENTRIES: Readonly<Record<ServiceName, string>> = {
  intake: 'services/intake/src/main.ts',
  mining: 'services/mining-ingest/src/main.ts',
  custody: 'services/custody/src/main.ts',
  reporting: 'services/reporting/src/main.ts',
};
/** The shortest that brokers allow: what a killed consumer held waits that long for the next. */
const SESSION_MS = 6_000;

interface Member {
  readonly service: ServiceName;
  readonly port: number;
  readonly dataDir: string;
  process: ServiceProcess;
  up: boolean;
}

export interface CastOptions {
  readonly kafka: RunningKafka;
  /** A log of the store to begin with. */
  readonly storeFile?: string;
  /** What happened on the chain before any service starts. */
  readonly past?: (chain: SandboxChain) => Promise<void>;
  readonly services?: readonly ServiceName[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Everything that runs: services as processes, one store behind a proxy, one chain that all of custody follows. */
export class Cast {
  private readonly members = new Map<string, Member>();

  private constructor(
    readonly kafka: RunningKafka,
    readonly folder: string,
    readonly store: StoreServer,
    readonly proxy: TcpProxy,
    readonly chain: SandboxChain,
    private readonly rpc: FaultyRpc,
    readonly doors: Readonly<Record<ServiceName, Door>>,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  static async start({ kafka, storeFile, past, services = SERVICES, env = {} }: CastOptions): Promise<Cast> {
    const folder = mkdtempSync(join(tmpdir(), 'qazyna-chaos-'));
    const log = join(folder, 'store.jsonl');
    if (storeFile !== undefined) copyFileSync(storeFile, log);
    const store = await StoreServer.start(log);
    const proxy = await TcpProxy.open(store.port);
    const chain = SandboxChain.open({ file: join(folder, 'chain.sqlite'), seed: 'chaos' });
    await past?.(chain);
    const rpc = await startFaultyRpc(answerFromSandbox(chain));
    const doors = {} as Record<ServiceName, Door>;
    const cast = new Cast(kafka, folder, store, proxy, chain, rpc, doors, env);
    for (const service of SERVICES) doors[service] = await Door.open(() => cast.urlsOf(service), service === 'custody' ? chain : undefined);
    try {
      await Promise.all(services.map((service) => cast.add(service)));
      return cast;
    } catch (error) {
      await cast.stop().catch(() => undefined);
      throw error;
    }
  }

  get storeUrl(): string {
    return `esdb://127.0.0.1:${this.proxy.port}?tls=false`;
  }

  get world(): World {
    return { custody: this.doors.custody.url, mining: this.doors.mining.url };
  }

  get names(): readonly string[] {
    return [...this.members.keys()];
  }

  urlsOf(service: ServiceName): readonly string[] {
    return [...this.members.values()].filter((member) => member.service === service && member.up).map(({ process }) => process.url);
  }

  url(name: string): string {
    return this.member(name).process.url;
  }

  pid(name: string): number {
    return this.member(name).process.pid;
  }

  log(name: string): string {
    return this.member(name).process.log();
  }

  dataDir(name: string): string {
    return this.member(name).dataDir;
  }

  /** Starts one more service, or another instance of one that runs. @throws {Error} it is not ready in time */
  async add(service: ServiceName, name: string = service, dataDir: string = join(this.folder, name)): Promise<void> {
    const [port = 0] = await freePorts(1);
    mkdirSync(dataDir, { recursive: true });
    const place = { service, port, dataDir };
    // Known before it is ready, so that it is stopped also when it never is.
    this.members.set(name, { ...place, process: await this.launch(place), up: true });
    await this.member(name).process.ready();
  }

  /** Ends an instance without warning. */
  async kill9(name: string): Promise<void> {
    const member = this.member(name);
    member.up = false;
    await member.process.kill9();
  }

  /** Asks an instance to end, and waits until it has drained. */
  async drain(name: string): Promise<void> {
    const member = this.member(name);
    member.up = false;
    await member.process.stop();
  }

  /** On the same port and folder. */
  async again(name: string): Promise<void> {
    const member = this.member(name);
    member.process = await this.launch(member);
    await member.process.ready();
    member.up = true;
  }

  /** Ends an instance for good. */
  async remove(name: string): Promise<void> {
    const member = this.member(name);
    this.members.delete(name);
    await member.process.kill9();
  }

  signal(name: string, signal: 'SIGSTOP' | 'SIGCONT'): void {
    process.kill(this.pid(name), signal);
  }

  async stop(): Promise<void> {
    await Promise.allSettled([...this.members.values()].map(({ process }) => process.kill9()));
    await Promise.all(Object.values(this.doors).map((door) => door.close()));
    await this.proxy.close();
    await this.store.kill9();
    await this.rpc.close();
    await this.chain.close();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private launch({ service, port, dataDir }: Pick<Member, 'service' | 'port' | 'dataDir'>): Promise<ServiceProcess> {
    return launchServiceProcess({
      entry: ENTRIES[service],
      readyTimeoutMs: 90_000,
      env: {
        KAFKA_BROKERS: this.kafka.brokers.join(','),
        EVENTSTORE_URL: this.storeUrl,
        KAFKA_SESSION_MS: String(SESSION_MS),
        QAZYNA_DATA_DIR: dataDir,
        NODE_OPTIONS: productionNodeOptions(),
        PORT: String(port),
        ...(service === 'custody' ? { BITCOIN_RPC_URL: this.rpc.url } : {}),
        ...this.env,
      },
    });
  }

  private member(name: string): Member {
    const member = this.members.get(name);
    if (member === undefined) throw new Error(`no instance is called ${name}`);
    return member;
  }
}
