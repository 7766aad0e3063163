/** The read model behind every public figure. */
export const REPORTING_READ_MODEL = Symbol('qazyna.reporting.read-model');
