import { MINING_EARNINGS_TYPE, streamOf, type EarningsClaim, type EarningsReported } from '@qazyna/contracts';
import { systemClock } from '@qazyna/event-store';
import { decodeRecord, encodeRecord, type MessageBatch } from '@qazyna/messaging';
import { PublisherDirectory, UpstreamSignatures } from '@qazyna/service-kit';
import { generateKeyPair, privateKeyOf, sign } from '@qazyna/signing';
import { MiningDesk, SPEC_METADATA } from '../spec-support/mining-desk.js';
import { EarningsConsumer } from './earnings.consumer.js';
import { EarningsService } from './earnings.service.js';

const SOURCE = 'urn:qazyna:pool:btcpool-kz';
const CLAIM: EarningsClaim = { pool: 'btcpool-kz', account: 'reserve-01', date: '2026-03-01', hashRate: '1000000000000000', parts: [{ part: 'fpps', amount: '53000' }, { part: 'poolFees', amount: '530' }], total: '52470', scheme: 'fpps' };

describe('a day of earnings, where signatures are required', () => {
  const pair = generateKeyPair();
  let desk: MiningDesk;
  let earnings: EarningsService;
  let consumer: EarningsConsumer;

  beforeEach(async () => {
    desk = await MiningDesk.open('btcpool-kz', 'viabtc');
    earnings = new EarningsService(desk.store);
    consumer = new EarningsConsumer(earnings, new UpstreamSignatures(new PublisherDirectory(desk.store), systemClock, 'required', { inc: () => undefined }));
    const event = (type: string, data: object): object => ({ id: crypto.randomUUID(), type, data, metadata: { ...SPEC_METADATA, schemaVersion: 1 } });
    const day = (n: number): string => new Date(Date.now() + n * 86_400_000).toISOString();
    await desk.store.append(streamOf.publisher('pool'), 'no-stream', [
      event('operations.publisher-registered', { publisherId: 'pool', organisation: 'pool', remit: { sources: [SOURCE], grants: [{ pool: 'btcpool-kz' }] } }),
      event('operations.publisher-key-added', { publisherId: 'pool', keyId: 'k1', publicKey: pair.publicKeyText, validFrom: day(-9), validUntil: day(9) }),
    ] as never);
  });
  afterEach(() => desk.end());

  function message(claim: Partial<EarningsClaim>, signed = true): MessageBatch[number] {
    const data = { ...CLAIM, ...claim };
    const plain = { id: crypto.randomUUID(), source: SOURCE, type: MINING_EARNINGS_TYPE, extensions: {}, data };
    const signature = sign({ body: Buffer.from(JSON.stringify(data)), attributes: plain, keyId: { publisher: 'pool', key: 'k1' }, privateKey: privateKeyOf(pair.privateKey), issuedAt: new Date() });
    return { event: decodeRecord(encodeRecord({ ...plain, extensions: signed ? { signature } : {} })) } as MessageBatch[number];
  }
  const take = async (...batch: MessageBatch): Promise<string[]> => (await consumer.take(batch)).map((outcome) => (outcome.kind === 'done' ? 'done' : outcome.code));
  const reported = async (): Promise<EarningsReported[]> => (await desk.events('earnings-')).map(({ data }) => data as unknown as EarningsReported);

  it('is one by topic, by HTTP and by statement, and keeps who signed it', async () => {
    expect(await take(message({}), message({}))).toEqual(['done', 'done']);
    expect(await earnings.receive([{ claim: { ...CLAIM, hashRate: '1000000000000000.0', parts: [...CLAIM.parts].reverse() }, way: 'http', metadata: SPEC_METADATA }])).toEqual([{ status: 'duplicate' }]);
    const account = { poolAccountId: 'btcpool-kz.reserve-01', asset: (await reported())[0]?.asset ?? '' };
    const row = { kind: 'earnings' as const, row: 0, date: CLAIM.date, hashRate: '1000000000000000', parts: { fpps: '53000', poolFees: '530' }, total: '52470', scheme: 'fpps' as const };
    expect(await earnings.report({ account: account as never, rows: [row], statementSha256: 'ab'.repeat(32), metadata: SPEC_METADATA })).toEqual([{ status: 'duplicate' }]);
    expect(await reported()).toMatchObject([{ earningsId: 'btcpool-kz.reserve-01~2026-03-01', total: '52470', signed: { publisherId: 'pool', keyId: 'k1' } }]);
  });

  it('said again with other figures is put aside, and raised once', async () => {
    await take(message({}));
    const other = { parts: [], total: '52471' };
    expect(await take(message(other), message(other))).toEqual(['earnings-conflict', 'earnings-conflict']);
    expect(await desk.events('mining-conflict-')).toHaveLength(1);
    expect(await reported()).toHaveLength(1);
  });

  it.each<[string, Partial<EarningsClaim>]>([
    ['pool-account-unknown', { account: 'of-nobody' }],
    ['day-unknown', { date: '2026-02-30' }],
    ['part-unknown', { parts: [{ part: 'tips', amount: '52470' }] }],
    ['part-repeated', { parts: [{ part: 'fpps', amount: '52000' }, { part: 'fpps', amount: '470' }] }],
    ['parts-do-not-add-up', { total: '53000' }],
    ['signature-outside-remit', { pool: 'viabtc' }],
  ])('is put aside with %s, and the sound one beside it is taken', async (code, changes) => {
    expect(await take(message(changes), message({ date: '2026-03-02' }))).toEqual([code, 'done']);
    expect((await reported()).map(({ date }) => date)).toEqual(['2026-03-02']);
  });

  it('unsigned is put aside; known already, it is a duplicate', async () => {
    expect(await take(message({}, false))).toEqual(['signature-missing']);
    expect(await take(message({}))).toEqual(['done']);
    expect(await take(message({}, false), message({ total: '1', parts: [] }, false))).toEqual(['done', 'signature-missing']);
  });

  it('counts each row of a day that has several by the pool\'s own id', async () => {
    expect(await take(message({ reference: '7' }), message({ reference: '8' }), message({ reference: '7' }))).toEqual(['done', 'done', 'done']);
    expect((await reported()).map(({ earningsId }) => earningsId)).toEqual(['btcpool-kz.reserve-01~2026-03-01~7', 'btcpool-kz.reserve-01~2026-03-01~8']);
  });
});
