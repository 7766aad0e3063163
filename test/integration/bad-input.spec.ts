import { TOPICS } from '@qazyna/contracts';
import { encodeRecord, encodeStructuredRecord, type OutgoingRecord } from '@qazyna/messaging';
import { describeWith, KAFKA, type RunningKafka } from '@qazyna/testing';
import { randomUUID } from 'node:crypto';
import { Apart, type ServiceName } from '../system/apart.js';
import { ask, asSent, call, until, type Problem } from '../system/caller.js';
import { Outsider } from '../system/outsider.js';
import { ACCOUNT, attributes, binaryHeaders, fact, LICENCE, MAINNET_ADDRESS, mistyped, payout, POOL, seized, WALLET } from '../system/messages.js';

const JSON_TYPE = 'application/json';
const STRUCTURED = 'application/cloudevents+json';
/** The largest body that services take unless told otherwise. */
const BODY_BYTES_MAX = 1_048_576;

/** What is sent over HTTP, and which status, code, field and rule must come back. */
interface Refused {
  readonly sends: string;
  readonly to?: 'payouts' | 'seizure-facts' | 'licences';
  readonly body: unknown;
  readonly headers?: Record<string, string>;
  readonly status: number;
  readonly code: string;
  readonly field?: string;
  /** Default: the code. */
  readonly rule?: string;
}

/** Text of JSON where a value is replaced by something that JSON.stringify would not write. */
function withRaw(value: object, placeholder: string, raw: string): string {
  return JSON.stringify(value).replace(JSON.stringify(placeholder), raw);
}

const invalid = { status: 400, code: 'validation-failed' } as const;
const unreadable = { status: 400 } as const;

const OVER_HTTP: readonly Refused[] = [
  { sends: 'an unknown field', body: payout('h1', { extra: 1 }), ...invalid, field: 'extra', rule: 'whitelistValidation' },
  { sends: 'an unknown field deep inside', to: 'seizure-facts', body: fact('1/1', { assets: [seized({ colour: 'red' })] }), ...invalid, field: 'assets.0.colour', rule: 'whitelistValidation' },
  { sends: 'a number where text is due', body: payout('h2', { paymentId: 5 }), ...invalid, field: 'paymentId', rule: 'isString' },
  { sends: 'text where an object is due', to: 'seizure-facts', body: fact('1/2', { document: 'paper' }), ...invalid, field: 'document', rule: 'isObject' },
  { sends: 'a list where text is due', body: payout('h3', { txid: ['a'] }), ...invalid, field: 'txid', rule: 'isString' },
  { sends: 'an amount as a JSON number', body: payout('h4', { amount: 149377 }), ...invalid, field: 'amount', rule: 'matches' },
  { sends: 'NaN as text', body: payout('h5', { amount: 'NaN' }), ...invalid, field: 'amount', rule: 'matches' },
  { sends: 'NaN as JSON has no word for it', body: withRaw(payout('h6', { amount: '@' }), '@', 'NaN'), ...unreadable, code: 'json-malformed' },
  { sends: 'NaN inside a CloudEvent', to: 'seizure-facts', body: withRaw(fact('1/3', { assets: '@' }), '@', 'NaN'), ...unreadable, code: 'invalid-json', field: 'data' },
  { sends: 'a negative amount', body: payout('h7', { amount: '-1' }), ...invalid, field: 'amount', rule: 'matches' },
  { sends: 'an amount of nothing', body: payout('h8', { amount: '0' }), ...invalid, field: 'amount', rule: 'matches' },
  { sends: 'a negative index', body: payout('h9', { outputIndex: -1 }), ...invalid, field: 'outputIndex', rule: 'min' },
  { sends: 'a part of a satoshi', body: payout('h10', { amount: '1.5' }), ...invalid, field: 'amount', rule: 'matches' },
  { sends: 'an amount in exponent form', body: payout('h11', { amount: '1e8' }), ...invalid, field: 'amount', rule: 'matches' },
  { sends: 'a time finer than milliseconds', body: payout('h12', { paidAt: '2026-03-01T00:00:00.0000001Z' }), ...invalid, field: 'paidAt', rule: 'isInstant' },
  { sends: 'a day that no calendar has', body: payout('h13', { paidAt: '2026-02-30T00:00:00Z' }), ...invalid, field: 'paidAt', rule: 'isInstant' },
  { sends: 'an amount of 41 digits', body: payout('h14', { amount: '9'.repeat(41) }), ...invalid, field: 'amount', rule: 'matches' },
  { sends: 'a number that no double holds', body: withRaw(payout('h15', { outputIndex: '@' }), '@', '1e999'), ...invalid, field: 'outputIndex' },
  { sends: 'a very long text', body: payout('h16', { paymentId: 'x'.repeat(10_000) }), ...invalid, field: 'paymentId', rule: 'maxLength' },
  { sends: 'a mistyped address', body: payout('h17', { address: mistyped(WALLET) }), status: 422, code: 'address-checksum', field: 'address' },
  { sends: 'an address of another network', body: payout('h18', { address: MAINNET_ADDRESS }), status: 422, code: 'address-network', field: 'address' },
  { sends: 'a mistyped address of a case', to: 'seizure-facts', body: fact('1/4', { assets: [seized({ location: { kind: 'address', address: mistyped(WALLET) } })] }), status: 422, code: 'address-checksum', field: 'assets.0.location.address' },
  { sends: 'a case\'s address of another network', to: 'seizure-facts', body: fact('1/5', { assets: [seized({ location: { kind: 'address', address: MAINNET_ADDRESS } })] }), status: 422, code: 'address-network', field: 'assets.0.location.address' },
  { sends: 'an asset nobody registered', body: payout('h19', { asset: 'bip122:00000000000000000000000000000000/slip44:0' }), status: 422, code: 'asset-unknown', field: 'asset' },
  { sends: 'a body that is too large', body: JSON.stringify(payout('h20', { statutorySequence: 'x'.repeat(BODY_BYTES_MAX) })), status: 413, code: 'body-too-large' },
  { sends: 'another content type', headers: { 'content-type': 'text/plain' }, body: payout('h21'), status: 415, code: 'unsupported-media-type' },
  { sends: 'no body', body: '', ...unreadable, code: 'body-missing' },
  { sends: 'truncated JSON', body: JSON.stringify(payout('h22')).slice(0, -10), ...unreadable, code: 'json-malformed' },
  { sends: 'a truncated CloudEvent', to: 'seizure-facts', body: JSON.stringify(fact('1/6')).slice(0, -10), ...unreadable, code: 'invalid-json', field: 'data' },
  { sends: 'bytes that are no text', body: Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), ...unreadable, code: 'not-utf-8' },
  { sends: 'the same name twice', body: JSON.stringify(payout('h23')).replace('{', '{"amount":"1",'), ...unreadable, code: 'json-duplicate-name' },
  { sends: 'a name that reaches a prototype', to: 'licences', body: `{"__proto__":{"licenceId":"KZ-1"}}`, ...unreadable, code: 'json-forbidden-name' },
  { sends: 'a list inside a list, a thousand deep', body: '['.repeat(1000) + ']'.repeat(1000), ...unreadable, code: 'json-too-deep' },
  { sends: 'a CloudEvent without data', headers: { 'content-type': STRUCTURED }, body: attributes('payout', 'h24'), ...unreadable, code: 'missing-data', field: 'data' },
  { sends: 'a CloudEvent whose data is null', to: 'seizure-facts', headers: { 'content-type': STRUCTURED }, body: { ...attributes('fact', 'f24'), data: null }, ...unreadable, code: 'missing-data', field: 'data' },
  { sends: 'a CloudEvent without id', headers: { 'content-type': STRUCTURED }, body: { ...attributes('payout', 'x'), id: undefined, data: payout('h25') }, ...unreadable, code: 'missing-attribute', field: 'id' },
  { sends: 'a CloudEvent without source', headers: { 'content-type': JSON_TYPE, 'ce-specversion': '1.0', 'ce-id': 'h26', 'ce-type': 'qazyna.mining.payout.v1' }, body: payout('h26'), ...unreadable, code: 'missing-attribute', field: 'source' },
  { sends: 'no attributes where a CloudEvent is due', to: 'seizure-facts', headers: { 'content-type': JSON_TYPE }, body: fact('1/7'), ...unreadable, code: 'missing-attribute', field: 'specversion' },
  { sends: 'a CloudEvent of another version', headers: { 'content-type': STRUCTURED }, body: { ...attributes('payout', 'h27'), specversion: '0.3', data: payout('h27') }, ...unreadable, code: 'unsupported-specversion', field: 'specversion' },
  { sends: 'a CloudEvent of another type', headers: { 'content-type': STRUCTURED }, body: { ...attributes('fact', 'h28'), data: payout('h28') }, status: 422, code: 'unexpected-message-type', field: 'type' },
  { sends: 'a list instead of a licence', to: 'licences', body: [1], ...invalid },
];

/** What is sent over Kafka, and which code and field its dead letter must carry. */
interface PutAside {
  readonly sends: string;
  readonly to?: 'payouts' | 'seizure-facts';
  /** The record, made for this key. */
  readonly record: (key: string) => OutgoingRecord;
  readonly code: string;
  readonly field?: string;
}

function binary(kind: 'payout' | 'fact', key: string, body: unknown, headers: Record<string, string | undefined> = {}): OutgoingRecord {
  const all: Record<string, string | undefined> = { ...binaryHeaders('ce_', attributes(kind, key)), ...headers };
  const present = Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
  const value = body === null ? null : body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body), 'utf8');
  return { key, headers: present, value };
}

const asPayout = (changes: Parameters<typeof payout>[1]) => (key: string): OutgoingRecord => binary('payout', key, payout(key, changes));
const asFact = (changes: Parameters<typeof fact>[1]) => (key: string): OutgoingRecord => binary('fact', key, fact('9/9', changes));

const OVER_KAFKA: readonly PutAside[] = [
  { sends: 'an unknown field', record: asPayout({ extra: 1 }), code: 'invalid-message', field: 'extra' },
  { sends: 'a wrong type', record: asPayout({ paymentId: 5 }), code: 'invalid-message', field: 'paymentId' },
  { sends: 'an amount as a JSON number', record: asPayout({ amount: 149377 }), code: 'invalid-message', field: 'amount' },
  { sends: 'NaN', record: (key) => binary('payout', key, withRaw(payout(key, { amount: '@' }), '@', 'NaN')), code: 'invalid-json', field: 'data' },
  { sends: 'a negative amount', record: asPayout({ amount: '-1' }), code: 'invalid-message', field: 'amount' },
  { sends: 'a part of a satoshi', record: asPayout({ amount: '1.5' }), code: 'invalid-message', field: 'amount' },
  { sends: 'an amount of 41 digits', record: asPayout({ amount: '9'.repeat(41) }), code: 'invalid-message', field: 'amount' },
  { sends: 'a mistyped address', record: asPayout({ address: mistyped(WALLET) }), code: 'address-checksum', field: 'address' },
  { sends: 'an address of another network', record: asPayout({ address: MAINNET_ADDRESS }), code: 'address-network', field: 'address' },
  { sends: 'a body of nearly a mebibyte in one field', record: asPayout({ statutorySequence: 'x'.repeat(900_000) }), code: 'invalid-message', field: 'statutorySequence' },
  { sends: 'another content type', record: (key) => binary('payout', key, payout(key), { 'content-type': 'text/plain' }), code: 'wrong-content-type', field: 'content-type' },
  { sends: 'a batch, which a record never is', record: (key) => binary('payout', key, '[]', { 'content-type': 'application/cloudevents-batch+json' }), code: 'wrong-content-type', field: 'content-type' },
  { sends: 'truncated JSON', record: (key) => binary('payout', key, JSON.stringify(payout(key)).slice(0, -10)), code: 'invalid-json', field: 'data' },
  { sends: 'bytes that are no text', record: (key) => binary('payout', key, Buffer.from([0x7b, 0xff, 0x7d])), code: 'invalid-utf8', field: 'data' },
  { sends: 'an empty body', record: (key) => binary('payout', key, ''), code: 'missing-data', field: 'data' },
  { sends: 'a tombstone', record: (key) => binary('payout', key, null), code: 'missing-data', field: 'data' },
  { sends: 'a structured event without data', record: (key) => binary('payout', key, JSON.stringify(attributes('payout', key)), { 'content-type': STRUCTURED }), code: 'missing-data', field: 'data' },
  { sends: 'no id', record: (key) => binary('payout', key, payout(key), { ce_id: undefined }), code: 'missing-attribute', field: 'id' },
  { sends: 'no type', record: (key) => binary('payout', key, payout(key), { ce_type: undefined }), code: 'missing-attribute', field: 'type' },
  { sends: 'no headers at all', record: (key) => ({ key, headers: {}, value: Buffer.from('hello') }), code: 'missing-attribute', field: 'specversion' },
  { sends: 'an unknown field of a fact', to: 'seizure-facts', record: asFact({ extra: 1 }), code: 'invalid-message', field: 'extra' },
  { sends: 'an unknown field deep inside a fact', to: 'seizure-facts', record: asFact({ assets: [seized({ colour: 'red' })] }), code: 'invalid-message', field: 'assets.0.colour' },
  { sends: 'a report without assets', to: 'seizure-facts', record: asFact({ assets: undefined }), code: 'assets-missing', field: 'assets' },
  { sends: 'a fact\'s mistyped address', to: 'seizure-facts', record: asFact({ assets: [seized({ location: { kind: 'address', address: mistyped(WALLET) } })] }), code: 'address-checksum', field: 'assets.0.location.address' },
  { sends: 'a fact as a tombstone', to: 'seizure-facts', record: (key) => binary('fact', key, null), code: 'missing-data', field: 'data' },
];

await describeWith(KAFKA, 'bad input to the running services', (source) => {
  let kafka: RunningKafka;
  let apart: Apart;
  let outsider: Outsider;

  beforeAll(async () => {
    kafka = await source.start();
    apart = await Apart.start(kafka, ['intake', 'mining']);
    outsider = await Outsider.connect(kafka.brokers);
    const mining = apart.url('mining');
    await ask(mining, '/v1/licences', { role: 'regulator', body: JSON.stringify({ licenceId: LICENCE, kind: 'mining', holder: 'a-farm', validFrom: '2023-01-01T00:00:00Z' }) });
    await ask(mining, '/v1/pool-accounts', { role: 'custodian', body: JSON.stringify({ pool: POOL, account: ACCOUNT, licenceId: LICENCE, network: 'regtest', payoutAddress: WALLET }) });
  }, 180_000);

  afterAll(async () => {
    await outsider?.close();
    await apart?.stop();
    await kafka?.stop();
  }, 60_000);

  afterEach(async () => {
    for (const name of ['intake', 'mining']) expect({ name, status: (await call(apart.url(name), '/health/ready')).status }).toEqual({ name, status: 200 });
  });

  const doorOf = (to: Refused['to']): { service: ServiceName; path: string; role: string } =>
    to === 'seizure-facts'
      ? { service: 'intake', path: '/v1/seizure-facts', role: 'law-enforcement' }
      : { service: 'mining', path: `/v1/${to ?? 'payouts'}`, role: to === 'licences' ? 'regulator' : 'pool-operator' };

  describe('over HTTP', () => {
    it.each(OVER_HTTP)('refuses $sends with $status $code', async ({ to, body, headers, status, code, field, rule }) => {
      const { service, path, role } = doorOf(to);
      const sent = typeof body === 'string' || body instanceof Uint8Array ? Buffer.from(body) : JSON.stringify(body);
      const ce = to === 'seizure-facts' ? binaryHeaders('ce-', attributes('fact', randomUUID())) : {};
      const answer = await call(apart.url(service), path, { method: 'POST', role, body: sent, headers: headers ?? ce });
      const problem = JSON.parse(answer.text) as Problem;
      expect({ status: answer.status, code: problem.code }).toEqual({ status, code });
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(problem.detail).not.toBe('');
      if (field !== undefined) expect(problem.errors).toContainEqual({ field, code: rule ?? (code === 'validation-failed' ? (expect.any(String) as string) : code), message: expect.stringMatching(/\S/) as string });
    });

    it.each([
      ['no token', {}, 401, 'unauthenticated'],
      ['another scheme', { headers: { authorization: 'Basic dXNlcjpwYXNz' } }, 401, 'token-malformed'],
      ['an invented token', { token: `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"x"}').toString('base64url')}.` }, 401, undefined],
      ['a role that may not', { role: 'auditor' }, 403, 'forbidden'],
    ])('refuses a writer with %s', async (_name, who, status, code) => {
      for (const to of ['payouts', 'seizure-facts', 'licences'] as const) {
        const { service, path } = doorOf(to);
        const answer = await call(apart.url(service), path, { ...who, body: '{}' });
        const problem = JSON.parse(answer.text) as Problem;
        expect({ to, status: answer.status }).toEqual({ to, status });
        if (code !== undefined) expect(problem.code).toBe(code);
        if (status === 401) expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer /);
      }
    });

    it('takes the healthy of a batch and names the fault of each other', async () => {
      const batch = [payout('batch-1'), payout('batch-2', { amount: '-1' }), payout('batch-3'), payout('batch-4', { address: mistyped(WALLET) })];
      const { results } = await ask<{ results: { status: string; code?: string; field?: string }[] }>(apart.url('mining'), '/v1/payouts', { role: 'pool-operator', body: JSON.stringify(batch) });
      expect(results).toMatchObject([{ status: 'accepted' }, { status: 'refused', code: 'validation-failed', field: 'amount' }, { status: 'accepted' }, { status: 'refused', code: 'address-checksum', field: 'address' }]);
    });

    it('left nothing behind of what it refused', async () => {
      const mining = apart.url('mining');
      await until('the batch is listed', () => ask<{ items: { payoutId: string }[] }>(mining, '/v1/payouts?limit=1000', { role: 'auditor' }), ({ items }) => items.length >= 2);
      const { items } = await ask<{ items: { payoutId: string }[] }>(mining, '/v1/payouts?limit=1000', { role: 'auditor' });
      expect(items.map(({ payoutId }) => payoutId).sort()).toEqual([`${POOL}.${ACCOUNT}~batch-1`, `${POOL}.${ACCOUNT}~batch-3`]);
      expect(await ask(apart.url('intake'), '/v1/cases', { role: 'auditor' })).toEqual({ items: [], next: null });
    });
  });

  describe('over Kafka', () => {
    it('puts each aside with its reason, its bytes and its headers, while the healthy between them flow on', async () => {
      const run = randomUUID().slice(0, 8);
      const sent = OVER_KAFKA.map((bad, index) => ({ ...bad, key: `${run}-${index}`, record: bad.record(`${run}-${index}`) }));
      // One key decides one partition, so that a healthy record truly stands behind each bad one.
      for (const { to, key, record } of sent) {
        const kind = to === 'seizure-facts' ? 'fact' : 'payout';
        const body = kind === 'fact' ? fact(`${key}/1`) : payout(`after-${key}`);
        const healthy = { ...attributes(kind, `after-${key}`), data: body, extensions: { partitionkey: key } };
        const following = Number(key.split('-')[1]) % 2 === 0 ? encodeRecord(healthy as never) : encodeStructuredRecord(healthy as never);
        await outsider.publish(kind === 'fact' ? TOPICS.seizureFacts : TOPICS.miningPayouts, [record, following]);
      }

      const letters = await outsider.deadLetters(sent.map(({ key }) => key));
      for (const { sends, to, key, record, code, field } of sent) {
        const letter = letters.get(key);
        const what = { sends, code: letter?.code, field: letter?.field, topic: letter?.topic, group: letter?.group };
        expect(what).toEqual({ sends, code, field, topic: to === 'seizure-facts' ? TOPICS.seizureFacts : TOPICS.miningPayouts, group: to === 'seizure-facts' ? 'intake' : 'mining-ingest' });
        expect(letter?.message).toMatch(/\S/);
        expect(letter === undefined ? undefined : asSent(letter.original)).toEqual(asSent(record));
        expect(outsider.lettersOf(key)).toHaveLength(1);
      }

      const payouts = sent.filter(({ to }) => to === undefined).map(({ key }) => `${POOL}.${ACCOUNT}~after-${key}`);
      const cases = sent.filter(({ to }) => to === 'seizure-facts').map(({ key }) => `afm.${key}_1`);
      const listed = async (service: string, path: string, id: string): Promise<string[]> => (await ask<{ items: Record<string, string>[] }>(apart.url(service), path, { role: 'auditor' })).items.map((item) => item[id] ?? '');
      expect(await until('every healthy payout', () => listed('mining', '/v1/payouts?limit=1000&status=accepted', 'payoutId'), (ids) => payouts.every((id) => ids.includes(id)))).not.toContain(`${POOL}.${ACCOUNT}~${run}-0`);
      await until('every healthy case', () => listed('intake', '/v1/cases?limit=1000', 'caseId'), (ids) => cases.every((id) => ids.includes(id)));
    }, 120_000);
  });
});
