export * from './given-when-then.js';
export * from './tiers.js';
export * from './clock.js';
export { startEventStoreDbDouble, type EventStoreDbDouble, type EventStoreDbDoubleOptions } from './eventstoredb/double.js';
export * from './processes/service-process.js';
