import { schemeOf, sumOf, type EarningsParts } from '../earnings/earnings-row.js';
import { countDoubt, countOf, listOf, objectOf, parserOf, type RowKind } from './family-parser.adapter.js';
import { UnreadableStatement } from './statement.js';

/**
 * btcpool.kz, `GET ?v=1&method=payment_history&currency=BTC` and `method=profit_history`. All values are strings;
 * `created_time` is Unix seconds; amounts are decimal coins; `date` is a UTC day.
 */
const PAYMENTS: RowKind = {
  columns: ['amount', 'address', 'tx', 'created_time', 'payment_id'],
  read(row, index, context) {
    const paidAt = row.unixTime('created_time', 'text');
    const amount = row.coinsText('amount', context.decimals).toString();
    const claim = { paymentId: row.text('payment_id'), amount, address: row.text('address'), txid: row.text('tx'), paidAt };
    return row.payout(index, context, claim, { paymentId: 'payment_id', txid: 'tx', paidAt: 'created_time' });
  },
};

const PROFITS: RowKind = {
  columns: ['date', 'hashrate', 'pps_profit', 'pplns_profit', 'total_profit'],
  read(row, index, { decimals }) {
    const parts: EarningsParts = { pps: row.coinsText('pps_profit', decimals).toString(), pplns: row.coinsText('pplns_profit', decimals).toString() };
    const total = row.coinsText('total_profit', decimals);
    if (sumOf(parts) !== total) throw row.fault('row-total', 'total_profit', `total_profit must be pps_profit and pplns_profit together, ${sumOf(parts)} base units; it is ${total}`);
    return { kind: 'earnings', row: index, date: row.day('date'), hashRate: row.hashRate('hashrate', { as: 'text' }), parts, total: total.toString(), scheme: schemeOf(parts) };
  },
};

export const btcpoolKz = parserOf({
  format: 'btcpool-kz',
  kinds: [PAYMENTS, PROFITS],
  open(document) {
    const { status, data, count, offset, total } = objectOf(document, '');
    if (status !== 'OK') throw new UnreadableStatement('statement-refused-by-pool', `the pool's status must be "OK"; it is ${JSON.stringify(status)?.slice(0, 200) ?? 'absent'}`, 'status');
    const rows = listOf(data, 'data');
    const all = countOf(total);
    const from = countOf(offset) ?? 0;
    return {
      lists: [{ path: 'data', rows, kindOf: (row) => (row.has('date') || row.has('total_profit') ? PROFITS : PAYMENTS) }],
      doubts: [
        ...countDoubt('count', countOf(count), rows.length),
        ...(all !== undefined && from + rows.length > all ? [{ code: 'statement-count', field: 'total', message: `total says ${all} rows, this page ends with row ${from + rows.length}` }] : []),
      ],
      page: all === undefined ? {} : { total: all, more: from + rows.length < all },
    };
  },
});
