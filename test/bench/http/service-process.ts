import 'reflect-metadata';
import { MINING_INGEST_SERVICE } from '@qazyna/mining-ingest';
import { runService } from '@qazyna/service-kit';

/** `service-process.ts <data folder>`: mining-ingest alone on the embedded parts. Prints its address when it listens. */
const [folder = ''] = process.argv.slice(2);
const { url } = await runService({
  ...MINING_INGEST_SERVICE,
  standalone: true,
  env: { QAZYNA_DATA_DIR: folder, PORT: '0', LOG_LEVEL: 'error', BITCOIN_NETWORK: 'mainnet' },
});
console.log(JSON.stringify({ url }));
