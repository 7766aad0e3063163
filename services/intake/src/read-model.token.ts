/** The read model behind intake's lists. */
export const CASES_READ_MODEL = Symbol('qazyna.intake.read-model');
/** The view of what is screened. */
export const SCREENING_READ_MODEL = Symbol('qazyna.intake.screening-read-model');
/** The view of purchases and donations. */
export const ACQUISITIONS_READ_MODEL = Symbol('qazyna.intake.acquisitions-read-model');
