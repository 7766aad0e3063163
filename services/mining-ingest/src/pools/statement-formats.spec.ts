import { ANTPOOL_PAYOUTS, ANTPOOL_RECEIVED, BRAIINS_PAYOUTS, BTCPOOL_PAYMENTS, BTCPOOL_PROFITS, CANONICAL_CSV, CANONICAL_LINES, CANONICAL_LIST, F2POOL_TRANSACTIONS, STATUTORY_CSV, VIABTC_CSV, VIABTC_PAYMENTS, VIABTC_PROFITS } from '../spec-support/statement-samples.js';
import { STATEMENT_PARSERS } from './statement-formats.adapter.js';
import type { ParsedStatement, StatementMedia, StatementRow } from './statement.js';

const WALLET = 'bc1qllf33yhp7m80sfm35fce0tagcckey7dljauwd5';
const TXID = '7f37726aca676a11ae30277d1a12bfec761f3523dc64c151abe2ec7d410c36fb';

function parse(format: string, text: string, media: StatementMedia = 'json', pool = 'any-pool'): ParsedStatement {
  const context = { pool, account: 'reserve-01', asset: 'bip122:000000000019d6689c085ae165831e93/slip44:0', decimals: 8, referenceOf: (personal: string) => `${personal.length.toString(16)}`.padStart(32, '0') };
  const parser = STATEMENT_PARSERS.get(format);
  if (!parser) throw new Error(`no parser of ${format}`);
  return parser.parse(new TextEncoder().encode(text), context, media);
}
const rows = (format: string, text: string, media?: StatementMedia): readonly StatementRow[] => parse(format, text, media).rows;
const claimed = (row: StatementRow | undefined): unknown => (row?.kind === 'payout' ? [row.claim.paymentId, row.claim.amount, row.claim.paidAt] : row);

describe('btcpool.kz', () => {
  it('reads the days of its profit history exactly, and says that three rows it counts are not there', () => {
    const parsed = parse('btcpool-kz', BTCPOOL_PROFITS);
    expect(parsed.rows[0]).toEqual({ kind: 'earnings', row: 0, date: '2023-04-26', hashRate: '293286989405200.68', parts: { pps: '73035', pplns: '3050' }, total: '76085', scheme: 'mixed' });
    expect(parsed.rows.map((row) => row.kind === 'earnings' && row.total)).toEqual(['76085', '75772', '61195', '75974']);
    expect(parsed.doubts).toEqual([{ code: 'statement-count', field: 'count', message: 'count says 7 rows, 4 are here' }]);
  });

  it('knows from total that more payments follow', () => expect(parse('btcpool-kz', BTCPOOL_PAYMENTS)).toMatchObject({ page: { total: 11, more: true }, doubts: [] }));

  it('holds a day whose parts do not make its total', () =>
    expect(rows('btcpool-kz', BTCPOOL_PROFITS.replace('0.00076085', '0.00076086'))[0]).toMatchObject({ kind: 'unreadable', code: 'row-total', field: 'data.0.total_profit' }));
});

describe('ViaBTC', () => {
  it('reads integers as ids and times', () => {
    expect(rows('viabtc', VIABTC_PAYMENTS).map(claimed)).toEqual([['157', '100000', '2018-07-04T11:45:56.000Z'], ['266', '100001', '2018-07-04T11:45:57.000Z']]);
  });

  it('reads profits one level deeper, and a total without parts', () => {
    const parsed = parse('viabtc', VIABTC_PROFITS);
    expect(parsed.rows).toMatchObject([{ kind: 'earnings', parts: { pps: '2148' }, scheme: 'pps' }, { total: '28948', parts: {}, scheme: 'mixed' }]);
    expect(parsed.page).toEqual({ total: 12, pages: 6, more: true });
  });

  it.each<[string, string, string, string]>([
    ['an id in quotes', '"id":157', '"id":"157"', 'row-shape'],
    ['an id with a fraction', '"id":157', '"id":157.0', 'row-shape'],
    ['a time in quotes', '"create_time":1530704756', '"create_time":"1530704756"', 'row-shape'],
    ['another coin', '"coin":"BTC"', '"coin":"LTC"', 'row-coin'],
    ['an amount that is a number', '"amount":"0.001"', '"amount":0.001', 'row-shape'],
  ])('holds a row with %s', (_name, was, is, code) => expect(rows('viabtc', VIABTC_PAYMENTS.replace(was, is))[0]).toMatchObject({ kind: 'unreadable', code }));

  it('refuses an answer that is an error of the pool', () => {
    expect(() => rows('viabtc', '{"code":2,"message":"no such key","data":{}}')).toThrow(expect.objectContaining({ code: 'statement-refused-by-pool' }) as Error);
  });

  it('reads its columns from CSV: a decimal comma and a missing cell are held, with their lines', () => {
    const parsed = parse('viabtc', VIABTC_CSV, 'csv');
    expect(parsed.lines).toEqual([2, 3, 4]);
    expect(parsed.rows).toMatchObject([{ kind: 'payout' }, { kind: 'unreadable', code: 'malformed', field: 'rows.1.amount' }, { kind: 'unreadable', code: 'row-columns' }]);
  });
});

describe('F2Pool', () => {
  it('reads 0.1 as 10000000 satoshi from its source text, and an id beyond what a double can hold', () => {
    expect(rows('f2pool', F2POOL_TRANSACTIONS)).toMatchObject([
      { kind: 'earnings', date: '2025-08-21', hashRate: '290000000000000', parts: { fpps: '9900000', fppsFees: '150000', poolFees: '50000' }, total: '10000000', scheme: 'fpps', reference: '9007199254740993' },
      { kind: 'payout', claim: { paymentId: '2', amount: '10000000', txid: TXID, paidAt: '2025-08-22T00:01:40.000Z' } },
      { kind: 'information', code: 'other-transaction', message: 'transaction 3 of type "transfer" changes the balance by 1 base units' },
    ]);
  });

  it.each<[string, string]>([['1E-1', '10000000'], ['0.00000001', '1'], ['1.0e-8', '1'], ['1.23456789e2', '12345678900'], ['100000e-5', '100000000']])('reads %s exactly', (value, satoshi) => {
    const text = F2POOL_TRANSACTIONS.replace('"changed_balance":-0.1', `"changed_balance":-${value}`).replace('"value":0.1', `"value":${value}`);
    expect(rows('f2pool', text)[1]).toMatchObject({ kind: 'payout', claim: { amount: satoshi } });
  });

  it.each<[string, string, string]>([
    ['nine decimals', '0.123456789', 'too-precise'],
    ['a double\'s rounding error', '0.30000000000000004', 'too-precise'],
    ['an exponent below a satoshi', '1e-9', 'too-precise'],
    ['an absurd exponent', '1e999', 'too-large'],
  ])('holds a payout of %s', (_name, value, code) => {
    expect(rows('f2pool', F2POOL_TRANSACTIONS.replace('"value":0.1', `"value":${value}`))[1]).toMatchObject({ kind: 'unreadable', code, field: 'transactions.1.payout_extra.value' });
  });

  it.each<[string, string, string, string]>([
    ['value and tip do not make the change of balance', '"value":0.1', '"value":0.09', 'row-total'],
    ['a payout raises the balance', '"changed_balance":-0.1', '"changed_balance":0.1', 'row-sign'],
    ['a payout names no wallet', '"payout_extra"', '"other"', 'row-shape'],
  ])('holds a row when %s', (_name, was, is, code) => expect(rows('f2pool', F2POOL_TRANSACTIONS.replace(was, is))[1]).toMatchObject({ kind: 'unreadable', code }));
});

describe('AntPool', () => {
  it('takes a time without a zone as UTC', () => expect(rows('antpool', ANTPOOL_PAYOUTS).map(claimed)).toEqual([['700155', '1230000', '2024-11-05T03:10:00.000Z']]));
  it('takes a time with its zone', () => expect(claimed(rows('antpool', ANTPOOL_PAYOUTS.replace('03:10:00', '03:10:00+0500'))[0])).toEqual(['700155', '1230000', '2024-11-04T22:10:00.000Z']));
  it('reads a hash rate in its unit', () => {
    expect(rows('antpool', ANTPOOL_RECEIVED)).toMatchObject([{ kind: 'earnings', date: '2024-11-04', hashRate: '1250000000000000', total: '64321', scheme: 'fpps' }]);
    expect(rows('antpool', ANTPOOL_RECEIVED.replace('PH/s', 'horses'))).toMatchObject([{ kind: 'unreadable', code: 'row-unit' }]);
  });
  it('doubts a page with fewer rows than its counts allow', () =>
    expect(parse('antpool', ANTPOOL_RECEIVED.replace('"totalRecord":11', '"totalRecord":15')).doubts).toMatchObject([{ code: 'statement-count', message: 'data.totalRecord says 5 rows, 1 are here' }]));
});

describe('Braiins', () => {
  it('claims what is confirmed on chain; what is queued, and Lightning, is recorded only', () => {
    const [paid, queued, lightning] = rows('braiins', BRAIINS_PAYOUTS);
    expect(paid).toMatchObject({ kind: 'payout', claim: { amount: '149377', paidAt: '2022-08-01T01:00:00.000Z' } });
    expect(queued).toMatchObject({ kind: 'information', code: 'payout-queued' });
    expect(lightning).toMatchObject({ kind: 'information', code: 'lightning-payment' });
  });

  it('gives a payout the id it has when confirmed again with another fee, and holds a status it does not know', () => {
    const id = (text: string): unknown => { const [row] = rows('braiins', text); return row?.kind === 'payout' && row.claim.paymentId; };
    expect(id(BRAIINS_PAYOUTS.replace('"fee_sats":210', '"fee_sats":211'))).toBe(id(BRAIINS_PAYOUTS));
    expect(rows('braiins', BRAIINS_PAYOUTS.replace('"confirmed"', '"settled"'))[0]).toMatchObject({ kind: 'unreadable', code: 'row-status' });
  });
});

describe('our own message as a file', () => {
  it('is read as a list, as lines and as CSV with a byte order mark', () => {
    expect(rows('canonical', CANONICAL_LIST)).toMatchObject([{ claim: { outputIndex: 1, account: 'reserve-01' } }, { claim: { outputIndex: 2 } }]);
    expect(parse('canonical', CANONICAL_LINES, 'json-lines')).toMatchObject({ lines: [1, 3], rows: [{ kind: 'payout' }, { claim: { outputIndex: 0 } }] });
    expect(rows('canonical', CANONICAL_CSV, 'csv')).toMatchObject([{ claim: { outputIndex: 1, address: WALLET } }, { kind: 'payout' }]);
  });

  it.each<[string, string, string]>([
    ['coins where base units belong', '"amount":"149377"', '"amount":"0.00149377"'],
    ['a number where text belongs', '"amount":"149377"', '"amount":149377'],
    ['an output index in quotes', '"outputIndex":1', '"outputIndex":"1"'],
    ['null', '"outputIndex":1', '"outputIndex":null'],
    ['a field nobody knows', '"outputIndex":1', '"vout":1'],
    ['another account', '"account":"reserve-01"', '"account":"reserve-02"'],
  ])('holds a row with %s', (_name, was, is) => {
    expect(rows('canonical', CANONICAL_LIST.replace(was, is)).map(({ kind }) => kind)).toEqual(['unreadable', 'payout']);
  });

  it('holds a line that is not JSON and keeps the others', () =>
    expect(rows('canonical', `nonsense\n${CANONICAL_LINES}`, 'json-lines')).toMatchObject([{ code: 'row-not-json' }, { kind: 'payout' }, { kind: 'payout' }]));
  it('files put one behind the other are read whole, whichever of them begins with a byte order mark; a mark elsewhere is no JSON', () => {
    expect(rows('canonical', `\uFEFF${CANONICAL_LINES}\uFEFF\n\uFEFF${CANONICAL_LINES}`, 'json-lines').map(({ kind }) => kind)).toEqual(Array.from({ length: 4 }, () => 'payout'));
    expect(rows('canonical', `\uFEFF\uFEFF${CANONICAL_LINES}`, 'json-lines')).toMatchObject([{ kind: 'payout' }, { kind: 'payout' }]);
    expect(rows('canonical', ` \uFEFF${CANONICAL_LINES}`, 'json-lines')).toMatchObject([{ code: 'row-not-json' }, { kind: 'payout' }]);
  });

  it.each<[string, string]>([
    ['a header without its columns', 'id,amount\n1,2\n'],
    ['a column nobody knows', 'paymentId,amount,address,txid,paidAt,note\n'],
    ['quotes that do not close', 'paymentId,amount,address,txid,paidAt\n"1,2,3,4,5\n'],
    ['nothing', ''],
  ])('is refused as a whole with %s', (_name, text) => {
    expect(() => rows('canonical', text, 'csv')).toThrow(expect.objectContaining({ name: 'UnreadableStatement' }) as Error);
  });
});

describe('the statutory feed', () => {
  it('keeps a legal person\'s number; a natural person\'s, and names, become references', () => {
    const parsed = parse('statutory', STATUTORY_CSV, 'csv');
    expect(parsed.rows).toMatchObject([
      { kind: 'statutory', entry: { sequence: '2026-000123', taxpayer: 'bin:060140000122', amount: '149377', licenceDate: '2025-06-01', distributedAt: '2026-03-01T10:00:00.000Z' } },
      { kind: 'statutory', entry: { taxpayer: expect.stringMatching(/^person:[0-9a-f]{32}$/) as string, miner: expect.stringMatching(/^name:[0-9a-f]{32}$/) as string } },
    ]);
  });

  it('keeps nothing that names a person, in what is understood or in the copy of the bytes', () => {
    const odd = `${STATUTORY_CSV}2026-000125;not a number of Invented Person;Invented Person;X;2025-06-01;w;when;Invented\n900101300126;060140000122;Invented Person;X;2025-06-01;w;2026-03-01;\n`;
    const parsed = parse('statutory', odd, 'csv');
    expect(parsed.rows.slice(2)).toMatchObject([{ kind: 'unreadable', field: 'rows.2.taxpayer' }, { kind: 'unreadable', code: 'row-personal', field: 'rows.3.sequence' }]);
    const kept = JSON.stringify(parsed.rows) + new TextDecoder().decode(parsed.kept);
    expect(kept).not.toMatch(/Invented|Ekibastuz|900101300126/);
  });

  it('is refused where no key is set', () => {
    const parser = STATEMENT_PARSERS.get('statutory');
    const context = { pool: 'p', account: 'a', asset: 'bip122:000000000019d6689c085ae165831e93/slip44:0', decimals: 8 };
    expect(() => parser?.parse(new TextEncoder().encode('[]'), context, 'json')).toThrow(expect.objectContaining({ code: 'person-key-missing' }) as Error);
  });
});
