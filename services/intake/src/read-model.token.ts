/** The read model behind intake's lists. */
export const CASES_READ_MODEL = Symbol('qazyna.intake.read-model');
