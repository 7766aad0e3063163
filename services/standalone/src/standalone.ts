import { Module } from '@nestjs/common';
import { CUSTODY_SERVICE, custodyModule } from '@qazyna/custody';
import { INTAKE_SERVICE, IntakeModule } from '@qazyna/intake';
import { MINING_INGEST_SERVICE, MiningIngestModule } from '@qazyna/mining-ingest';
import { REPORTING_SERVICE, ReportingModule } from '@qazyna/reporting';
import type { ServiceDefinition } from '@qazyna/service-kit';

const SERVICES = [INTAKE_SERVICE, MINING_INGEST_SERVICE, CUSTODY_SERVICE, REPORTING_SERVICE];

@Module({ imports: [IntakeModule, MiningIngestModule, ReportingModule] })
class StandaloneModule {}

/** The four services in one process, on one event store and one bus: nothing of theirs is different here. */
export const STANDALONE: ServiceDefinition = {
  name: 'standalone',
  title: 'Qazyna',
  module: (parts) => ({ module: StandaloneModule, imports: [custodyModule(parts)] }),
  topics: [...new Map(SERVICES.flatMap(({ topics }) => topics).map((topic) => [topic.name, topic])).values()],
  relays: SERVICES.flatMap(({ name, relays }) => relays.map((relay) => ({ ...relay, service: name }))),
  standalone: true,
};
