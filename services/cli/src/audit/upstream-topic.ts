import type { DeadLetters } from './dead-letters.js';
import type { ConsumerFigures, ConsumerSnapshot } from './relayed-topic.js';
import type { Findings } from './findings.js';
import type { Proofs } from './proofs.js';
import { auditBounds, auditCommitted, decoded, isBefore, peekedType, placeOf, type TopicSnapshot } from './topic.js';

export interface UpstreamTopic {
  readonly snapshot: TopicSnapshot;
  readonly consumer: ConsumerSnapshot;
  readonly proofs: Proofs;
  readonly deadLetters: DeadLetters;
}

export interface UpstreamFigures extends ConsumerFigures {
  /** Records on the topic. */
  readonly events: number;
  /** Of types that are not the consumer's. */
  readonly skipped: number;
}

/**
 * Holds the records that outsiders published against what the service must have made of each: an effect in its streams,
 * or a dead letter. Records that were deleted count as missing, since nothing can be said of them any more.
 */
export async function auditUpstreamTopic({ snapshot, consumer: { consumer, committed }, proofs, deadLetters }: UpstreamTopic, findings: Findings, onProgress: (records: number) => void = () => undefined): Promise<UpstreamFigures> {
  const { topic } = snapshot;
  const { group, types } = consumer;
  const where = `${topic} ${group}`;
  const figures = { topic, group, events: 0, owed: 0, consumed: 0, deadLettered: 0, waiting: 0, skipped: 0, missing: 0 };
  const deleted = auditBounds(snapshot, findings);
  let again = 0;
  auditCommitted(snapshot, group, committed, findings);
  for await (const records of snapshot.records()) {
    for (const record of records) {
      figures.events += 1;
      const message = decoded(record);
      const type = message?.type ?? peekedType(record);
      if (type !== undefined && !types.includes(type)) {
        figures.skipped += 1;
        continue;
      }
      figures.owed += 1;
      const isRead = isBefore(committed, record.partition, record.offset);
      const duties = message === undefined ? 'invalid' : consumer.duties(message);
      if (duties !== 'invalid') for (const { key } of duties) proofs.sawMessage(key);
      const standing = duties === 'invalid' ? 'absent' : proofs.standing(duties);
      if (deadLetters.has(record, group)) figures.deadLettered += 1;
      else if (standing === 'proven') {
        figures.consumed += 1;
        if (!isRead) again += 1;
      } else if (!isRead) figures.waiting += 1;
      else {
        figures.missing += 1;
        const name = `${placeOf(record)}${message === undefined ? '' : ` (id ${message.id} of ${message.source})`}`;
        if (standing === 'differs') findings.add('missing', 'not-consumed', where, `${name} contradicts what is recorded under its identity, and was not put aside`);
        else if (duties === 'invalid') findings.add('missing', 'not-consumed', where, `${name} cannot be taken in, and was not put aside as a dead letter`);
        else findings.add('missing', 'not-consumed', where, `${name} is before the group's offset, and there is neither an effect nor a dead letter`);
      }
    }
    onProgress(records.length);
  }
  const unseen = consumer.cameOverTopic === undefined ? 0 : proofs.unseen;
  findings.addMany('missing', 'message-gone', topic, unseen, `${unseen} payouts came over this topic, and their messages are not on it: it was made anew or its records were deleted`);
  figures.missing += Math.max(deleted, unseen);
  findings.addMany('notice', 'offset-behind', where, again, `${again} messages after the place of group ${group} have had their effect: they will be delivered again. Harmless: each has one effect`);
  return figures;
}
