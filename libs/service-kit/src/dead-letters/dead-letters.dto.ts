import { Field } from '@qazyna/contracts';
import { DEAD_LETTER_STATES, type DeadLetterStatus } from './dead-letter.js';

/** Which letters; what is left out does not matter. */
export class DeadLetterFilter {
  @Field.text({ optional: true, max: 249, description: 'Only messages of this topic', example: 'qazyna.mining-payouts.v1' })
  topic?: string;

  @Field.text({ optional: true, max: 255, description: 'Only what this consumer group refused' })
  group?: string;

  @Field.text({ optional: true, max: 64, description: 'Only this reason, by its code', example: 'asset-unknown' })
  code?: string;

  @Field.text({ optional: true, max: 200, description: 'Only messages of this CloudEvents type' })
  type?: string;

  @Field.instant({ optional: true, description: 'Put aside at this time or later' })
  from?: string;

  @Field.instant({ optional: true, description: 'Put aside before this time' })
  to?: string;
}

export class DeadLettersQuery extends DeadLetterFilter {
  @Field.oneOf(DEAD_LETTER_STATES, { optional: true, description: 'Only letters in this state' })
  state?: DeadLetterStatus;

  @Field.text({ optional: true, max: 512, description: 'The `next` of the page before' })
  after?: string;

  @Field.text({ optional: true, max: 9, description: 'Most letters of a page, up to 1,000 (default 100)' })
  limit?: string;
}

/** Most letters that one request replays. */
export const REPLAYS_MAX = 200;

export class ReplaySelection extends DeadLetterFilter {
  @Field.flag({ description: 'True: only say which letters would go back. Look before you replay' })
  dryRun!: boolean;

  @Field.text({ optional: true, max: 512, description: 'The `next` of the answer before' })
  after?: string;

  @Field.integer({ optional: true, min: 1, max: REPLAYS_MAX, description: `Most letters of this request, up to ${REPLAYS_MAX} (the default)` })
  limit?: number;
}

export class DiscardRequest {
  @Field.freeText({ min: 3, max: 500, why: 'an auditor reads it years later, and needs the finding and who confirmed it, by office', description: 'Why the message is never to take effect, kept for ever', example: 'a test message of the pool, confirmed by telephone' })
  reason!: string;
}

/** A letter in a list. */
export interface ListedDeadLetter {
  /** Place in the list: later ones were noted later. */
  readonly sequence: string;
  readonly letterId: string;
  readonly state: DeadLetterStatus;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly group: string;
  readonly code: string;
  readonly field: string | null;
  readonly type: string | null;
  readonly attempts: number;
  readonly deadLetteredAt: string;
  /** Bytes of the original's value. */
  readonly size: number;
  readonly sha256: string;
  /** Replays asked for so far. */
  readonly replays: number;
}

export interface DeadLetterHistoryItem {
  readonly event: string;
  readonly at: string;
  readonly actor: { readonly subject: string; readonly organisation: string };
  readonly replay?: number;
  readonly code?: string;
  readonly field?: string;
  readonly reason?: string;
}

export interface ShownDeadLetter {
  readonly letterId: string;
  readonly state: DeadLetterStatus;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly group: string;
  readonly type: string | null;
  readonly attempts: number;
  readonly deadLetteredAt: string;
  readonly reason: { readonly code: string; readonly field: string | null; readonly message: string | null };
  readonly size: number;
  readonly sha256: string;
  /** Null while this instance has not read the letter from its topic yet. */
  readonly original: {
    /** When the bus took it. */
    readonly takenAt: string;
    readonly key: string | null;
    readonly headers: Readonly<Record<string, string>>;
    /** Null for a tombstone. */
    readonly base64: string | null;
    /** Null where the bytes are no UTF-8 text. */
    readonly text: string | null;
  } | null;
  readonly history: readonly DeadLetterHistoryItem[];
}

export interface ReplayAnswer {
  readonly letterId: string;
  readonly state: 'replaying';
  readonly replay: number;
}

export interface SelectedReplay {
  readonly letterId: string;
  readonly outcome: 'would-replay' | 'requested' | 'refused';
  /** Why it was refused. */
  readonly code?: string;
}
