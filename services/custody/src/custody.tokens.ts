export const CUSTODY_READ_MODEL = Symbol('qazyna.custody.read-model');
export const CHAIN_SOURCE = Symbol('qazyna.custody.chain-source');
/** The sandbox chain, or undefined where blocks come from a node. */
export const SANDBOX_CHAIN = Symbol('qazyna.custody.sandbox-chain');
