import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, launchServiceProcess, type RunningKafka, type ServiceProcess } from '@qazyna/testing';
import { startDoubleProcess, type DoubleProcess } from './double-process.js';

const ENTRIES = {
  intake: 'services/intake/src/main.ts',
  mining: 'services/mining-ingest/src/main.ts',
  custody: 'services/custody/src/main.ts',
  reporting: 'services/reporting/src/main.ts',
} as const;
export type ServiceName = keyof typeof ENTRIES;

interface Member {
  readonly service: ServiceName;
  readonly port: number;
  readonly dataDir: string;
  process: ServiceProcess;
}

/** Services as processes of their own on one Kafka and one event store: each can be killed and started again. */
export class Apart {
  private readonly members = new Map<string, Member>();

  private constructor(
    private readonly kafka: RunningKafka,
    readonly double: DoubleProcess,
    private readonly folder: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  static async start(kafka: RunningKafka, names: readonly ServiceName[], env: Readonly<Record<string, string>> = {}): Promise<Apart> {
    const apart = new Apart(kafka, await startDoubleProcess(), mkdtempSync(join(tmpdir(), 'qazyna-apart-')), env);
    try {
      await Promise.all(names.map((name) => apart.add(name)));
      return apart;
    } catch (error) {
      await apart.stop();
      throw error;
    }
  }

  /** Starts one more service, or another instance of one that runs. */
  async add(service: ServiceName, name: string = service): Promise<void> {
    const [port = 0] = await freePorts(1);
    const place = { service, port, dataDir: join(this.folder, name) };
    const member = { ...place, process: await this.launch(place) };
    // Known before it is ready, so that it is stopped also when it never is.
    this.members.set(name, member);
    await member.process.ready();
  }

  url(name: string): string {
    return this.member(name).process.url;
  }

  log(name: string): string {
    return this.member(name).process.log();
  }

  /** Ends an instance without warning; `again` starts it on the same port and folder. */
  async kill9(name: string): Promise<void> {
    await this.member(name).process.kill9();
  }

  async again(name: string): Promise<void> {
    const member = this.member(name);
    member.process = await this.launch(member);
    await member.process.ready();
  }

  async stop(): Promise<void> {
    const stopped = await Promise.allSettled([...this.members.values()].map(({ process }) => process.stop()));
    await this.double.stop();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
    const failed = stopped.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  private launch({ service, port, dataDir }: Pick<Member, 'service' | 'port' | 'dataDir'>): Promise<ServiceProcess> {
    return launchServiceProcess({
      entry: ENTRIES[service],
      env: { KAFKA_BROKERS: this.kafka.brokers.join(','), EVENTSTORE_URL: this.double.url, QAZYNA_DATA_DIR: dataDir, PORT: String(port), ...this.env },
    });
  }

  private member(name: string): Member {
    const member = this.members.get(name);
    if (member === undefined) throw new Error(`no instance is called ${name}`);
    return member;
  }
}
