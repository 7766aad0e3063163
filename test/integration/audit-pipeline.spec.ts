import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { runCommand } from '@qazyna/cli';
import { STREAM_PREFIXES, TOPICS } from '@qazyna/contracts';
import { EventStoreDbStore, SqliteCheckpoints, type EventStore, type NewEvent, type Position } from '@qazyna/event-store';
import { encodeRecord, KafkaBus } from '@qazyna/messaging';
import { playStory } from '@qazyna/standalone';
import { describeWith, KAFKA, type RunningKafka } from '@qazyna/testing';
import { Kafka, type Admin } from 'kafkajs';
import { startDoubleProcess, type DoubleProcess } from '../system/double-process.js';
import { ASSET, attributes, payout } from '../system/messages.js';
import { Standalone } from '../system/standalone.js';
import { until } from '../system/caller.js';

/** The parts of the report that specs look at. */
interface Report {
  readonly clean: boolean;
  readonly relayed: readonly { topic: string; events: number; relayed: number; waiting: number; repeated: number; missing: number; consumers: readonly { group: string; consumed: number; waiting: number; missing: number }[] }[];
  readonly upstream: readonly { topic: string; events: number; consumed: number; deadLettered: number; missing: number }[];
  readonly deadLetters: { letters: number; open: number; missing: number };
  readonly counts: readonly { severity: string; code: string; where: string; count: number }[];
  readonly findings: readonly { code: string; where: string; message: string }[];
}

interface Audited {
  readonly code: number;
  readonly report: Report;
  readonly said: readonly string[];
}

async function audit(env: Readonly<Record<string, string>>, ...options: string[]): Promise<Audited> {
  let [out, err] = ['', ''];
  const code = await runCommand(['audit', 'pipeline', '--json', '--grace', '0', ...options], {
    env, isInteractive: false, signal: new AbortController().signal, out: (text) => void (out += text), err: (text) => void (err += text),
  });
  if (out === '') throw new Error(`the audit ended with ${code}: ${err}`);
  const report = JSON.parse(out) as Report;
  return { code, report, said: report.counts.map(({ severity, code: name, where, count }) => `${severity} ${name} ${where} ${count}`) };
}

const metadata = { schemaVersion: 1, actor: { subject: 'outsider', organisation: 'tests' }, correlationId: 'planted' };
const event = (type: string, data: NewEvent['data']): NewEvent => ({ id: randomUUID(), type, data, metadata });

await describeWith(KAFKA, 'the audit of the pipeline, on a real Kafka', (source) => {
  let kafka: RunningKafka;
  let double: DoubleProcess;
  let standalone: Standalone;
  let store: EventStore;
  let admin: Admin;
  let env: Record<string, string>;

  beforeAll(async () => {
    [kafka, double] = await Promise.all([source.start(), startDoubleProcess()]);
    env = { KAFKA_BROKERS: kafka.brokers.join(','), EVENTSTORE_URL: double.url };
    standalone = await Standalone.start({ story: false, env });
    const { url } = standalone;
    await playStory({ intake: url, mining: url, custody: url, reporting: url });
    env['QAZYNA_DATA_DIR'] = standalone.dataDir;
    store = await EventStoreDbStore.connect({ url: double.url });
    admin = new Kafka({ brokers: [...kafka.brokers], logLevel: 0 }).admin();
    await admin.connect();
  }, 240_000);
  afterAll(async () => {
    await admin?.disconnect();
    await store?.close();
    await standalone?.remove();
    await double?.stop();
    await kafka?.stop();
  }, 120_000);

  const checkpoint = async (topic: string, move: (place: Position) => Position): Promise<Position> => {
    const checkpoints = SqliteCheckpoints.open({ file: join(standalone.dataDir, 'standalone-checkpoints.sqlite') });
    const place = (await checkpoints.load(`relay:${topic}`)) as Position;
    await checkpoints.save(`relay:${topic}`, move(place));
    checkpoints.close();
    return place;
  };
  const offsets = (topic: string, group: string): Promise<{ partition: number; offset: string }[]> => admin.fetchOffsets({ groupId: `${group}.${topic}`, topics: [topic] }).then(([found]) => found?.partitions ?? []);
  const custodyOf = (audited: Audited, topic: string): Report['relayed'][number]['consumers'][number] | undefined => relayedOf(audited, topic)?.consumers.find(({ group }) => group === 'custody');
  const relayedOf = ({ report }: Audited, topic: string): Report['relayed'][number] | undefined => report.relayed.find((each) => each.topic === topic);

  it('is clean while everything runs, with a message that was taken and one that was put aside', async () => {
    const bus = await KafkaBus.connect({ brokers: [...kafka.brokers], clientId: 'outsider' });
    await bus.publish(TOPICS.miningPayouts, [
      encodeRecord({ ...attributes('payout', 'sound'), data: payout('sound'), extensions: {} } as unknown as Parameters<typeof encodeRecord>[0]),
      encodeRecord({ ...attributes('payout', 'unsound'), data: payout('unsound', { amount: 'much' }), extensions: {} } as unknown as Parameters<typeof encodeRecord>[0]),
    ]);
    await bus.close();
    const audited = await until('the audit sees both', () => audit(env, '--strict'), ({ report, code }) => code === 0 && report.deadLetters.open === 1 && report.upstream.some(({ consumed, deadLettered }) => consumed === 1 && deadLettered === 1), 90_000);
    expect(audited.report).toMatchObject({ clean: true, deadLetters: { letters: 1, open: 1, missing: 0 } });
    expect(audited.report.relayed.filter(({ missing, events, relayed }) => missing > 0 || events > relayed)).toEqual([]);
    expect(custodyOf(audited, TOPICS.miningEvents)).toMatchObject({ consumed: 3, missing: 0 });
    expect(await standalone.stop()).toBe(0);
    expect(await audit(env, '--strict')).toMatchObject({ code: 0, said: [] });
  }, 120_000);

  it('finds a checkpoint moved forward: an event that was skipped, and what it should have led to', async () => {
    const [stream, id] = ['payout-skipped', 'p.a~skipped'];
    await store.append(stream, 'no-stream', [event('mining.payout-accepted', { payoutId: id, poolAccountId: 'p.a', licenceId: 'L', asset: ASSET, amount: '7', address: 'a', txid: '00'.repeat(32), paidAt: '2026-01-01T00:00:00Z' })]);
    const waiting = await audit(env);
    expect(relayedOf(waiting, TOPICS.miningEvents)).toMatchObject({ waiting: 1, missing: 0 });
    expect(custodyOf(waiting, TOPICS.miningEvents)).toMatchObject({ waiting: 1, missing: 0 });
    const head = (await store.head()) as Position;
    const before = await checkpoint(TOPICS.miningEvents, () => head);
    const audited = await audit(env);
    expect(audited).toMatchObject({ code: 1, said: [`missing not-on-topic ${TOPICS.miningEvents} 1`, `missing not-consumed ${TOPICS.miningEvents} custody 1`] });
    expect(audited.report.findings[0]?.message).toContain(`${stream}@0`);
    await checkpoint(TOPICS.miningEvents, () => before);
    expect(await audit(env)).toMatchObject({ code: 0, said: [] });
  }, 120_000);

  it('says of a checkpoint moved back what will be repeated, and that it loses nothing', async () => {
    const places: Position[] = [];
    for await (const page of store.readAll({ filter: { streamPrefixes: STREAM_PREFIXES.intake } })) places.push(...page.map(({ position }) => position));
    const before = await checkpoint(TOPICS.intakeEvents, () => places.at(-4) as Position);
    expect(await audit(env)).toMatchObject({ code: 0, said: [`notice checkpoint-behind ${TOPICS.intakeEvents} 3`], report: { clean: true } });
    expect(await audit(env, '--strict')).toMatchObject({ code: 1 });
    await checkpoint(TOPICS.intakeEvents, () => before);
  }, 120_000);

  it('finds an offset moved over a message that had no effect yet, and says of one moved back what comes again', async () => {
    const bus = await KafkaBus.connect({ brokers: [...kafka.brokers], clientId: 'outsider' });
    await bus.publish(TOPICS.miningPayouts, [encodeRecord({ ...attributes('payout', 'overlooked'), data: payout('overlooked'), extensions: {} } as unknown as Parameters<typeof encodeRecord>[0])]);
    await bus.close();
    const groupId = `mining-ingest.${TOPICS.miningPayouts}`;
    const before = await offsets(TOPICS.miningPayouts, 'mining-ingest');
    const ends = await admin.fetchTopicOffsets(TOPICS.miningPayouts);
    await admin.setOffsets({ groupId, topic: TOPICS.miningPayouts, partitions: ends.map(({ partition, high }) => ({ partition, offset: high })) });
    expect(await audit(env)).toMatchObject({ code: 1, said: [`missing not-consumed ${TOPICS.miningPayouts} mining-ingest 1`] });
    await admin.setOffsets({ groupId, topic: TOPICS.miningPayouts, partitions: before.map(({ partition }) => ({ partition, offset: '0' })) });
    expect(await audit(env)).toMatchObject({ code: 0, said: [`notice offset-behind ${TOPICS.miningPayouts} mining-ingest 1`] });
  }, 120_000);

  it('finds an edited row of a view', async () => {
    const db = new DatabaseSync(join(standalone.dataDir, 'read-models', 'custody.sqlite'));
    db.exec(`UPDATE balances SET amount = '1' WHERE account = (SELECT min(account) FROM balances)`);
    db.close();
    const audited = await audit(env);
    expect(audited).toMatchObject({ code: 1 });
    expect(audited.said).toContain('wrong row-differs view custody 1');
    expect(audited.report.findings.find(({ code }) => code === 'row-differs')?.message).toMatch(/^balances\[.+\] differs from the streams in amount$/);
  }, 120_000);

  it('finds a journal entry that is missing for an accepted payout whose output is confirmed', async () => {
    const [payoutId, txid] = ['p.a~unposted', 'cd'.repeat(32)];
    const depositId = `${txid}.0`;
    const accepted = { payoutId, poolAccountId: 'p.a', licenceId: 'L', asset: ASSET, amount: '9', address: 'a', txid, outputIndex: 0, paidAt: '2026-01-01T00:00:00Z' };
    await store.append('payout-unposted', 'no-stream', [event('mining.payout-accepted', accepted)]);
    await store.append(`claim-${payoutId}`, 'no-stream', [event('custody.claim-registered', accepted)]);
    await store.append(`deposit-${depositId}`, 'no-stream', [
      event('custody.deposit-seen', { depositId, vaultId: 'reserve-cold-1', address: 'a', asset: ASSET, amount: '9', height: 1, blockHash: txid, blockTime: '2026-01-01T00:00:00.000Z', coinbase: false, purpose: { kind: 'pool-account', id: 'p.a', licenceId: 'L' } }),
      event('custody.deposit-matched', { depositId, payoutId, licenceId: 'L' }),
      event('custody.deposit-confirmed', { depositId, height: 1, blockHash: txid, confirmations: 3 }),
    ]);
    const audited = await audit(env);
    expect(audited.said).toEqual(expect.arrayContaining(['missing entry-missing journal 1', 'missing payout-not-credited journal 1']));
    expect(audited.report.findings.find(({ code }) => code === 'entry-missing')?.message).toContain(`deposit ${depositId} of payout ${payoutId}`);
  }, 120_000);

  it('finds a deleted range of records, and what of it never had its effect', async () => {
    const ends = await admin.fetchTopicOffsets(TOPICS.intakeEvents);
    const { partition, high } = ends.find((each) => BigInt(each.high) > 1n) as (typeof ends)[number];
    await admin.deleteTopicRecords({ topic: TOPICS.intakeEvents, partitions: [{ partition, offset: high }] });
    const audited = await audit(env);
    expect(audited).toMatchObject({ code: 1 });
    expect(audited.said).toEqual(expect.arrayContaining([`missing records-deleted ${TOPICS.intakeEvents} ${high}`, `missing not-on-topic ${TOPICS.intakeEvents} ${high}`]));
    expect(relayedOf(audited, TOPICS.intakeEvents)).toMatchObject({ missing: Number(high) });
    // The case's event and that of its asset, which repeats it.
    expect(custodyOf(audited, TOPICS.intakeEvents)).toMatchObject({ consumed: 2, missing: 0 });
  }, 120_000);

  it('finds a topic that was made anew', async () => {
    await admin.deleteTopics({ topics: [TOPICS.custodyEvents, TOPICS.miningPayouts] });
    const bus = await KafkaBus.connect({ brokers: [...kafka.brokers], clientId: 'outsider' });
    await until('the topics are gone', () => admin.listTopics(), (topics) => !topics.includes(TOPICS.custodyEvents) && !topics.includes(TOPICS.miningPayouts));
    await bus.ensureTopics([{ name: TOPICS.custodyEvents, partitions: 3 }, { name: TOPICS.miningPayouts, partitions: 3 }]);
    await bus.close();
    for (const topic of [TOPICS.custodyEvents, TOPICS.miningPayouts]) await until('the new topic has its leaders', () => admin.fetchTopicOffsets(topic), (ends) => ends.length === 3);
    const audited = await audit(env);
    expect(audited).toMatchObject({ code: 1 });
    expect(audited.said).toEqual(expect.arrayContaining([`wrong topic-empty ${TOPICS.custodyEvents} 1`, `missing message-gone ${TOPICS.miningPayouts} 1`]));
    const custody = relayedOf(audited, TOPICS.custodyEvents);
    expect(custody).toMatchObject({ relayed: 0 });
    expect(custody?.missing).toBeGreaterThan(100);
    // Every one of them is named on demand.
    const all = await audit(env, '--all');
    expect(all.report.findings.filter(({ code, where }) => code === 'not-on-topic' && where === TOPICS.custodyEvents)).toHaveLength(custody?.missing ?? 0);
  }, 120_000);
});
