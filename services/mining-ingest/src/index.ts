export { MINING_INGEST_SERVICE, MiningIngestModule } from './mining-ingest.module.js';
