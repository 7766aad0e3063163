import { createHash } from 'node:crypto';
import { jest } from '@jest/globals';
import { STATEMENT_PART_BYTES } from '@qazyna/contracts';
import { MiningDesk, SPEC_METADATA, WALLET } from '../spec-support/mining-desk.js';
import { BRAIINS_PAYOUTS, BTCPOOL_PAYMENTS, CANONICAL_LIST, STATUTORY_CSV, STATUTORY_LIST } from '../spec-support/statement-samples.js';
import { StatementRows } from './statement-rows.service.js';
import type { StatementResult } from './statement-results.view.js';
import type { StatementMedia } from './statement.js';

/** Every wait has a bound of its own; this one is for a busy machine. */
jest.setTimeout(30_000);

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const TXID = '7f37726aca676a11ae30277d1a12bfec761f3523dc64c151abe2ec7d410c36fb';

describe('a statement that is handed in', () => {
  let desk: MiningDesk;
  beforeEach(async () => void (desk = await MiningDesk.open('btcpool-kz', 'braiins', 'any-pool')));
  afterEach(() => desk.end());

  async function receive(pool: string, raw: Uint8Array, { format, media = 'json', dryRun = false }: { format?: string; media?: StatementMedia; dryRun?: boolean } = {}): Promise<StatementResult> {
    const outcome = await desk.statements.receive({ pool, account: 'reserve-01', media, raw, broughtBy: 'upload', dryRun, ...(format === undefined ? {} : { format }) }, SPEC_METADATA);
    if ('refusal' in outcome) throw new Error(outcome.refusal.code);
    return outcome;
  }

  it('is kept with what was found in it, and its bytes come out as they went in', async () => {
    const raw = bytes(BTCPOOL_PAYMENTS);
    const { sha256, statementId, summary } = await receive('btcpool-kz', raw);
    expect(summary).toEqual({ accepted: 1, held: 1 });
    const kept = await desk.archive.bytesOf(statementId);
    expect(kept?.bytes.equals(raw)).toBe(true);
    expect(kept?.statement).toMatchObject({ sha256, format: 'btcpool-kz', media: 'json', broughtBy: 'upload', bytes: raw.length, counts: { payouts: 2, unreadable: 0 } });
  });

  it('shows every row again from its kept bytes', async () => {
    const { statementId } = await receive('btcpool-kz', bytes(BTCPOOL_PAYMENTS.replace('1682845283', 'soon')));
    expect(await desk.statements.rowsOf(statementId)).toMatchObject([{ kind: 'payout', row: 0 }, { kind: 'unreadable', row: 1, code: 'row-time', field: 'data.1.created_time' }]);
    expect(await desk.statements.rowsOf('btcpool-kz.reserve-01-00')).toBeUndefined();
    const feed = await receive('any-pool', bytes(STATUTORY_LIST), { format: 'statutory' });
    expect(await desk.statements.rowsOf(feed.statementId)).toBeUndefined();
  });

  it('is kept in parts that a store and a broker take, when it is long', async () => {
    const rows = Array.from({ length: 7000 }, (_, index) => ({ paymentId: `p-${index}`, amount: '1', address: WALLET, txid: TXID, outputIndex: index, paidAt: '2026-01-01T00:00:00Z' }));
    const raw = bytes(JSON.stringify(rows));
    expect(raw.length).toBeGreaterThan(2 * STATEMENT_PART_BYTES);
    const { statementId, summary } = await receive('any-pool', raw, { format: 'canonical' });
    expect(summary).toEqual({ accepted: 7000 });
    const events = await desk.events('statement-');
    expect(events.map(({ type }) => type)).toEqual(['mining.statement-part-kept', 'mining.statement-part-kept', 'mining.statement-received']);
    expect(Math.max(...events.map((event) => Buffer.byteLength(JSON.stringify(event.data))))).toBeLessThan(1_000_000);
    const kept = await desk.archive.bytesOf(statementId);
    expect(createHash('sha256').update(kept?.bytes ?? '').digest('hex')).toBe(createHash('sha256').update(raw).digest('hex'));
  });

  it('is completed when it comes again after a crash between its parts', async () => {
    const raw = bytes(JSON.stringify([{ paymentId: 'p', amount: '1', address: WALLET, txid: TXID, paidAt: '2026-01-01T00:00:00Z' }]) + ' '.repeat(STATEMENT_PART_BYTES * 2));
    const append = desk.store.append.bind(desk.store);
    let calls = 0;
    desk.store.append = (stream, ...rest) => (stream.startsWith('statement-') && ++calls === 2 ? Promise.reject(new Error('killed')) : append(stream, ...rest));
    await expect(receive('any-pool', raw, { format: 'canonical' })).rejects.toThrow('killed');
    expect((await desk.events('statement-', 'payout-')).map(({ type }) => type)).toEqual(['mining.statement-part-kept']);
    const { statementId, duplicate } = await receive('any-pool', raw, { format: 'canonical' });
    expect(duplicate).toBe(false);
    expect((await desk.archive.bytesOf(statementId))?.bytes.equals(raw)).toBe(true);
    expect((await receive('any-pool', raw, { format: 'canonical' })).duplicate).toBe(true);
    expect((await desk.events('statement-')).map(({ type }) => type)).toEqual(['mining.statement-part-kept', 'mining.statement-part-kept', 'mining.statement-received']);
  });

  it('says in a dry run what would become of each row, and records nothing', async () => {
    const { summary, results, dryRun } = await receive('btcpool-kz', bytes(BTCPOOL_PAYMENTS), { dryRun: true });
    expect([summary, dryRun, results[1]]).toMatchObject([{ accepted: 1, held: 1 }, true, { status: 'held', code: 'txid-malformed' }]);
    expect(await desk.events('statement-', 'payout-')).toEqual([]);
    await receive('btcpool-kz', bytes(BTCPOOL_PAYMENTS));
    expect((await receive('btcpool-kz', bytes(BTCPOOL_PAYMENTS), { dryRun: true })).summary).toEqual({ duplicate: 2 });
    const changed = bytes(BTCPOOL_PAYMENTS.replace('0.00149377', '0.00149378'));
    expect((await receive('btcpool-kz', changed, { dryRun: true })).results[0]).toMatchObject({ status: 'refused', code: 'payout-conflict' });
    expect(await desk.events('mining-conflict-')).toEqual([]);
  });

  it('knows in a dry run that two rows of the file contradict each other, far apart', async () => {
    const row = (paymentId: number, amount: string): object => ({ paymentId: `p-${paymentId}`, amount, address: WALLET, txid: TXID, paidAt: '2026-01-01T00:00:00Z' });
    const file = bytes(JSON.stringify([...Array.from({ length: 600 }, (_, index) => row(index, '1')), row(0, '1'), row(1, '2')]));
    const { summary } = await receive('any-pool', file, { format: 'canonical', dryRun: true });
    expect(summary).toEqual({ accepted: 600, duplicate: 1, refused: 1 });
    expect((await receive('any-pool', file, { format: 'canonical' })).summary).toEqual(summary);
  });

  it('names a payout that was pushed before as the same one', async () => {
    const claim = { pool: 'btcpool-kz', account: 'reserve-01', paymentId: '38518124', asset: 'bip122:000000000019d6689c085ae165831e93/slip44:0', amount: '149377', address: WALLET, txid: TXID, outputIndex: 4, paidAt: '2023-05-02T08:58:55Z' };
    expect(await desk.payouts.receive([{ claim, way: 'kafka', metadata: SPEC_METADATA }])).toMatchObject([{ status: 'accepted' }]);
    expect((await receive('btcpool-kz', bytes(BTCPOOL_PAYMENTS))).results).toMatchObject([{ status: 'duplicate' }, { status: 'held' }]);
    const file = `paymentId,amount,address,txid,paidAt\n38518124,149377,${WALLET},${TXID},2023-05-02T08:58:55Z\n`;
    expect((await receive('btcpool-kz', bytes(file), { format: 'canonical', media: 'csv' })).results).toMatchObject([{ status: 'duplicate', line: 2 }]);
  });

  it('takes several payouts of one transaction, told apart by their output', async () => {
    expect((await receive('any-pool', bytes(CANONICAL_LIST), { format: 'canonical' })).summary).toEqual({ accepted: 2 });
  });

  it('claims a queued payout of Braiins once it is confirmed, and never a Lightning one', async () => {
    const queued = BRAIINS_PAYOUTS.replace('"status":"confirmed"', '"status":"queued"');
    expect((await receive('braiins', bytes(queued))).summary).toEqual({ information: 3 });
    expect((await receive('braiins', bytes(BRAIINS_PAYOUTS))).summary).toEqual({ accepted: 1, information: 2 });
  });

  it('of the statutory feed records each entry once, without a person, and raises other content under its number', async () => {
    const feed = { format: 'statutory', media: 'csv' } as const;
    expect((await receive('any-pool', bytes(STATUTORY_CSV), feed)).summary).toEqual({ recorded: 2 });
    expect((await receive('any-pool', bytes(`${STATUTORY_CSV}\n`), feed)).summary).toEqual({ duplicate: 2 });
    const changed = await receive('any-pool', bytes(STATUTORY_CSV.replace('0.00149377', '0.00149378')), feed);
    expect(changed.results).toMatchObject([{ status: 'refused', code: 'statutory-conflict', line: 2 }, { status: 'duplicate' }]);
    const everything = await desk.events();
    expect(everything.filter(({ type }) => type === 'mining.conflict-raised')).toHaveLength(1);
    const text = everything.map(({ data }) => JSON.stringify(data) + Buffer.from((data as { rawBase64?: string }).rawBase64 ?? '', 'base64').toString()).join('\n');
    expect(text).not.toMatch(/Invented|Ekibastuz|900101300126/);
  });

  it('INV-38: has a result for each of its rows, or fails aloud', async () => {
    const silent = { report: () => Promise.resolve([]) };
    const rows = new StatementRows(desk.store, desk.payouts, silent);
    const parsed = { rows: [{ kind: 'earnings', row: 0, date: '2026-01-01', parts: {}, total: '5', scheme: 'pps' }], doubts: [], page: {} } as const;
    const account = { poolAccountId: 'p.a', pool: 'p', account: 'a', licenceId: 'L-1', network: 'mainnet', asset: 'x', payoutAddress: WALLET } as const;
    await expect(rows.carryOut({ account, parsed, sha256: '00', dryRun: false }, SPEC_METADATA)).rejects.toThrow('row 0 of statement 00 has no result');
  });

  it('INV-38: is not handed out when its kept bytes are not those that came', async () => {
    const { statementId } = await receive('btcpool-kz', bytes(BTCPOOL_PAYMENTS));
    const read = desk.store.readStream.bind(desk.store);
    desk.store.readStream = async function* (stream, options) {
      for await (const page of read(stream, options)) yield page.map((event) => ({ ...event, data: { ...event.data, rawBase64: Buffer.from('{}').toString('base64') } }));
    };
    await expect(desk.archive.bytesOf(statementId)).rejects.toThrow('is not the bytes it was kept as');
  });

  it('is refused, not kept, when it is the statutory feed under another name', async () => {
    await expect(receive('any-pool', bytes(STATUTORY_LIST), { format: 'canonical' })).rejects.toThrow('statement-names-persons');
    expect(await desk.events('statement-')).toEqual([]);
  });

  it.each<[string, string, string]>([
    ['a pool whose format nobody knows', 'any-pool', 'pool-unknown'],
    ['an account nobody registered', 'viabtc', 'pool-account-unknown'],
  ])('is refused for %s', async (_name, pool, code) => {
    await expect(receive(pool, bytes('{}'))).rejects.toThrow(code);
  });
});
