import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { GenericContainer, Wait, type StartedTestContainer } from 'testcontainers';
import { KAFKA_VERSION } from './distribution.js';
import { freePorts } from './free-ports.js';
import type { RunningKafka, StartKafkaOptions } from './start-kafka.js';

const docker = (...args: string[]): Promise<unknown> => promisify(execFile)('docker', args, { timeout: 60_000 });

/** The official image; the host's port is fixed, because a broker tells its clients where it is. */
export async function startDockerBroker(options: StartKafkaOptions): Promise<RunningKafka> {
  const [free = 0] = await freePorts(1);
  const port = options.port ?? free;
  const container: StartedTestContainer = await new GenericContainer(`apache/kafka:${KAFKA_VERSION}`)
    .withExposedPorts({ container: 9092, host: port })
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
    })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .withStartupTimeout(120_000)
    .start();
  return {
    brokers: [`127.0.0.1:${port}`],
    pid: undefined,
    stop: async () => {
      await container.stop();
    },
    kill9: async () => {
      await docker('kill', '--signal', 'KILL', container.getId());
    },
    restart: async () => {
      await docker('restart', container.getId());
    },
  };
}
