import { TOPICS } from '@qazyna/contracts';
import { custodyReadModel, CUSTODY_SERVICE } from '@qazyna/custody';
import { acquisitionsReadModel, casesReadModel, INTAKE_SERVICE, screeningReadModel } from '@qazyna/intake';
import { earningsReadModel, miningReadModel, MINING_INGEST_SERVICE, registersReadModel, statementsReadModel } from '@qazyna/mining-ingest';
import { reportingReadModel, REPORTING_SERVICE } from '@qazyna/reporting';
import { deadLettersReadModel, publishersReadModel, type ReadModelDefinition } from '@qazyna/service-kit';
import { CONSUMERS, type ConsumerDuties } from './duties.js';

export interface RelayedBy {
  readonly topic: string;
  readonly streamPrefixes: readonly string[];
}

const SERVICES = [INTAKE_SERVICE, MINING_INGEST_SERVICE, CUSTODY_SERVICE, REPORTING_SERVICE];

/** Topics that services fill from their streams, as the services themselves define them. */
export const RELAYED: readonly RelayedBy[] = SERVICES.flatMap(({ relays }) => relays.map(({ topic, streamPrefixes }) => ({ topic, streamPrefixes })));

/** Topics that outsiders fill, each read by one service. */
export const UPSTREAM: readonly ConsumerDuties[] = CONSUMERS.filter(({ topic }) => !RELAYED.some((relayed) => relayed.topic === topic));

export const DEAD_LETTERS = TOPICS.deadLetters;

export const VIEWS: readonly ReadModelDefinition[] = [casesReadModel, acquisitionsReadModel, screeningReadModel, miningReadModel, statementsReadModel, registersReadModel, earningsReadModel, custodyReadModel, reportingReadModel, deadLettersReadModel, publishersReadModel];

export function consumersOf(topic: string): readonly ConsumerDuties[] {
  return CONSUMERS.filter((consumer) => consumer.topic === topic);
}

/** Where a relay keeps its place. */
export function checkpointOf(topic: string): string {
  return `relay:${topic}`;
}
