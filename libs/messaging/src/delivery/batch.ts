import type { CloudEvent } from '../cloud-events/cloud-event.js';
import type { ReceivedRecord } from '../port.js';

/** A record that is a CloudEvent whose data passed validation. */
export interface DecodedMessage {
  /** `data` is the validated value. */
  readonly event: CloudEvent;
  readonly record: ReceivedRecord;
  /** When it first reached us, by our own record, where that was earlier: for a dead letter that is replayed. */
  readonly receivedAt?: Date;
}

/** What a handler receives: messages of one partition in order. */
export type MessageBatch = readonly DecodedMessage[];

/** What became of one message. */
export type Outcome =
  | { readonly kind: 'done' }
  /** It can never succeed: put it aside with the reason. */
  | { readonly kind: 'dead-letter'; readonly code: string; readonly message: string; readonly field?: string };

/** One outcome per message, in order; nothing means that all are done. A rejection means: not now, deliver again. */
export type BatchConsumer = (batch: MessageBatch) => Promise<readonly Outcome[] | undefined>;
