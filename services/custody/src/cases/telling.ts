/** What custody makes of a case's events, for tests that tell whole cases: nothing here runs in production under this name. */
export { CASE_EVENT_TYPES, commandOf, type CaseEvent } from './case-words.js';
export { custodyCaseDecider, type CustodyCaseState } from './custody-case.js';
export { effectWordOf, type EffectWord } from './effect-word.js';
export { statePropertyTerms } from './effects.js';
