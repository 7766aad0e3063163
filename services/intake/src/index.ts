export { INTAKE_SERVICE, IntakeModule } from './intake.module.js';
export { casesReadModel } from './seizures/cases.read-model.js';
