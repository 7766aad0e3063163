import { TOPICS, type SignedMessage } from '@qazyna/contracts';
import type { RecordedEvent } from '@qazyna/event-store';
import type { OutgoingRecord } from '@qazyna/messaging';
import type { ListedDeadLetter, Page, ShownDeadLetter, ShownPublisher } from '@qazyna/service-kit';
import { parseSignature, publicKeyOf, verify } from '@qazyna/signing';
import { describeWith, KAFKA, type RunningKafka } from '@qazyna/testing';
import { Apart } from '../system/apart.js';
import { ask, call, until, type Problem } from '../system/caller.js';
import { LogReader } from '../system/log-reader.js';
import { ACCOUNT, attributes, binaryHeaders, fact, LICENCE, payout, POOL, WALLET } from '../system/messages.js';
import { Outsider } from '../system/outsider.js';
import { SigningPublisher, type MessageKind } from '../system/signing-publisher.js';

interface Message {
  readonly attributes: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The same rules at the doors of both services. */
const DOORS = {
  fact: { service: 'intake', path: '/v1/seizure-facts', role: 'law-enforcement', topic: TOPICS.seizureFacts, group: 'intake' },
  payout: { service: 'mining', path: '/v1/payouts', role: 'pool-operator', topic: TOPICS.miningPayouts, group: 'mining-ingest' },
} as const;

const bodyOf = (kind: MessageKind, id: string): string => JSON.stringify(kind === 'fact' ? fact(`${id}/1`) : payout(id));

await describeWith(KAFKA, 'where signatures are required, on a real Kafka', (source) => {
  let kafka: RunningKafka;
  let apart: Apart;
  let outsider: Outsider;
  let publisher: SigningPublisher;
  let log: LogReader;

  beforeAll(async () => {
    kafka = await source.start();
    apart = await Apart.start(kafka, ['intake', 'mining', 'reporting'], { KAFKA_SESSION_MS: '6000', QAZYNA_UPSTREAM_SIGNATURES: 'required' });
    outsider = await Outsider.connect(kafka.brokers);
    log = await LogReader.connect(apart.double.url);
    publisher = new SigningPublisher(apart.url('intake'), 'publisher-1');
    await publisher.register([{ agency: 'afm' }, { pool: POOL, accounts: [ACCOUNT] }]);
    await publisher.addKey('good');
    await publisher.addKey('expired', { fromDay: -20, untilDay: -10 });
    await publisher.addKey('coming', { fromDay: 5, untilDay: 20 });
    await publisher.addKey('stolen');
    await publisher.revoke('stolen');
    const mining = apart.url('mining');
    await ask(mining, '/v1/licences', { role: 'regulator', body: JSON.stringify({ licenceId: LICENCE, kind: 'mining', holder: 'a-farm', validFrom: '2023-01-01T00:00:00Z' }) });
    await ask(mining, '/v1/pool-accounts', { role: 'custodian', body: JSON.stringify({ pool: POOL, account: ACCOUNT, licenceId: LICENCE, network: 'regtest', payoutAddress: WALLET }) });
  }, 180_000);

  afterAll(async () => {
    await log?.close();
    await outsider?.close();
    await apart?.stop();
    await kafka?.stop();
  }, 60_000);

  const genuine = (kind: MessageKind, id: string): Message => ({ attributes: publisher.signed(kind, id, bodyOf(kind, id), 'good'), body: bodyOf(kind, id) });
  const flawed = (kind: MessageKind, code: string): Message => {
    const id = `${kind}-${code}`;
    const body = bodyOf(kind, id);
    const signed = (keyId: string, as?: Parameters<SigningPublisher['signed']>[4]): Message => ({ attributes: publisher.signed(kind, id, body, keyId, as), body });
    switch (code) {
      case 'signature-missing':
        return { attributes: attributes(kind, id), body };
      case 'signature-malformed':
        return { attributes: { ...attributes(kind, id), signature: 'nonsense' }, body };
      case 'signature-key-unknown':
        return signed('nobody-registered');
      case 'signature-invalid':
        return signed('good', { body: `${body} ` });
      case 'signature-other-message':
        return signed('good', { id: 'another' });
      case 'signature-from-future':
        return signed('good', { day: 1 });
      case 'signature-key-expired':
        return signed('expired', { day: -15 });
      case 'signature-key-not-yet-valid':
        return signed('coming');
      case 'signature-key-revoked':
        return signed('stolen');
      default: {
        const foreign = JSON.stringify(kind === 'fact' ? fact(`${id}/1`, { agency: 'customs' }) : payout(id, { account: 'of-somebody-else' }));
        return { attributes: publisher.signed(kind, id, foreign, 'good'), body: foreign };
      }
    }
  };
  const record = (key: string, message: Message): OutgoingRecord => ({ key, headers: binaryHeaders('ce_', message.attributes), value: Buffer.from(message.body) });
  const post = (kind: MessageKind, message: Message): ReturnType<typeof call> => {
    const { service, path, role } = DOORS[kind];
    return call(apart.url(service), path, { role, headers: binaryHeaders('ce-', message.attributes), body: message.body });
  };
  const KINDS: readonly MessageKind[] = ['fact', 'payout'];
  const receivedOf = async (kind: MessageKind): Promise<RecordedEvent[]> =>
    (await log.all(kind === 'fact' ? 'seizure-fact-' : 'payout-')).filter(({ type }) => type === (kind === 'fact' ? 'intake.fact-received' : 'mining.payout-received'));

  it.each<[string, number]>([
    ['signature-missing', 401],
    ['signature-malformed', 401],
    ['signature-key-unknown', 401],
    ['signature-invalid', 401],
    ['signature-other-message', 401],
    ['signature-from-future', 403],
    ['signature-key-expired', 403],
    ['signature-key-not-yet-valid', 403],
    ['signature-key-revoked', 403],
    ['signature-outside-remit', 403],
  ])('%s is refused over HTTP, and put aside over Kafka for officers to see', async (code, status) => {
    for (const kind of KINDS) {
      const message = flawed(kind, code);
      const answer = await post(kind, message);
      expect([answer.status, (JSON.parse(answer.text) as Problem).code]).toEqual([status, code]);
      expect(answer.headers.get('www-authenticate')).toBe(status === 401 ? 'QazynaSignature realm="qazyna", alg="EdDSA"' : null);
      await outsider.publish(DOORS[kind].topic, [record(`${kind}-${code}`, message)]);
    }
    const letters = await outsider.deadLetters(KINDS.map((kind) => `${kind}-${code}`));
    expect([...letters.values()].map((letter) => [letter.code, letter.group]).sort()).toEqual(KINDS.map((kind) => [code, DOORS[kind].group]).sort());
    const seen = await until('both are listed', () => ask<Page<ListedDeadLetter>>(apart.url('reporting'), `/v1/dead-letters?code=${code}`, { role: 'compliance-officer' }), ({ items }) => items.length >= 2);
    expect(seen.items).toHaveLength(2);
    for (const kind of KINDS) {
      const metrics = await (await fetch(`${apart.url(DOORS[kind].service)}/metrics`)).text();
      expect(Number(new RegExp(`qazyna_upstream_signatures_total\\{code="${code}"[^}]*\\} (\\d+)`).exec(metrics)?.[1])).toBeGreaterThanOrEqual(2);
    }
  }, 60_000);

  it('a signed message takes effect by any way, and names its publisher', async () => {
    for (const kind of KINDS) {
      const [http, batch, kafkaId] = ['http', 'batch', 'kafka'].map((way) => `${kind}-signed-${way}`) as [string, string, string];
      const accepted = await post(kind, genuine(kind, http));
      expect([accepted.status, (JSON.parse(accepted.text) as { status: string }).status]).toEqual([200, 'accepted']);
      const items = [genuine(kind, batch), flawed(kind, 'signature-invalid'), flawed(kind, 'signature-missing')];
      const structured = items.map(({ attributes: all, body }) => `{${JSON.stringify(all).slice(1, -1)},"data":${body}}`);
      const { service, path, role, topic } = DOORS[kind];
      const results = await ask<{ results: { status: string; code?: string }[] }>(apart.url(service), path, { role, headers: { 'content-type': 'application/cloudevents-batch+json' }, body: `[${structured.join(',')}]` });
      expect(results.results.map(({ status, code }) => code ?? status)).toEqual(['accepted', 'signature-invalid', 'signature-missing']);
      await outsider.publish(topic, [record(kafkaId, genuine(kind, kafkaId))]);
      await until('the message took effect', () => receivedOf(kind), (received) => received.some(({ data }) => JSON.stringify(data).includes(`"${kafkaId}`)));
      expect((JSON.parse((await post(kind, genuine(kind, kafkaId))).text) as { status: string }).status).toBe('duplicate');
      expect(outsider.lettersOf(kafkaId)).toEqual([]);
    }
  }, 60_000);

  it('an accepted message keeps the proof of who said it, which anyone can check with the registered key', async () => {
    const { keys } = await ask<ShownPublisher>(apart.url('intake'), '/v1/publishers/publisher-1', { role: 'auditor' });
    for (const kind of KINDS) {
      const received = await receivedOf(kind);
      expect(received.length).toBeGreaterThanOrEqual(3);
      for (const { data } of received) {
        const { publisherId, keyId, signature, body = '' } = data['signed'] as unknown as SignedMessage;
        const reading = parseSignature(signature);
        const publicKey = publicKeyOf(keys.find((key) => key.keyId === keyId)?.publicKey ?? '');
        expect(publisherId).toBe('publisher-1');
        expect(reading.ok && verify({ signature: reading.signature, body: Buffer.from(body), publicKey })).toBe(true);
      }
      expect(received.map(({ metadata }) => metadata.actor)).toContainEqual({ subject: 'publisher:publisher-1/good', organisation: 'publisher-1' });
    }
  }, 60_000);

  it('a message accepted before is the same message still when its key is revoked; a new one is refused at once', async () => {
    await publisher.addKey('lost-later');
    for (const kind of KINDS) {
      const sent = (id: string): Message => ({ attributes: publisher.signed(kind, id, bodyOf(kind, id), 'lost-later'), body: bodyOf(kind, id) });
      expect((await post(kind, sent(`${kind}-before`))).status).toBe(200);
    }
    await publisher.revoke('lost-later');
    for (const kind of KINDS) {
      const sent = (id: string): Message => ({ attributes: publisher.signed(kind, id, bodyOf(kind, id), 'lost-later'), body: bodyOf(kind, id) });
      expect((JSON.parse((await post(kind, sent(`${kind}-before`))).text) as { status: string }).status).toBe('duplicate');
      expect((JSON.parse((await post(kind, sent(`${kind}-after`))).text) as Problem).code).toBe('signature-key-revoked');
    }
  }, 60_000);

  it('a message whose key was registered late takes effect when its dead letter is replayed', async () => {
    const id = 'fact-registered-late';
    const late: Message = { attributes: publisher.signed('fact', id, bodyOf('fact', id), 'late'), body: bodyOf('fact', id) };
    await outsider.publish(TOPICS.seizureFacts, [record(id, late)]);
    const letterId = (await outsider.deadLetters([id])).get(id)?.id ?? '';
    await publisher.addKey('late');
    const letter = (): Promise<ShownDeadLetter> => ask(apart.url('reporting'), `/v1/dead-letters/${letterId}`, { role: 'operator' });
    await until('the letter is noted', letter, ({ state }) => state === 'open');
    await ask(apart.url('reporting'), `/v1/dead-letters/${letterId}/replay`, { method: 'POST', role: 'operator' });
    await until('the letter was replayed', letter, ({ state }) => state === 'replayed');
    expect((JSON.parse((await post('fact', late)).text) as { status: string }).status).toBe('duplicate');
  }, 60_000);
});
