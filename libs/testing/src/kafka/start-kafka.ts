import { Missing, type Requirement } from '../tiers.js';
import { answers, isDownloaded } from './distribution.js';
import { startDockerBroker } from './docker-broker.js';
import { JavaBroker } from './java-broker.js';

export interface StartKafkaOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** Kept after `stop` when given. Default: a temporary folder, removed by `stop`. */
  readonly dataDir?: string;
}

export interface RunningKafka {
  readonly brokers: readonly string[];
  /** Of a broker that runs as a process of this machine. */
  readonly pid: number | undefined;
  stop(): Promise<void>;
  /** Ends the broker without warning. */
  kill9(): Promise<void>;
  /** Starts it again with the data it had; resolves when it listens. */
  restart(): Promise<void>;
}

export interface KafkaSource {
  readonly kind: 'given' | 'docker' | 'java';
  start(options?: StartKafkaOptions): Promise<RunningKafka>;
}

/** What a suite that needs a broker requires. A broker by `KAFKA_BROKERS` comes first, then Docker, then Java and Maven. */
export const KAFKA: Requirement<KafkaSource> = {
  name: 'Apache Kafka',
  enable: 'set KAFKA_BROKERS, or start Docker, or install Java 17 and Maven',
  requiredInCi: true,
  find: () => findKafka(process.env['KAFKA_BROKERS']),
};

/** A broker that a suite may kill, so never one that was given. */
export const OWN_KAFKA: Requirement<KafkaSource> = { ...KAFKA, name: 'an Apache Kafka of its own', find: () => findKafka(undefined) };

/** Starts a broker, or says in one line how to enable it and returns undefined. */
export async function startKafka(options: StartKafkaOptions = {}): Promise<RunningKafka | undefined> {
  const source = await KAFKA.find();
  if (source instanceof Missing) {
    console.error(`no Kafka: ${source.reason}. To enable: ${KAFKA.enable}`);
    return undefined;
  }
  return source.start(options);
}

async function findKafka(given: string | undefined): Promise<KafkaSource | Missing> {
  if (given !== undefined && given !== '') {
    const brokers = given.split(',').map((broker) => broker.trim());
    return { kind: 'given', start: () => Promise.resolve(givenBroker(brokers)) };
  }
  if (await answers('docker', 'info')) return { kind: 'docker', start: (options = {}) => startDockerBroker(options) };
  if (!(await answers('java', '-version'))) return new Missing('neither Docker nor Java answers');
  if (!isDownloaded() && !(await answers('mvn', '-version'))) return new Missing('Java is here, but Maven is not');
  return { kind: 'java', start: (options = {}) => JavaBroker.start(options) };
}

function givenBroker(brokers: readonly string[]): RunningKafka {
  const refuse = (): Promise<never> => Promise.reject(new Error('a broker given by KAFKA_BROKERS is not ours to end'));
  return { brokers, pid: undefined, stop: () => Promise.resolve(), kill9: refuse, restart: refuse };
}
