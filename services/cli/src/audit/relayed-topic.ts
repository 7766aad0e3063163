import { messageTypeOf } from '@qazyna/contracts';
import type { Position, RecordedEvent } from '@qazyna/event-store';
import type { CloudEvent, ReceivedRecord } from '@qazyna/messaging';
import type { DeadLetters } from './dead-letters.js';
import { DigestTable, digest32 } from './digest-table.js';
import type { ConsumerDuties } from './duties.js';
import type { Findings } from './findings.js';
import type { Proofs } from './proofs.js';
import { FIRST, PartitionChains } from './partition-chains.js';
import { auditBounds, auditCommitted, decoded, isBefore, placeOf, type Committed, type TopicSnapshot } from './topic.js';

export interface ConsumerSnapshot {
  readonly consumer: ConsumerDuties;
  readonly committed: Committed;
}

export interface RelayedTopic {
  readonly snapshot: TopicSnapshot;
  /** Walks the events of the topic's streams in log order; called again when something has to be named. */
  readonly events: () => AsyncIterable<readonly RecordedEvent[]>;
  /** The relay's place in the log. Undefined: its checkpoint is not at hand, or it has never saved one. */
  readonly checkpoint: Position | undefined;
  readonly consumers: readonly ConsumerSnapshot[];
  readonly proofs: Proofs;
  readonly deadLetters: DeadLetters;
}

export interface RelayedFigures {
  readonly topic: string;
  readonly events: number;
  /** Events that are on the topic. */
  readonly relayed: number;
  /** Events after the relay's place: to be published yet. */
  readonly waiting: number;
  /** Messages that are on the topic once more: harmless, since each event has one effect. */
  readonly repeated: number;
  /** Events before the relay's place that are not on the topic. */
  readonly missing: number;
  readonly consumers: readonly ConsumerFigures[];
}

export interface ConsumerFigures {
  readonly topic: string;
  readonly group: string;
  /** Messages that are the consumer's business. */
  readonly owed: number;
  /** Whose effect the streams prove. */
  readonly consumed: number;
  readonly deadLettered: number;
  /** Without effect yet, and still before the group. */
  readonly waiting: number;
  /** Before the group's place with neither effect nor dead letter, or lost on the way to it. */
  readonly missing: number;
}

// What is kept beside each event: 32 bits of its content and of the position before it, its number in the walk, and what is known of it.
const CONTENT = 0;
const NUMBER = 1;
const MARKS = 2;
const LINK = 3;
const ON_TOPIC = 1;
const owedBy = (consumer: number): number => 2 << (consumer * 4);
const provenOf = (consumer: number): number => 4 << (consumer * 4);
const waitingFor = (consumer: number): number => 8 << (consumer * 4);
const letterOf = (consumer: number): number => 16 << (consumer * 4);
const CONSUMERS_MAX = 7;

/**
 * Holds one topic against the log it was made from and against the effects it must have had. The events are walked
 * first, then the records; per event some 30 bytes are kept.
 */
export async function auditRelayedTopic(input: RelayedTopic, findings: Findings, onProgress: (events: number) => void = () => undefined): Promise<RelayedFigures> {
  if (input.consumers.length > CONSUMERS_MAX) throw new RangeError(`a topic with more than ${CONSUMERS_MAX} consumers cannot be audited`);
  const { topic } = input.snapshot;
  auditBounds(input.snapshot, findings);
  for (const { consumer, committed } of input.consumers) auditCommitted(input.snapshot, consumer.group, committed, findings);
  const walk = new TopicWalk(input, findings);
  for await (const page of input.events()) {
    for (const event of page) walk.takeEvent(event);
    onProgress(page.length);
  }
  for await (const records of input.snapshot.records()) {
    for (const record of records) walk.takeRecord(record);
    onProgress(records.length);
  }
  const figures = walk.figures();
  walk.nameGaps();
  explain(input, figures, walk.behind, walk.repeatedAhead, findings);
  if (figures.missing > 0 || figures.consumers.some(({ missing }) => missing > 0)) await walk.name(input.events(), topic);
  return figures;
}

function explain({ snapshot: { topic, exists, partitions } }: RelayedTopic, figures: RelayedFigures, behind: number, again: readonly number[], findings: Findings): void {
  if (!exists && figures.missing > 0) findings.add('wrong', 'topic-gone', topic, 'there is no such topic, though its relay has published to it');
  else if (figures.missing > 0 && partitions.every(({ high }) => high === 0n)) {
    findings.add('wrong', 'topic-empty', topic, `the topic is empty and never held a record, though its relay has published ${figures.missing} events: it was made anew`);
  }
  findings.addMany('notice', 'repeated', topic, figures.repeated, `${figures.repeated} messages are on the topic more than once: a relay began again from an earlier place. Harmless: each event has one effect`);
  findings.addMany('notice', 'checkpoint-behind', topic, behind, `${behind} events after the relay's place are on the topic already: it will publish them again at its next start. Harmless: each event has one effect`);
  figures.consumers.forEach(({ group }, index) => {
    const times = again[index] ?? 0;
    findings.addMany('notice', 'offset-behind', `${topic} ${group}`, times, `${times} messages after the place of group ${group} have had their effect: they will be delivered again. Harmless: each has one effect`);
  });
}

class TopicWalk {
  private readonly table = new DigestTable(4);
  private readonly again: number[];
  private events = 0;
  /** Number of the last event at or before the checkpoint, and of the last one seen on the topic. */
  private placeOfRelay = 0;
  private lastOnTopic = 0;
  private repeated = 0;
  private previousPosition: string = FIRST;
  private readonly chains: PartitionChains;

  constructor(
    private readonly input: RelayedTopic,
    private readonly findings: Findings,
  ) {
    this.again = input.consumers.map(() => 0);
    this.chains = new PartitionChains(input.snapshot.partitions);
  }

  /** Events on the topic after the relay's place. */
  behind = 0;

  /** For each consumer: messages with an effect after its place. */
  get repeatedAhead(): readonly number[] {
    return this.again;
  }

  takeEvent(event: RecordedEvent): void {
    const { checkpoint, consumers, proofs } = this.input;
    const slot = this.table.insert(event.id);
    this.events += 1;
    if (checkpoint !== undefined && event.position <= checkpoint) this.placeOfRelay = this.events;
    this.table.set(slot, NUMBER, this.events);
    this.table.set(slot, LINK, digest32(this.previousPosition));
    this.previousPosition = event.position;
    const type = messageTypeOf(event.type, event.metadata.schemaVersion);
    this.table.set(slot, CONTENT, digest32(contentOf(type, event.stream, String(event.revision), event.data)));
    let marks = 0;
    for (const [index, { consumer }] of consumers.entries()) {
      if (!consumer.types.includes(type)) continue;
      marks |= owedBy(index);
      const duties = consumer.duties({ type, source: '', id: event.id, data: event.data });
      if (duties === 'invalid') continue;
      const standing = proofs.standing(duties);
      if (standing === 'proven') marks |= provenOf(index);
      else if (standing === 'differs') this.findings.add('wrong', 'effect-differs', this.consumerPlace(index), `what ${consumer.group} recorded of ${event.stream}@${event.revision} says something else than the event`);
    }
    this.table.set(slot, MARKS, marks);
  }

  takeRecord(record: ReceivedRecord): void {
    const { topic } = this.input.snapshot;
    const message = decoded(record);
    const slot = message === undefined ? -1 : this.table.find(message.id);
    if (message === undefined || slot === -1) {
      this.findings.add('wrong', 'unknown-message', topic, `${placeOf(record)} tells of no event of the log: ${message === undefined ? 'it is no CloudEvent' : `its id is ${message.id}`}`);
      return;
    }
    if (this.table.get(slot, CONTENT) !== digest32(messageContent(message))) {
      this.findings.add('wrong', 'message-differs', topic, `${placeOf(record)} says something else than its event ${message.id}`);
    }
    this.checkLink(record, message, slot);
    const marks = this.table.get(slot, MARKS);
    const isFirst = (marks & ON_TOPIC) === 0;
    if (isFirst) {
      this.chains.take(record, message);
      const number = this.table.get(slot, NUMBER);
      if (this.input.checkpoint !== undefined && number > this.placeOfRelay) this.behind += 1;
      if (number > this.lastOnTopic) this.lastOnTopic = number;
    } else this.repeated += 1;
    this.table.set(slot, MARKS, marks | ON_TOPIC | this.consumerMarks(record, marks, isFirst));
  }

  /** What a message says of the one before it follows from the log alone, whatever was published. */
  private checkLink(record: ReceivedRecord, { id, extensions }: CloudEvent, slot: number): void {
    const link = extensions['previousposition'];
    if (link === undefined || digest32(link) === this.table.get(slot, LINK)) return;
    this.findings.add('wrong', 'link-differs', this.input.snapshot.topic, `${placeOf(record)} (event ${id}) says that the event before it was at position ${link}, and the log has another one before it`);
  }

  /** Links to messages that are nowhere on the topic. */
  nameGaps(): void {
    for (const gap of this.chains.open()) this.findings.add('missing', 'chain-gap', this.input.snapshot.topic, gap);
  }

  private consumerMarks(record: ReceivedRecord, marks: number, isFirst: boolean): number {
    let found = 0;
    for (const [index, { consumer, committed }] of this.input.consumers.entries()) {
      if ((marks & owedBy(index)) === 0) continue;
      const isRead = isBefore(committed, record.partition, record.offset);
      if ((marks & provenOf(index)) !== 0) {
        if (!isRead && isFirst) this.again[index] = (this.again[index] ?? 0) + 1;
      } else if (this.input.deadLetters.has(record, consumer.group)) found |= letterOf(index);
      else if (!isRead) found |= waitingFor(index);
    }
    return found;
  }

  figures(): RelayedFigures {
    const { snapshot: { topic }, consumers } = this.input;
    let relayed = 0;
    let waiting = 0;
    const counts = consumers.map(({ consumer: { group } }) => ({ topic, group, owed: 0, consumed: 0, deadLettered: 0, waiting: 0, missing: 0 }));
    for (const slot of this.table.slots()) {
      const marks = this.table.get(slot, MARKS);
      if ((marks & ON_TOPIC) !== 0) relayed += 1;
      else if (!this.isMissing(slot)) waiting += 1;
      for (const [index, count] of counts.entries()) {
        const state = this.consumerState(slot, index);
        if (state === undefined) continue;
        count.owed += 1;
        count[state] += 1;
      }
    }
    return { topic, events: this.events, relayed, waiting, repeated: this.repeated, missing: this.events - relayed - waiting, consumers: counts };
  }

  /** Without a checkpoint the topic itself says how far its relay has come. */
  private isMissing(slot: number): boolean {
    if ((this.table.get(slot, MARKS) & ON_TOPIC) !== 0) return false;
    return this.table.get(slot, NUMBER) <= (this.input.checkpoint === undefined ? this.lastOnTopic : this.placeOfRelay);
  }

  private consumerState(slot: number, index: number): 'consumed' | 'deadLettered' | 'waiting' | 'missing' | undefined {
    const marks = this.table.get(slot, MARKS);
    if ((marks & owedBy(index)) === 0) return undefined;
    if ((marks & provenOf(index)) !== 0) return 'consumed';
    if ((marks & letterOf(index)) !== 0) return 'deadLettered';
    if ((marks & waitingFor(index)) !== 0) return 'waiting';
    return (marks & ON_TOPIC) === 0 && !this.isMissing(slot) ? 'waiting' : 'missing';
  }

  /** Walks the events again to say which they are: their places in the log are too long to be kept for all. */
  async name(events: AsyncIterable<readonly RecordedEvent[]>, topic: string): Promise<void> {
    for await (const page of events) {
      for (const { id, stream, revision, type, position } of page) {
        const slot = this.table.find(id);
        if (slot === -1) continue;
        const what = `${stream}@${revision} (${type}, position ${position})`;
        if (this.isMissing(slot)) this.findings.add('missing', 'not-on-topic', topic, `${what} is not on the topic, though its relay has gone past it`);
        for (const [index, { consumer: { group } }] of this.input.consumers.entries()) {
          if (this.consumerState(slot, index) !== 'missing') continue;
          const why = this.isMissing(slot) ? 'it was never delivered, or is gone' : `the group's offset is past it, and there is neither an effect nor a dead letter`;
          this.findings.add('missing', 'not-consumed', this.consumerPlace(index), `${what} has had no effect in ${group}: ${why}`);
        }
      }
    }
  }

  private consumerPlace(index: number): string {
    return `${this.input.snapshot.topic} ${this.input.consumers[index]?.consumer.group ?? ''}`;
  }
}

function contentOf(type: string, stream: string, revision: string, data: unknown): string {
  return `${type}\n${stream}\n${revision}\n${JSON.stringify(data)}`;
}

function messageContent({ type, subject, extensions, data }: CloudEvent): string {
  return contentOf(type, subject ?? '', extensions['streamrevision'] ?? '', data);
}
