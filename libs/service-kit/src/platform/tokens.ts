/** Injection tokens of what every service shares. */
export const EVENT_STORE = Symbol('qazyna.event-store');
export const MESSAGE_BUS = Symbol('qazyna.message-bus');
export const CHECKPOINTS = Symbol('qazyna.checkpoints');
export const CLOCK = Symbol('qazyna.clock');
export const IDS = Symbol('qazyna.ids');
export const CONFIG = Symbol('qazyna.config');
/** The state's profile, as `JurisdictionProfile` of @qazyna/jurisdiction. */
export const JURISDICTION = Symbol('qazyna.jurisdiction');
export const LOGGER = Symbol('qazyna.logger');
export const METRICS = Symbol('qazyna.metrics');
export const TOKEN_VERIFIER = Symbol('qazyna.token-verifier');
export const SANDBOX_ISSUER_PART = Symbol('qazyna.sandbox-issuer');
export const OPENAPI_DOCUMENT = Symbol('qazyna.openapi-document');
export const SERVICE_NAME = Symbol('qazyna.service-name');
