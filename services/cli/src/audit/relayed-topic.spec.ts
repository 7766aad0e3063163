import { randomUUID } from 'node:crypto';
import type { Position, RecordedEvent } from '@qazyna/event-store';
import { encodeRecord, toCloudEvent, toDeadLetter, type ReceivedRecord } from '@qazyna/messaging';
import { TOPICS } from '@qazyna/contracts';
import { auditDeadLetters } from './dead-letters.js';
import { CONSUMERS, type ConsumerDuties } from './duties.js';
import { Findings } from './findings.js';
import { collectProofs } from './proofs.js';
import { auditRelayedTopic, type RelayedFigures, type RelayedTopic } from './relayed-topic.js';
import type { TopicSnapshot } from './topic.js';

const TOPIC = TOPICS.miningEvents;
const CUSTODY = CONSUMERS.find(({ topic }) => topic === TOPIC) as ConsumerDuties;

let count = 0;
function event(stream: string, type: string, data: Record<string, string>): RecordedEvent {
  const position = String(++count).padStart(16, '0') as Position;
  return { id: randomUUID(), type, stream, revision: 0n, position, recordedAt: new Date(0), data, metadata: { schemaVersion: 1, actor: { subject: 's', organisation: 'o' }, correlationId: 'c' } };
}

const payout = (id: string, amount = '10'): Record<string, string> => ({ payoutId: id, poolAccountId: 'p.a', licenceId: 'l', asset: 'btc', amount, address: 'addr', txid: 'aa', paidAt: '2026-01-01T00:00:00Z' });
const accepted = (id: string): RecordedEvent => event(`payout-${id}`, 'mining.payout-accepted', payout(id));
const claimed = (id: string, amount?: string): RecordedEvent => event(`claim-${id}`, 'custody.claim-registered', payout(id, amount));

/** In one partition, with the links that follow from `log`. */
function recordsOf(events: readonly RecordedEvent[], log = events): ReceivedRecord[] {
  const before = (each: RecordedEvent): Position | 'none' => log[log.indexOf(each) - 1]?.position ?? 'none';
  return events.map((each, index) => ({ ...encodeRecord(toCloudEvent(each, { service: 'mining-ingest' }, { previousPosition: before(each), previousInPartition: before(each) })), topic: TOPIC, partition: 0, offset: BigInt(index), timestamp: new Date(0) }));
}

function snapshotOf(records: readonly ReceivedRecord[], bounds: Partial<TopicSnapshot['partitions'][number]> = {}): TopicSnapshot {
  return { topic: TOPIC, exists: true, partitions: [{ partition: 0, low: 0n, high: BigInt(records.length), ...bounds }], records: () => pages(records) };
}

async function* pages<T>(items: readonly T[]): AsyncGenerator<readonly T[]> {
  await Promise.resolve();
  for (let from = 0; from < items.length; from += 2) yield items.slice(from, from + 2);
}

interface Case {
  readonly events: readonly RecordedEvent[];
  readonly effects: readonly RecordedEvent[];
  readonly snapshot: TopicSnapshot;
  readonly checkpoint?: Position | undefined;
  readonly committed?: bigint;
  readonly letters?: readonly ReceivedRecord[];
}

async function audit({ events, effects, snapshot, checkpoint, committed, letters = [] }: Case): Promise<{ figures: RelayedFigures; codes: string[]; findings: Findings }> {
  const findings = new Findings();
  const dead = letters.map((record, index): ReceivedRecord => ({ ...toDeadLetter(record, { code: 'x', message: 'y' }, { group: 'custody', attempts: 1, time: new Date(0) }), topic: TOPICS.deadLetters, partition: 0, offset: BigInt(index), timestamp: new Date(0) }));
  const input: RelayedTopic = {
    snapshot,
    events: () => pages(events),
    checkpoint,
    consumers: [{ consumer: CUSTODY, committed: new Map([[0, committed]]) }],
    proofs: await collectProofs(pages(effects), [CUSTODY], new Date(1)),
    deadLetters: (await auditDeadLetters({ ...snapshotOf(dead), topic: TOPICS.deadLetters }, pages([]), new Date(0), findings)).letters,
  };
  const figures = await auditRelayedTopic(input, findings);
  return { figures, findings, codes: findings.summary().map(({ severity, code, count: times }) => `${severity} ${code} ${times}`) };
}

describe('a relayed topic', () => {
  const ids = ['1', '2', '3', '4'];
  let events: RecordedEvent[];
  let records: ReceivedRecord[];
  let effects: RecordedEvent[];
  const at = (index: number): Position => events[index]?.position as Position;

  beforeEach(() => {
    events = [...ids.map(accepted), event('licence-l', 'mining.licence-issued', { licenceId: 'l' })];
    records = recordsOf(events);
    effects = ids.map((id) => claimed(id));
  });

  it('is clean when each event is on it once and has had its effect', async () => {
    const { figures, codes } = await audit({ events, effects, snapshot: snapshotOf(records), checkpoint: at(4), committed: 5n });
    expect(codes).toEqual([]);
    expect(figures).toEqual({ topic: TOPIC, events: 5, relayed: 5, waiting: 0, repeated: 0, missing: 0, consumers: [{ topic: TOPIC, group: 'custody', owed: 4, consumed: 4, deadLettered: 0, waiting: 0, missing: 0 }] });
  });

  it('lacks the events before the relay\'s place that are not on it, each named: a checkpoint moved forward', async () => {
    const { figures, codes, findings } = await audit({ events, effects: effects.slice(0, 2), snapshot: snapshotOf(records.slice(0, 2)), checkpoint: at(4), committed: 2n });
    expect(figures).toMatchObject({ relayed: 2, waiting: 0, missing: 3, consumers: [{ consumed: 2, missing: 2 }] });
    expect(codes).toEqual(['missing not-on-topic 3', 'missing not-consumed 2']);
    expect(findings.listed()[0]?.message).toContain(`payout-3@0 (mining.payout-accepted, position ${at(2)})`);
  });

  it('waits for the events after the relay\'s place', async () => {
    const { figures, codes } = await audit({ events, effects: effects.slice(0, 2), snapshot: snapshotOf(records.slice(0, 2)), checkpoint: at(1), committed: 2n });
    expect(codes).toEqual([]);
    expect(figures).toMatchObject({ relayed: 2, waiting: 3, missing: 0, consumers: [{ consumed: 2, waiting: 2, missing: 0 }] });
  });

  it('says that a checkpoint moved back will repeat, and what was repeated, and that neither is a loss', async () => {
    const { figures, findings } = await audit({ events, effects, snapshot: snapshotOf(recordsOf([...events, ...events.slice(3)], events)), checkpoint: at(1), committed: 7n });
    expect(figures).toMatchObject({ relayed: 5, repeated: 2, missing: 0 });
    expect(findings.summary().map(({ code, count: times }) => [code, times])).toEqual([['repeated', 2], ['checkpoint-behind', 3]]);
    expect(findings.isClean).toBe(true);
  });

  it('finds deleted records, whether consumed before or not', async () => {
    const { figures, codes } = await audit({ events, effects: effects.slice(1), snapshot: { ...snapshotOf(records.slice(2), { low: 2n, high: 5n }) }, checkpoint: at(4), committed: 5n });
    expect(figures).toMatchObject({ relayed: 3, missing: 2, consumers: [{ consumed: 3, missing: 1 }] });
    expect(codes).toEqual(['missing records-deleted 2', 'missing not-on-topic 2', 'missing not-consumed 1']);
  });

  it('finds a topic made anew', async () => {
    const { figures, codes } = await audit({ events, effects, snapshot: snapshotOf([]), checkpoint: at(4), committed: 5n });
    expect(figures).toMatchObject({ relayed: 0, missing: 5, consumers: [{ consumed: 4, missing: 0 }] });
    expect(codes).toEqual(['wrong offset-beyond-end 1', 'wrong topic-empty 1', 'missing not-on-topic 5']);
  });

  it('finds a topic that is gone, and without a checkpoint trusts what the topic shows', async () => {
    const gone = await audit({ events, effects, snapshot: { ...snapshotOf([]), exists: false, partitions: [] }, checkpoint: at(4) });
    expect(gone.codes).toEqual(['wrong topic-gone 1', 'missing not-on-topic 5']);
    const hole = await audit({ events, effects, snapshot: snapshotOf(recordsOf(events.filter((_, index) => index !== 1), events).slice(0, 2)), checkpoint: undefined, committed: 2n });
    expect(hole.figures).toMatchObject({ relayed: 2, missing: 1, waiting: 2 });
  });

  it('takes no offset for an effect: what is neither recorded nor put aside is missing', async () => {
    const skipped = await audit({ events, effects: effects.filter((_, index) => index !== 1), snapshot: snapshotOf(records), checkpoint: at(4), committed: 5n });
    expect(skipped.figures.consumers).toMatchObject([{ consumed: 3, missing: 1 }]);
    expect(skipped.codes).toEqual(['missing not-consumed 1']);
    const letter = records[1] as ReceivedRecord;
    const putAside = await audit({ events, effects: effects.filter((_, index) => index !== 1), snapshot: snapshotOf(records), checkpoint: at(4), committed: 5n, letters: [letter, letter] });
    expect(putAside.figures.consumers).toMatchObject([{ consumed: 3, deadLettered: 1, missing: 0 }]);
    expect(putAside.codes).toEqual([]);
  });

  it('waits for what the group has not read, and says what it will read again', async () => {
    const { figures, codes } = await audit({ events, effects: effects.slice(0, 3), snapshot: snapshotOf(records), checkpoint: at(4), committed: 1n });
    expect(figures.consumers).toMatchObject([{ consumed: 3, waiting: 1, missing: 0 }]);
    expect(codes).toEqual(['notice offset-behind 2']);
  });

  it('finds an effect that says something else, a message that does, and one of no event', async () => {
    const forged = { value: Buffer.from(JSON.stringify(payout('1', '99'))) };
    const changed: ReceivedRecord[] = [{ ...(records[0] as ReceivedRecord), ...forged }, ...records.slice(1)];
    const { codes } = await audit({
      events,
      effects: [claimed('1'), claimed('2', '11'), claimed('3'), claimed('4')],
      snapshot: snapshotOf([...changed, ...recordsOf([accepted('strange')]).map((record) => ({ ...record, offset: 5n }))]),
      checkpoint: at(4),
      committed: 6n,
    });
    expect(codes).toEqual(['wrong effect-differs 1', 'wrong message-differs 1', 'wrong unknown-message 1', 'missing not-consumed 1']);
  });

  it('follows the links: over a gap, over one that was filled later, and to an event that the log itself has lost', async () => {
    const holed = (order: readonly number[]): Promise<{ codes: string[] }> =>
      audit({ events, effects, snapshot: snapshotOf(recordsOf(order.map((index) => events[index] as RecordedEvent), events)), checkpoint: at(4), committed: 9n });
    expect((await holed([0, 1, 4])).codes).toEqual(expect.arrayContaining(['missing chain-gap 1', 'missing not-on-topic 2']));
    expect((await holed([0, 1, 4, 1, 2, 3, 4])).codes).not.toContain('missing chain-gap 1');
    const lost = await audit({ events: events.filter((_, index) => index !== 1), effects, snapshot: snapshotOf(recordsOf(events.filter((_, index) => index !== 1), events)), checkpoint: at(4), committed: 9n });
    expect(lost.codes).toEqual(['wrong offset-beyond-end 1', 'wrong link-differs 1', 'missing chain-gap 1']);
  });
});
