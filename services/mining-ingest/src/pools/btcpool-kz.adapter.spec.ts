import fc from 'fast-check';
import { btcpoolKz } from './btcpool-kz.adapter.js';
import { UnreadableStatement, type StatementRow } from './statement.js';

/** A statement in the pool's documented form; the second transaction id lacks a digit, as real statements sometimes do. */
const PAYMENT_HISTORY =
  '{"status":"OK","data":[{"amount":"0.00149377","address":"bc1qllf33yhp7m80sfm35fce0tagcckey7dljauwd5","tx":"7f37726aca676a11ae30277d1a12bfec761f3523dc64c151abe2ec7d410c36fb","created_time":"1683017935","payment_id":"38518124"},{"amount":"0.00137954","address":"bc1qllf33yhp7m80sfm35fce0tagcckey7dljauwd5","tx":"398e02bff83a6e71df32516ac584314fd234e00e479274df8d6b46265c93286","created_time":"1682845283","payment_id":"38409239"}],"count":2,"offset":0,"limit":2,"total":11}';

const context = { pool: 'btcpool-kz', account: 'reserve-01', asset: 'bip122:000000000019d6689c085ae165831e93/slip44:0', decimals: 8 };
const parse = (text: string): readonly StatementRow[] => btcpoolKz.parse(new TextEncoder().encode(text), context, 'json').rows;
const sample = JSON.parse(PAYMENT_HISTORY) as { data: Record<string, unknown>[] };
const withRow = (changes: Record<string, unknown>): string => JSON.stringify({ status: 'OK', data: [{ ...sample.data[0], ...changes }] });

describe('a payment history of btcpool.kz', () => {
  it('is read exactly, and a malformed transaction id is kept as the pool wrote it', () => {
    const rows = parse(PAYMENT_HISTORY);
    expect(rows.map((row) => row.kind === 'payout' && [row.claim.paymentId, row.claim.amount, row.claim.txid.length, row.claim.paidAt])).toEqual([
      ['38518124', '149377', 64, '2023-05-02T08:58:55.000Z'],
      ['38409239', '137954', 63, '2023-04-30T09:01:23.000Z'],
    ]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['a number for an amount', { amount: 0.00149377 }, 'data.0.amount'],
    ['nine decimals', { amount: '0.001493771' }, 'data.0.amount'],
    ['an exponent', { amount: '1e-3' }, 'data.0.amount'],
    ['a negative amount', { amount: '-0.5' }, 'data.0.amount'],
    ['a payout of nothing', { amount: '0' }, 'data.0.amount'],
    ['no payment id', { payment_id: undefined }, 'data.0.payment_id'],
    ['a time that is no time', { created_time: 'yesterday' }, 'data.0.created_time'],
  ])('has a row that cannot be read: %s', (_name, changes, field) => expect(parse(withRow(changes))).toMatchObject([{ kind: 'unreadable', field }]));

  it.each<[string, string, string]>([
    ['no JSON', '{"status":"OK"', 'statement-not-json'],
    ['a list', '[]', 'statement-shape'],
    ['an error of the pool', '{"status":"ERROR","data":[]}', 'statement-refused-by-pool'],
    ['no data', '{"status":"OK"}', 'statement-shape'],
  ])('is refused as a whole when it is %s', (_name, text, code) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code }) as Error);
  });

  it('never fails in another way, whatever comes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        try {
          parse(JSON.stringify({ status: 'OK', data: value }));
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableStatement);
        }
      }),
    );
    // A name such as __proto__ anywhere makes the whole statement no JSON of ours.
    const value = fc.jsonValue().filter((each) => !/__proto__|constructor|prototype/.test(JSON.stringify(each)));
    fc.assert(fc.property(fc.dictionary(fc.constantFrom('amount', 'address', 'tx', 'created_time', 'payment_id'), value), (changes) => parse(withRow(changes)).length === 1));
  });
});
