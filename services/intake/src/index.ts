export { acquisitionsReadModel } from './acquisitions/acquisitions.read-model.js';
export { INTAKE_SERVICE, IntakeModule } from './intake.module.js';
export { screeningReadModel } from './screening/screening.read-model.js';
export { casesReadModel } from './seizures/cases.read-model.js';
