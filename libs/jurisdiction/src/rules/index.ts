export * from './calendar.js';
export * from './profile.js';
export * from './terms.js';
export * from './zones.js';
