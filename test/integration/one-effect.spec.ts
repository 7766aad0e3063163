import { SEIZURE_FACT_TYPE, streamOf, TOPICS, type ConflictRaised, type FactReceived } from '@qazyna/contracts';
import type { RecordedEvent } from '@qazyna/event-store';
import { decodeRecord, type CloudEvent, type OutgoingRecord } from '@qazyna/messaging';
import { describeWith, KAFKA, type RunningKafka } from '@qazyna/testing';
import { randomUUID } from 'node:crypto';
import { Apart } from '../system/apart.js';
import { allItems, ask, call, until, type Answer, type Problem } from '../system/caller.js';
import { LogReader } from '../system/log-reader.js';
import { ACCOUNT, attributes, binaryHeaders, fact, FACTS_SOURCE, LICENCE, OTHER_WALLET, payout, POOL, WALLET } from '../system/messages.js';
import { Outsider } from '../system/outsider.js';

const TIMES = 10;
/** Enough for two instances to meet at the same moment in some of them. */
const RACES = 40;

/** One kind of input: where it goes, and where its effect must stand once. */
interface Kind {
  readonly kind: 'payout' | 'fact';
  readonly instances: readonly [string, string];
  readonly path: string;
  readonly role: string;
  readonly topic: string;
  readonly events: string;
  readonly conflictCode: string;
  readonly conflictType: string;
  /** Two bodies of one id that contradict each other. */
  readonly bodies: (id: string) => readonly [object, object];
  /** Streams that one input leaves, with the types of their events. */
  readonly effect: (id: string) => Promise<Readonly<Record<string, readonly string[]>>>;
}

await describeWith(KAFKA, 'the same message many times, over Kafka and HTTP together, to two instances of each service', (source) => {
  let kafka: RunningKafka;
  let apart: Apart;
  let outsider: Outsider;
  let log: LogReader;
  /** Messages the services published, by topic. */
  const published: CloudEvent[] = [];

  beforeAll(async () => {
    kafka = await source.start();
    apart = await Apart.start(kafka, ['intake', 'mining', 'reporting']);
    await Promise.all([apart.add('intake', 'intake 2'), apart.add('mining', 'mining 2')]);
    outsider = await Outsider.connect(kafka.brokers);
    log = await LogReader.connect(apart.double.url);
    await outsider.bus.subscribe({
      topics: [TOPICS.intakeEvents, TOPICS.miningEvents],
      group: `watcher-${randomUUID()}`,
      handler: (records) => {
        published.push(...records.map((record) => decodeRecord(record)));
        return Promise.resolve();
      },
    });
    await ask(apart.url('mining'), '/v1/licences', { role: 'regulator', body: JSON.stringify({ licenceId: LICENCE, kind: 'mining', holder: 'a-farm', validFrom: '2023-01-01T00:00:00Z' }) });
    await ask(apart.url('mining 2'), '/v1/pool-accounts', { role: 'custodian', body: JSON.stringify({ pool: POOL, account: ACCOUNT, licenceId: LICENCE, network: 'regtest', payoutAddress: WALLET }) });
  }, 180_000);

  afterAll(async () => {
    await log?.close();
    await outsider?.close();
    await apart?.stop();
    await kafka?.stop();
  }, 60_000);

  const types = (events: readonly RecordedEvent[]): string[] => events.map(({ type }) => type);

  const factReceivedUnder = async (id: string): Promise<FactReceived> => {
    const received = (await log.all('seizure-fact-')).filter(({ data }) => data['messageId'] === id && data['source'] === FACTS_SOURCE);
    const [first] = received;
    if (first === undefined) throw new Error(`no fact ${id} was received`);
    return first.data as unknown as FactReceived;
  };

  const KINDS: readonly Kind[] = [
    {
      kind: 'payout',
      instances: ['mining', 'mining 2'],
      path: '/v1/payouts',
      role: 'pool-operator',
      topic: TOPICS.miningPayouts,
      events: TOPICS.miningEvents,
      conflictCode: 'payout-conflict',
      conflictType: 'mining.conflict-raised',
      bodies: (id) => [payout(id), payout(id, { amount: '149378' })],
      effect: async (id) => {
        const name = streamOf.payout(`${POOL}.${ACCOUNT}~${id}`);
        return { [name]: types(await log.stream(name)) };
      },
    },
    {
      kind: 'fact',
      instances: ['intake', 'intake 2'],
      path: '/v1/seizure-facts',
      role: 'law-enforcement',
      topic: TOPICS.seizureFacts,
      events: TOPICS.intakeEvents,
      conflictCode: 'fact-conflict',
      conflictType: 'intake.conflict-raised',
      bodies: (id) => [fact(`${id}/1`), fact(`${id}/1`, { actAt: '2026-03-03T09:00:00Z' })],
      effect: async (id) => {
        const { factId, caseId } = await factReceivedUnder(id);
        const [receipt, ofCase] = [streamOf.seizureFact(factId), streamOf.case(caseId)];
        return { receipt: types(await log.stream(receipt)), case: types(await log.stream(ofCase)) };
      },
    },
  ];

  /** Over HTTP to both instances in turn, and over Kafka on every partition: all at once. */
  async function sendEverywhere({ kind, instances, path, role, topic }: Kind, id: string, bodies: readonly object[], times: number): Promise<{ readonly answers: readonly Answer[]; readonly keys: readonly string[] }> {
    const all = attributes(kind, id);
    const keys: string[] = [];
    const records = Array.from({ length: times }, (_, index): OutgoingRecord => {
      keys.push(`${id}/${index}`);
      return { key: `${id}/${index}`, headers: binaryHeaders('ce_', all), value: Buffer.from(JSON.stringify(bodies[index % bodies.length])) };
    });
    const [answers] = await Promise.all([
      Promise.all(
        Array.from({ length: times }, (_, index) =>
          // Two in a row have the same content, so that each instance is sent each content.
          call(apart.url(instances[index % 2] ?? ''), path, { role, headers: binaryHeaders('ce-', all), body: JSON.stringify(bodies[(index >> 1) % bodies.length]) }),
        ),
      ),
      ...records.map((record) => outsider.publish(topic, [record])),
    ]);
    return { answers, keys };
  }

  async function consumed({ kind, topic }: Kind): Promise<void> {
    const group = kind === 'payout' ? 'mining-ingest' : 'intake';
    await until('every record is dealt with', () => outsider.bus.lag(group, [topic]), (lags) => lags.length > 0 && lags.every(({ committed, end }) => committed === end));
  }

  const statusOf = ({ text }: Answer): string => (JSON.parse(text) as { status: string }).status;
  const expectedTypes = { payout: ['mining.payout-received', 'mining.payout-accepted'], fact: ['intake.fact-received'] };

  describe.each(KINDS)('a $kind', (kind) => {
    it('has one effect', async () => {
      const id = `same-${randomUUID().slice(0, 8)}`;
      const [body] = kind.bodies(id);
      const { answers, keys } = await sendEverywhere(kind, id, [body], TIMES);
      await consumed(kind);

      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: TIMES }, () => 200));
      const statuses = answers.map(statusOf);
      // EventStoreDB recognises an append that another instance made at the same moment, and does not say so: then the
      // sender at each instance hears "accepted" of the one effect. Within one instance only one does.
      expect(new Set(statuses)).toEqual(new Set([...statuses.filter((status) => status === 'accepted'), 'duplicate']));
      for (const own of [0, 1]) expect(statuses.filter((status, index) => status === 'accepted' && index % 2 === own).length).toBeLessThanOrEqual(1);
      const effect = Object.values(await kind.effect(id));
      expect(effect[0]).toEqual(expectedTypes[kind.kind]);
      if (kind.kind === 'fact') expect(effect[1]).toEqual(['intake.act-applied', 'intake.asset-status-changed']);
      expect((await log.all(kind.kind === 'payout' ? 'mining-conflict-' : 'intake-conflict-')).filter(({ stream }) => stream.includes(id))).toEqual([]);
      expect(keys.flatMap((key) => outsider.lettersOf(key))).toEqual([]);
    });

    it('has the effect of one of two contents, and the other is refused and raised, however both arrive', async () => {
      const id = `both-${randomUUID().slice(0, 8)}`;
      const bodies = kind.bodies(id);
      const { answers, keys } = await sendEverywhere(kind, id, bodies, TIMES);
      await consumed(kind);

      const effect = Object.values(await kind.effect(id));
      expect(effect[0]).toEqual(expectedTypes[kind.kind]);
      if (kind.kind === 'fact') expect(effect[1]).toEqual(['intake.act-applied', 'intake.asset-status-changed']);

      const conflicted = answers.filter(({ status }) => status === 409);
      expect(conflicted).toHaveLength(TIMES - answers.filter(({ status }) => status === 200).length);
      for (const { text } of conflicted) expect((JSON.parse(text) as Problem).code).toBe(kind.conflictCode);
      // Of two contents half of the requests carried the one that lost.
      expect([4, 6]).toContain(conflicted.length);

      const conflicts = (await log.all(kind.kind === 'payout' ? 'mining-conflict-' : 'intake-conflict-')).filter(({ data }) => JSON.stringify(data).includes(id));
      expect(types(conflicts)).toEqual([kind.conflictType]);
      const raised = conflicts[0]?.data as unknown as ConflictRaised;
      expect(raised.knownHash).not.toBe(raised.offeredHash);

      // Records alternate between the contents: five of ten lose, and each is put aside once.
      const lost = await until('five dead letters', () => keys.flatMap((key) => outsider.lettersOf(key)), (letters) => letters.length >= TIMES / 2);
      expect(lost).toHaveLength(TIMES / 2);
      expect(new Set(lost.map(({ code }) => code))).toEqual(new Set([kind.conflictCode]));
      const message = await until('the conflict on the topic', () => published.filter(({ type, data }) => type === `qazyna.${kind.conflictType}.v1` && JSON.stringify(data).includes(id)), (found) => found.length > 0);
      expect(message[0]?.data).toEqual(raised);

      const listed = await until('an operator sees it', () => allItems<ConflictRaised>(apart.url('reporting'), '/v1/conflicts', { role: 'operator' }), (all) => all.some(({ subject }) => subject === raised.subject));
      const own = listed.filter(({ subject }) => subject === raised.subject);
      expect(own).toMatchObject([{ knownHash: raised.knownHash, offeredHash: raised.offeredHash, way: raised.way, offered: JSON.parse(raised.offered) as unknown }]);
    });

    it('is decided once each time two instances are sent contradicting contents at the same moment', async () => {
      const ids = Array.from({ length: RACES }, (_, index) => `race-${index}-${randomUUID().slice(0, 8)}`);
      const outcomes = await Promise.all(
        ids.map((id) => Promise.all(kind.bodies(id).map((body, index) => call(apart.url(kind.instances[index] ?? ''), kind.path, { role: kind.role, headers: binaryHeaders('ce-', attributes(kind.kind, id)), body: JSON.stringify(body) })))),
      );
      expect(outcomes.map((answers) => answers.map(({ status }) => status).sort())).toEqual(ids.map(() => [200, 409]));
    });

    it('keeps its first content against a later one, over each way alone', async () => {
      const id = `later-${randomUUID().slice(0, 8)}`;
      const [first, other] = kind.bodies(id);
      const all = attributes(kind.kind, id);
      const send = (instance: string, body: object): Promise<Answer> => call(apart.url(instance), kind.path, { role: kind.role, headers: binaryHeaders('ce-', all), body: JSON.stringify(body) });
      expect(statusOf(await send(kind.instances[0], first))).toBe('accepted');
      const refused = await send(kind.instances[1], other);
      expect({ status: refused.status, code: (JSON.parse(refused.text) as Problem).code }).toEqual({ status: 409, code: kind.conflictCode });

      await outsider.publish(kind.topic, [{ key: `${id}/k`, headers: binaryHeaders('ce_', all), value: Buffer.from(JSON.stringify(other)) }]);
      const letter = (await outsider.deadLetters([`${id}/k`])).get(`${id}/k`);
      expect({ code: letter?.code, type: letter?.original.headers['ce_type'] }).toEqual({ code: kind.conflictCode, type: kind.kind === 'fact' ? SEIZURE_FACT_TYPE : 'qazyna.mining.payout.v1' });
      expect(statusOf(await send(kind.instances[1], first))).toBe('duplicate');
      expect(Object.values(await kind.effect(id))[0]).toEqual(expectedTypes[kind.kind]);
    });
  });

  it('a pool account that two instances are asked to register with different wallets has one of them', async () => {
    const wallets = [WALLET, OTHER_WALLET];
    const accounts = Array.from({ length: RACES }, (_, index) => `raced-${index}`);
    const outcomes = await Promise.all(
      accounts.map((account) =>
        Promise.all(wallets.map((payoutAddress, index) => call(apart.url(index === 0 ? 'mining' : 'mining 2'), '/v1/pool-accounts', { role: 'custodian', body: JSON.stringify({ pool: POOL, account, licenceId: LICENCE, network: 'regtest', payoutAddress }) }))),
      ),
    );
    expect(outcomes.map((answers) => answers.map(({ status }) => status).sort())).toEqual(accounts.map(() => [200, 409]));
  });

  it('two instances share the partitions of their topic between them', async () => {
    // Both have taken part above: else the race between instances was none.
    for (const name of ['mining', 'mining 2', 'intake', 'intake 2']) {
      const metrics = await call(apart.url(name), '/metrics');
      const taken = metrics.text.split('\n').filter((line) => /^qazyna_messages_processed_total\{/.test(line) && !line.endsWith(' 0'));
      expect({ name, taken: taken.length > 0 }).toEqual({ name, taken: true });
    }
  });
});
