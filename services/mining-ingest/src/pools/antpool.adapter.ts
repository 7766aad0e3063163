import { schemeOf, sumOf, type EarningsPart, type EarningsParts } from '../earnings/earnings-row.js';
import { countDoubt, countOf, listOf, objectOf, parserOf, type RowKind } from './family-parser.adapter.js';
import { isSourceObject, NumberText } from './row-reader.adapter.js';
import { UnreadableStatement } from './statement.js';

/**
 * AntPool, `paymentHistoryV2` with `type=payout` or `type=recv`. All values of a row are strings; a time without a
 * zone is UTC; `hashrate` is in the unit that `hashrateUnit` names (H/s when absent).
 */
const PAYOUTS: RowKind = {
  columns: ['id', 'timestamp', 'walletAddress', 'txId', 'amount'],
  read(row, index, context) {
    const amount = row.coinsText('amount', context.decimals).toString();
    const claim = { paymentId: row.text('id'), amount, address: row.text('walletAddress'), txid: row.text('txId'), paidAt: row.time('timestamp') };
    return row.payout(index, context, claim, { paymentId: 'id', address: 'walletAddress', txid: 'txId', paidAt: 'timestamp' });
  },
};

const PARTS: readonly (readonly [EarningsPart, string])[] = [
  ['pps', 'ppsAmount'],
  ['pplns', 'pplnsAmount'],
  ['solo', 'soloAmount'],
  ['ppapps', 'ppappsAmount'],
  ['ppapplns', 'ppapplnsAmount'],
  ['fpps', 'fppsBlockAmount'],
  ['fppsFees', 'fppsFeeAmount'],
];

const RECEIVED: RowKind = {
  columns: ['timestamp', 'hashrate'],
  optional: ['hashrateUnit', ...PARTS.map(([, field]) => field)],
  read(row, index, { decimals }) {
    const named = PARTS.filter(([, field]) => row.has(field)).map(([part, field]) => [part, row.coinsText(field, decimals).toString()]);
    if (named.length === 0) throw row.fault('row-shape', 'ppsAmount', 'a day of earnings must name at least one amount');
    const parts = Object.fromEntries(named) as EarningsParts;
    const unit = row.has('hashrateUnit') ? { unit: row.text('hashrateUnit') } : {};
    const hashRate = row.hashRate('hashrate', { as: 'text', ...unit });
    return { kind: 'earnings', row: index, date: row.time('timestamp').slice(0, 10), hashRate, parts, total: sumOf(parts).toString(), scheme: schemeOf(parts) };
  },
};

export const antpool = parserOf({
  format: 'antpool',
  kinds: [PAYOUTS, RECEIVED],
  open(document) {
    const outer = objectOf(document, '');
    const { code, message } = outer;
    if (code !== undefined && !(code instanceof NumberText && code.source === '0')) {
      throw new UnreadableStatement('statement-refused-by-pool', `the pool's code must be 0; its message is ${JSON.stringify(typeof message === 'string' ? message.slice(0, 200) : null)}`, 'code');
    }
    const nested = isSourceObject(outer['data']);
    const envelope = nested ? objectOf(outer['data'], 'data') : outer;
    const path = nested ? 'data.rows' : 'rows';
    const rows = listOf(envelope['rows'], path);
    const [page, pages, size, total] = [countOf(envelope['page']), countOf(envelope['totalPage']), countOf(envelope['pageSize']), countOf(envelope['totalRecord'])];
    // All pages but the last are full, and the last has what is left.
    const expected = page === undefined || size === undefined || total === undefined || size === 0 ? undefined : Math.max(0, Math.min(size, total - (page - 1) * size));
    return {
      lists: [{ path, rows, kindOf: (row) => (row.has('hashrate') || PARTS.some(([, field]) => row.has(field)) ? RECEIVED : PAYOUTS) }],
      doubts: countDoubt(nested ? 'data.totalRecord' : 'totalRecord', expected, rows.length),
      page: { ...(total === undefined ? {} : { total }), ...(pages === undefined ? {} : { pages }), ...(page === undefined || pages === undefined ? {} : { more: page < pages }) },
    };
  },
});
