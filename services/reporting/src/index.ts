export { reportingReadModel } from './projections/reporting.read-model.js';
export { REPORTING_SERVICE, ReportingModule } from './reporting.module.js';
