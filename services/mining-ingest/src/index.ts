export { MINING_INGEST_SERVICE, MiningIngestModule } from './mining-ingest.module.js';
export { PayoutsConsumer } from './payouts/payouts.consumer.js';
export { PayoutsService } from './payouts/payouts.service.js';
export { statementsReadModel } from './pools/statements.read-model.js';
export { miningReadModel } from './payouts/payouts.read-model.js';
export { EnergyService } from './energy/energy.service.js';
export { FarmsService } from './farms/farms.service.js';
export { LicencesService } from './licences/licences.service.js';
export { RegulatorConsumer } from './licences/regulator.consumer.js';
