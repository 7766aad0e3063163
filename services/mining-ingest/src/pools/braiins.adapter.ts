import { createHash } from 'node:crypto';
import { listOf, objectOf, parserOf, type RowKind } from './family-parser.adapter.js';
import type { RowReader } from './row-reader.adapter.js';
import { UnreadableStatement, type StatementRow } from './statement.js';

/**
 * Braiins Pool, `GET /accounts/payouts/json/btc`. Amounts are integers of satoshi. Only a confirmed payout is a claim;
 * one that is queued or failed is recorded, and so is every Lightning payment: no output on chain can show it.
 *
 * The pool gives a payout no id. Ours is made of what stays the same from request to confirmation: the second of the
 * request, the financial account and the destination. Assumed: `amount_sats` is what the wallet receives, `fee_sats` on top.
 */
const STATUSES = ['queued', 'confirmed', 'failed'];
const TRIGGERS = ['triggered', 'manual'];
const COMMON = ['financial_account_name', 'requested_at_ts', 'resolved_at_ts', 'status', 'amount_sats', 'fee_sats', 'destination', 'trigger_type'] as const;

const ONCHAIN: RowKind = {
  columns: [...COMMON, 'tx_id'],
  read(row, index, context) {
    const { requested, status, amount } = common(row);
    const destination = row.text('destination');
    if (status !== 'confirmed') return information(index, `payout-${status}`, `a payout of ${amount} satoshi requested at ${requested} is ${status}`);
    const claim = {
      paymentId: paymentIdOf(row.whole('requested_at_ts'), row.text('financial_account_name'), destination),
      amount: amount.toString(),
      address: destination,
      txid: row.text('tx_id'),
      paidAt: row.unixTime('resolved_at_ts', 'number'),
    };
    return row.payout(index, context, claim, { paymentId: 'requested_at_ts', amount: 'amount_sats', address: 'destination', txid: 'tx_id', paidAt: 'resolved_at_ts' });
  },
};

const LIGHTNING: RowKind = {
  columns: [...COMMON, 'invoice', 'preimage'],
  read(row, index) {
    const { requested, status, amount } = common(row);
    return information(index, 'lightning-payment', `a Lightning payment of ${amount} satoshi requested at ${requested} is ${status}: it has no output on chain`);
  },
};

function common(row: RowReader): { readonly requested: string; readonly status: string; readonly amount: bigint } {
  const status = row.text('status');
  if (!STATUSES.includes(status)) throw row.fault('row-status', 'status', `status must be one of ${STATUSES.join(', ')}, not ${JSON.stringify(status.slice(0, 40))}`);
  const trigger = row.text('trigger_type');
  if (!TRIGGERS.includes(trigger)) throw row.fault('row-trigger', 'trigger_type', `trigger_type must be one of ${TRIGGERS.join(', ')}, not ${JSON.stringify(trigger.slice(0, 40))}`);
  row.unitsNumber('fee_sats');
  return { requested: row.unixTime('requested_at_ts', 'number'), status, amount: row.unitsNumber('amount_sats') };
}

function information(row: number, code: string, message: string): StatementRow {
  return { kind: 'information', row, code, message };
}

function paymentIdOf(requestedAt: string, financialAccount: string, destination: string): string {
  const subject = createHash('sha256').update(JSON.stringify([financialAccount, destination])).digest('hex');
  return `${requestedAt}.${subject.slice(0, 32)}`;
}

export const braiins = parserOf({
  format: 'braiins',
  kinds: [ONCHAIN, LIGHTNING],
  open(document) {
    const { onchain, lightning } = objectOf(document, '');
    if (onchain === undefined && lightning === undefined) throw new UnreadableStatement('statement-shape', 'the statement must have a list onchain or lightning', 'onchain');
    return {
      lists: [
        ...(onchain === undefined ? [] : [{ path: 'onchain', rows: listOf(onchain, 'onchain'), kindOf: () => ONCHAIN }]),
        ...(lightning === undefined ? [] : [{ path: 'lightning', rows: listOf(lightning, 'lightning'), kindOf: () => LIGHTNING }]),
      ],
    };
  },
});
