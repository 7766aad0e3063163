/** What consumers find missing between the log and themselves, and what became of it. Nothing of the messages is in it. */
import { Field } from '../fields.js';

/** A position in the event store, or `none` for the start of the log. */
const POSITION = /^(none|[0-9/]{1,60})$/;

export class PipelineGapFound {
  @Field.uuid({ description: 'UUIDv5 of topic, partition, group, place and what was found' })
  gapId!: string;

  @Field.text({ max: 9, pattern: /^(gap|step-back|fork)$/, patternMeans: 'gap, step-back or fork', description: 'gap: messages are missing; step-back: an older message that the log does not have; fork: a message that does not follow from what was handled' })
  kind!: string;

  @Field.text({ max: 249, description: 'Topic' })
  topic!: string;

  @Field.integer({ min: 0, max: 1_000_000, description: 'Partition' })
  partition!: number;

  @Field.text({ max: 255, description: 'Consumer group' })
  group!: string;

  @Field.text({ max: 60, pattern: POSITION, patternMeans: 'a position or none', description: 'Position of the last message handled: the next must follow it' })
  expected!: string;

  @Field.text({ max: 60, pattern: POSITION, patternMeans: 'a position or none', description: 'Position that the message found says it follows' })
  foundPrevious!: string;

  @Field.text({ max: 60, pattern: POSITION, patternMeans: 'a position or none', description: 'Position of the message found' })
  found!: string;
}

export class PipelineGapRepaired {
  @Field.uuid({ description: 'The gap' })
  gapId!: string;

  @Field.integer({ min: 0, max: 2_147_483_647, description: 'Events that were read from the event store and handled in place of messages that did not come' })
  events!: number;
}

export interface PipelineEvents {
  'pipeline.gap-found': PipelineGapFound;
  'pipeline.gap-repaired': PipelineGapRepaired;
}
