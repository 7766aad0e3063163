/** What operators do about messages that could not be processed. None of it holds the message: bytes, header values and
 *  the reason's sentence may carry what must not enter a stream, and stay in the topic of dead letters. */
import { Field } from '../fields.js';

const CODE = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

export class DeadLetterNoted {
  @Field.uuid({ description: 'UUIDv5 of the original\'s topic, partition, offset and the group' })
  letterId!: string;

  @Field.text({ max: 249, description: 'Topic the original was read from' })
  topic!: string;

  @Field.integer({ min: 0, max: 1_000_000, description: 'Partition of the original' })
  partition!: number;

  @Field.text({ max: 20, pattern: /^\d+$/, patternMeans: 'a whole number', description: 'Offset of the original' })
  offset!: string;

  @Field.text({ max: 255, description: 'Consumer group that refused it' })
  group!: string;

  @Field.text({ max: 64, pattern: CODE, patternMeans: 'a stable code', description: 'Why it was refused' })
  code!: string;

  @Field.text({ optional: true, max: 200, pattern: /^[A-Za-z0-9_.[\]-]+$/, patternMeans: 'the path of a field', description: 'The field at fault' })
  field?: string;

  @Field.text({ optional: true, max: 200, pattern: /^[A-Za-z0-9][A-Za-z0-9._/-]*$/, patternMeans: 'a CloudEvents type', description: 'CloudEvents type that the original names, where it is readable' })
  type?: string;

  @Field.integer({ min: 1, max: 1_000_000, description: 'Deliveries before it was put aside' })
  attempts!: number;

  @Field.instant({ description: 'When it was put aside' })
  deadLetteredAt!: string;

  @Field.integer({ min: 0, max: 2_147_483_647, description: 'Bytes of the original\'s value' })
  size!: number;

  @Field.sha256({ description: 'SHA-256 of the original\'s value' })
  sha256!: string;
}

export class DeadLetterReplayRequested {
  @Field.uuid({ description: 'The letter' })
  letterId!: string;

  @Field.integer({ min: 1, max: 1_000_000, description: 'Number of this replay of the letter, from 1' })
  replay!: number;
}

export class DeadLetterReplayed extends DeadLetterReplayRequested {}

export class DeadLetterRefusedAgain extends DeadLetterReplayRequested {
  @Field.text({ max: 64, pattern: CODE, patternMeans: 'a stable code', description: 'Why it was refused this time' })
  code!: string;

  @Field.text({ optional: true, max: 200, pattern: /^[A-Za-z0-9_.[\]-]+$/, patternMeans: 'the path of a field', description: 'The field at fault' })
  field?: string;
}

export class DeadLetterDiscarded {
  @Field.uuid({ description: 'The letter' })
  letterId!: string;

  @Field.text({ max: 500, min: 3, description: 'Why it is never to take effect; no names of persons' })
  reason!: string;
}

export interface OperationsEvents {
  'operations.dead-letter-noted': DeadLetterNoted;
  'operations.dead-letter-replay-requested': DeadLetterReplayRequested;
  'operations.dead-letter-replayed': DeadLetterReplayed;
  'operations.dead-letter-refused-again': DeadLetterRefusedAgain;
  'operations.dead-letter-discarded': DeadLetterDiscarded;
}
