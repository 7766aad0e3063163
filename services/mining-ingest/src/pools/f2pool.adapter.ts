import { schemeOf, type EarningsParts } from '../earnings/earnings-row.js';
import { listOf, objectOf, parserOf, type RowKind } from './family-parser.adapter.js';
import { isSourceObject, NumberText } from './row-reader.adapter.js';
import { UnreadableStatement, type StatementRow } from './statement.js';

/**
 * F2Pool, `POST /v2/assets/transactions/list`. Amounts are JSON numbers, read from their source text. A row says what
 * it is by its sign and by which of `mining_extra` and `payout_extra` it carries: `changed_balance` above 0 with
 * `mining_extra` is a day's earnings, below 0 with `payout_extra` a payout, anything else is recorded only.
 *
 * Assumed, where the pool's documents are silent: times are Unix seconds (13 digits: milliseconds); `value` is what
 * the wallet receives; the balance falls by `value`, or by `value` and `tip`; what `pps` and `tx_fee` exceed the
 * change of balance by is the pool's fee.
 */
const TRANSACTIONS: RowKind = {
  columns: ['id', 'type', 'changed_balance', 'created_at'],
  optional: [
    ...['mining_date', 'settle_date', 'pps', 'pps_fee_rate', 'tx_fee', 'tx_fee_rate', 'hash_rate'].map((field) => `mining_extra.${field}`),
    ...['value', 'address', 'tx_id', 'paid_time', 'wallet_type', 'tip'].map((field) => `payout_extra.${field}`),
  ],
  read(row, index, context): StatementRow {
    const { decimals } = context;
    const id = row.whole('id');
    const type = row.text('type');
    const change = row.coinsNumber('changed_balance', decimals, { signed: true });
    const createdAt = row.unixTime('created_at', 'number', { orMillis: true });
    const mining = row.inner('mining_extra');
    const payout = row.inner('payout_extra');
    if (mining !== undefined && payout !== undefined) throw row.fault('row-shape', 'payout_extra', 'a row is income or payout, never both');

    if (payout !== undefined) {
      if (change >= 0n) throw row.fault('row-sign', 'changed_balance', `a payout lowers the balance: changed_balance must be below 0, it is ${change} base units`);
      const value = payout.coinsNumber('value', decimals);
      const tip = payout.has('tip') ? payout.coinsNumber('tip', decimals) : 0n;
      if (-change !== value && -change !== value + tip) {
        throw payout.fault('row-total', 'value', `the balance fell by ${-change} base units; value is ${value} and tip ${tip}`);
      }
      const paidAt = payout.has('paid_time') ? payout.unixTime('paid_time', 'number', { orMillis: true }) : createdAt;
      const claim = { paymentId: id, amount: value.toString(), address: payout.text('address'), txid: payout.text('tx_id'), paidAt };
      return payout.payout(index, context, claim, { paymentId: 'id', amount: 'value', txid: 'tx_id', paidAt: 'paid_time' });
    }
    if (mining !== undefined) {
      if (change < 0n) throw row.fault('row-sign', 'changed_balance', `income raises the balance: changed_balance must not be below 0, it is ${change} base units`);
      const pps = mining.coinsNumber('pps', decimals);
      const fees = mining.has('tx_fee') ? mining.coinsNumber('tx_fee', decimals) : 0n;
      const kept = pps + fees - change;
      if (kept < 0n) throw row.fault('row-total', 'changed_balance', `changed_balance is ${change} base units, more than pps and tx_fee together`);
      const parts: EarningsParts = { fpps: pps.toString(), fppsFees: fees.toString(), poolFees: kept.toString() };
      const date = mining.unixTime('mining_date', 'number', { orMillis: true }).slice(0, 10);
      const hashRate = mining.has('hash_rate') ? { hashRate: mining.hashRate('hash_rate', { as: 'number' }) } : {};
      return { kind: 'earnings', row: index, date, ...hashRate, parts, total: change.toString(), scheme: schemeOf(parts), reference: id };
    }
    if (change < 0n && type.toLowerCase().includes('payout')) throw row.fault('row-shape', 'payout_extra', 'a payout must name its wallet and transaction in payout_extra');
    return { kind: 'information', row: index, code: 'other-transaction', message: `transaction ${id} of type ${JSON.stringify(type.slice(0, 40))} changes the balance by ${change} base units` };
  },
};

export const f2pool = parserOf({
  format: 'f2pool',
  kinds: [TRANSACTIONS],
  open(document) {
    const outer = objectOf(document, '');
    const { code, msg } = outer;
    if (code instanceof NumberText && code.source !== '0') {
      throw new UnreadableStatement('statement-refused-by-pool', `the pool answered with code ${code.source.slice(0, 20)}: ${JSON.stringify(typeof msg === 'string' ? msg.slice(0, 200) : null)}`, 'code');
    }
    const nested = isSourceObject(outer['data']);
    const path = nested ? 'data.transactions' : 'transactions';
    const rows = listOf(nested ? objectOf(outer['data'], 'data')['transactions'] : outer['transactions'], path);
    return { lists: [{ path, rows, kindOf: () => TRANSACTIONS }] };
  },
});
