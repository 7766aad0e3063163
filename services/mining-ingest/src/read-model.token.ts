/** The read model behind mining-ingest's lists. */
export const MINING_READ_MODEL = Symbol('qazyna.mining-ingest.read-model');
/** The read model behind the list of statements. */
export const STATEMENTS_READ_MODEL = Symbol('qazyna.mining-ingest.statements-read-model');
/** The read model behind licences, farms, energy and pool accounts. */
export const REGISTERS_READ_MODEL = Symbol('qazyna.mining-ingest.registers-read-model');
/** The read model of earnings, the chain's days and judgements. */
export const EARNINGS_READ_MODEL = Symbol('qazyna.mining-ingest.earnings-read-model');
