/** The read model behind mining-ingest's lists. */
export const MINING_READ_MODEL = Symbol('qazyna.mining-ingest.read-model');
