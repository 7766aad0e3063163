export * from './accounts.js';
export * from './amounts.js';
export * from './assets.js';
export * from './entries.js';
export * from './entry-codec.js';
export * from './fold.js';
export { isInstant, toInstant } from './instants.js';
export * from './invariants.js';
