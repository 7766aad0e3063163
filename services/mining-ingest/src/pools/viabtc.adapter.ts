import { schemeOf, sumOf, type EarningsParts } from '../earnings/earnings-row.js';
import { countDoubt, countOf, listOf, objectOf, parserOf, type RowKind } from './family-parser.adapter.js';
import { isSourceObject, NumberText, type RowReader } from './row-reader.adapter.js';
import { UnreadableStatement } from './statement.js';

/**
 * ViaBTC, `GET /res/openapi/v1/wallet/payment/history` and `/profit/history` (asked with `utc=true`). Ids and times
 * are integers, amounts are decimal coins as text. Parts of a day's profit may be absent.
 */
const PAYMENTS: RowKind = {
  columns: ['id', 'coin', 'amount', 'address', 'tx', 'create_time'],
  read(row, index, context) {
    bitcoinOnly(row);
    const amount = row.coinsText('amount', context.decimals).toString();
    const claim = { paymentId: row.whole('id'), amount, address: row.text('address'), txid: row.text('tx'), paidAt: row.unixTime('create_time', 'number') };
    return row.payout(index, context, claim, { paymentId: 'id', txid: 'tx', paidAt: 'create_time' });
  },
};

const PROFITS: RowKind = {
  columns: ['coin', 'date', 'total_profit'],
  optional: ['pplns_profit', 'pps_profit', 'solo_profit'],
  read(row, index, { decimals }) {
    bitcoinOnly(row);
    const part = (name: string): string | undefined => (row.has(name) ? row.coinsText(name, decimals).toString() : undefined);
    const named = { pps: part('pps_profit'), pplns: part('pplns_profit'), solo: part('solo_profit') };
    const parts = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined)) as EarningsParts;
    const total = row.coinsText('total_profit', decimals);
    if (Object.keys(parts).length > 0 && sumOf(parts) !== total) throw row.fault('row-total', 'total_profit', `total_profit must be the named profits together, ${sumOf(parts)} base units; it is ${total}`);
    return { kind: 'earnings', row: index, date: row.day('date'), parts, total: total.toString(), scheme: schemeOf(parts) };
  },
};

function bitcoinOnly(row: RowReader): void {
  const coin = row.text('coin');
  if (coin.toUpperCase() !== 'BTC') throw row.fault('row-coin', 'coin', `the account is registered for bitcoin; this row is of ${JSON.stringify(coin.slice(0, 20))}`);
}

export const viabtc = parserOf({
  format: 'viabtc',
  kinds: [PAYMENTS, PROFITS],
  open(document) {
    const outer = objectOf(document, '');
    const { code, message } = outer;
    if (!(code instanceof NumberText) || code.source !== '0') {
      throw new UnreadableStatement('statement-refused-by-pool', `the pool's code must be 0; its message is ${JSON.stringify(typeof message === 'string' ? message.slice(0, 200) : null)}`, 'code');
    }
    // Payments stand beside the page's counts, profits stand with them one level deeper.
    const nested = isSourceObject(outer['data']);
    const envelope = nested ? objectOf(outer['data'], 'data') : outer;
    const path = nested ? 'data.data' : 'data';
    const rows = listOf(envelope['data'], path);
    const total = countOf(envelope['total']);
    const pages = countOf(envelope['total_page']);
    const more = envelope['has_next'];
    return {
      lists: [{ path, rows, kindOf: (row) => (row.has('date') || row.has('total_profit') ? PROFITS : PAYMENTS) }],
      doubts: countDoubt(nested ? 'data.count' : 'count', countOf(envelope['count']), rows.length),
      page: { ...(total === undefined ? {} : { total }), ...(pages === undefined ? {} : { pages }), ...(typeof more === 'boolean' ? { more } : {}) },
    };
  },
});
