import 'reflect-metadata';
import { MINING_INGEST_SERVICE } from '@qazyna/mining-ingest';
import { runService } from '@qazyna/service-kit';

/** What a process occupies, in bytes, and the processor time it used, in microseconds. */
export type Used = NodeJS.MemoryUsage & NodeJS.CpuUsage;

/**
 * `service-process.ts <data folder> [<brokers>]`: mining-ingest alone on the embedded store, and the embedded bus where no
 * brokers are named. Prints its address when it listens, and what it used for each line it is sent.
 */
const [folder = '', brokers] = process.argv.slice(2);
const { url } = await runService({
  ...MINING_INGEST_SERVICE,
  standalone: true,
  env: { ...(brokers === undefined ? {} : { KAFKA_BROKERS: brokers }), QAZYNA_DATA_DIR: folder, PORT: '0', LOG_LEVEL: 'error', BITCOIN_NETWORK: 'mainnet', QAZYNA_SCREENING: 'lists' },
});
console.log(JSON.stringify({ url }));
process.stdin.on('data', () => console.log(JSON.stringify({ ...process.memoryUsage(), ...process.cpuUsage() } satisfies Used)));
