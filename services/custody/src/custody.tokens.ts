export const CUSTODY_READ_MODEL = Symbol('qazyna.custody.read-model');
export const CHAIN_SOURCE = Symbol('qazyna.custody.chain-source');
/** The sandbox chain, or undefined where blocks come from a node. */
export const SANDBOX_CHAIN = Symbol('qazyna.custody.sandbox-chain');
export const LEADERSHIP = Symbol('qazyna.custody.leadership');
/** The event store of the leader's work. */
export const LEADER_STORE = Symbol('qazyna.custody.leader-store');
