export { INTAKE_SERVICE, IntakeModule } from './intake.module.js';
