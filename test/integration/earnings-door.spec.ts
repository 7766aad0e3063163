import { TOPICS, type SignedMessage } from '@qazyna/contracts';
import type { RecordedEvent } from '@qazyna/event-store';
import type { OutgoingRecord } from '@qazyna/messaging';
import type { Page } from '@qazyna/service-kit';
import { describeWith, KAFKA, type RunningKafka } from '@qazyna/testing';
import { Apart } from '../system/apart.js';
import { ask, call, until, type Problem } from '../system/caller.js';
import { LogReader } from '../system/log-reader.js';
import { ACCOUNT, attributes, binaryHeaders, earnings, LICENCE, POOL, WALLET } from '../system/messages.js';
import { Outsider } from '../system/outsider.js';
import { SigningPublisher } from '../system/signing-publisher.js';

await describeWith(KAFKA, 'days of earnings from pools, on a real Kafka', (source) => {
  let kafka: RunningKafka;
  let apart: Apart;
  let outsider: Outsider;
  let publisher: SigningPublisher;
  let log: LogReader;

  beforeAll(async () => {
    kafka = await source.start();
    apart = await Apart.start(kafka, ['intake', 'mining'], { KAFKA_SESSION_MS: '6000', QAZYNA_UPSTREAM_SIGNATURES: 'required' });
    outsider = await Outsider.connect(kafka.brokers);
    log = await LogReader.connect(apart.double.url);
    publisher = new SigningPublisher(apart.url('intake'), 'publisher-1');
    await publisher.register([{ pool: POOL, accounts: [ACCOUNT] }]);
    await publisher.addKey('good');
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

  const message = (id: string, body: object, keyId: string | undefined = 'good'): { readonly attributes: Record<string, string>; readonly body: string } => {
    const text = JSON.stringify(body);
    return { attributes: keyId === '' ? attributes('earnings', id) : publisher.signed('earnings', id, text, keyId), body: text };
  };
  const record = (key: string, sent: ReturnType<typeof message>): OutgoingRecord => ({ key, headers: binaryHeaders('ce_', sent.attributes), value: Buffer.from(sent.body) });
  const post = (sent: ReturnType<typeof message>): ReturnType<typeof call> => call(apart.url('mining'), '/v1/earnings', { role: 'pool-operator', headers: binaryHeaders('ce-', sent.attributes), body: sent.body });
  const reported = async (): Promise<RecordedEvent[]> => (await log.all('earnings-')).filter(({ type }) => type === 'mining.earnings-reported');

  it('a signed day by topic is the same day by HTTP, is listed, and keeps its proof', async () => {
    await outsider.publish(TOPICS.miningEarnings, [record('day-1', message('day-1', earnings('2026-03-01'))), record('day-1', message('day-1', earnings('2026-03-01')))]);
    await until('the day was recorded', reported, (days) => days.length > 0);
    expect(JSON.parse((await post(message('day-1-again', earnings('2026-03-01')))).text)).toEqual({ index: 0, status: 'duplicate' });
    const listed = await until('the day is listed', () => ask<Page<{ date: string; total: string }>>(apart.url('mining'), `/v1/earnings?account=${POOL}.${ACCOUNT}`, { role: 'auditor' }), ({ items }) => items.length > 0);
    expect(listed.items.map(({ date, total }) => [date, total])).toEqual([['2026-03-01', '52387']]);
    expect((await reported()).map(({ data }) => (data['signed'] as unknown as SignedMessage).publisherId)).toEqual(['publisher-1']);
  }, 60_000);

  it('what may not count is put aside with its code, and the sound day behind it is taken', async () => {
    const wrong: Record<string, ReturnType<typeof message>> = {
      'signature-missing': message('w-1', earnings('2026-03-02'), ''),
      'signature-outside-remit': message('w-2', earnings('2026-03-02', { account: 'of-somebody-else' })),
      'day-unknown': message('w-3', earnings('2026-02-30')),
      'parts-do-not-add-up': message('w-4', earnings('2026-03-02', { parts: [{ part: 'fpps', amount: '1' }] })),
      'invalid-message': message('w-5', earnings('2026-03-02', { total: '-1' })),
    };
    // One key, one partition: the sound day comes after all of them.
    await outsider.publish(TOPICS.miningEarnings, [...Object.entries(wrong).map(([code, sent]) => ({ ...record(code, sent), key: code })), record('day-2', message('day-2', earnings('2026-03-02')))]);
    const letters = await outsider.deadLetters(Object.keys(wrong));
    expect([...letters].map(([key, { code, group }]) => [key, code, group]).sort()).toEqual(Object.keys(wrong).map((code) => [code, code, 'mining-earnings']).sort());
    await until('the sound day was recorded', reported, (days) => days.some(({ data }) => data['date'] === '2026-03-02'));
  }, 60_000);

  it('other figures for a known day are a conflict by either way, raised', async () => {
    await outsider.publish(TOPICS.miningEarnings, [record('other', message('other', earnings('2026-03-01', { total: '1' })))]);
    expect((await outsider.deadLetters(['other'])).get('other')?.code).toBe('earnings-conflict');
    const answer = await post(message('other-http', earnings('2026-03-01', { total: '1' })));
    expect([answer.status, (JSON.parse(answer.text) as Problem).code]).toEqual([409, 'earnings-conflict']);
    expect((await log.all('mining-conflict-')).map(({ data }) => data['subject'])).toEqual([`${POOL}.${ACCOUNT}~2026-03-01`]);
  }, 60_000);
});
