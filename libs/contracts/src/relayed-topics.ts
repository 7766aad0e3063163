import { STREAM_PREFIXES } from './streams.js';
import { TOPICS, type TopicName } from './topics.js';

export interface RelayedTopicSource {
  /** The service that relays them. */
  readonly service: string;
  readonly streamPrefixes: readonly string[];
}

/** Topics that are made from the event store, and from which streams: a consumer that misses messages reads them there. */
export const RELAYED_TOPICS: ReadonlyMap<string, RelayedTopicSource> = new Map<TopicName, RelayedTopicSource>([
  [TOPICS.intakeEvents, { service: 'intake', streamPrefixes: STREAM_PREFIXES.intake }],
  [TOPICS.miningEvents, { service: 'mining-ingest', streamPrefixes: STREAM_PREFIXES.mining }],
  [TOPICS.custodyEvents, { service: 'custody', streamPrefixes: STREAM_PREFIXES.custody }],
  [TOPICS.operationsEvents, { service: 'reporting', streamPrefixes: STREAM_PREFIXES.operations }],
]);
