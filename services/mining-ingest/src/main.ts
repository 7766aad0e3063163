import 'reflect-metadata';
import { runMain } from '@qazyna/service-kit';
import { MINING_INGEST_SERVICE } from './mining-ingest.module.js';

await runMain(MINING_INGEST_SERVICE);
