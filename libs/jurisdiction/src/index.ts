export * from './rules/index.js';
export { checkProfile } from './sound-profile.js';
export { DEFAULT_JURISDICTION, InvalidProfile, JURISDICTIONS_DIR, listJurisdictions, loadJurisdiction, profileSchema } from './load-jurisdiction.js';
