export * from './checkpoints.js';
export * from './decider.js';
export { APPEND_BYTES_MAX } from './encoding.js';
export { EventStoreDbStore, type EventStoreDbOptions } from './eventstoredb/eventstoredb-store.js';
export * from './ids.js';
export * from './port.js';
export * from './runner.js';
export { SqliteEventStore, type SqliteEventStoreOptions } from './sqlite/sqlite-event-store.js';
export * from './upcasters.js';
