import { parseMessage, PayoutClaim } from '@qazyna/contracts';
import { listOf, parserOf, type RowKind } from './family-parser.adapter.js';
import { isSourceObject } from './row-reader.adapter.js';

/**
 * Our own payout message as a file: a JSON list, one object a line, or CSV. `amount` is in base units, as text. What
 * the file is handed in for (`pool`, `account`, `asset`) may be left out of a row; where it is named it must agree.
 */
const REQUIRED = ['paymentId', 'amount', 'address', 'txid', 'paidAt'] as const;
const TEXTS = [...REQUIRED, 'pool', 'account', 'asset', 'statutorySequence', 'licenceId'] as const;
const KNOWN: ReadonlySet<string> = new Set([...TEXTS, 'outputIndex']);
const AMOUNT = /^[1-9][0-9]{0,39}$/;

const PAYOUTS: RowKind = {
  columns: REQUIRED,
  optional: ['pool', 'account', 'asset', 'outputIndex', 'statutorySequence', 'licenceId'],
  read(row, index, context) {
    const unknown = row.names().find((name) => !KNOWN.has(name));
    if (unknown !== undefined) throw row.fault('row-invalid', unknown.slice(0, 80), `${JSON.stringify(unknown.slice(0, 80))} is not a known field`);
    const empty = row.names().find((name) => row.isNull(name));
    if (empty !== undefined) throw row.fault('row-invalid', empty, `${empty} is left out or has a value; null is neither`);
    for (const field of ['pool', 'account', 'asset'] as const) {
      if (row.has(field) && row.text(field) !== context[field]) throw row.fault('row-other-account', field, `this file is handed in for ${field} ${context[field]}; the row names another`);
    }
    const claim: Record<string, unknown> = { pool: context.pool, account: context.account, asset: context.asset };
    for (const field of TEXTS) if (row.has(field)) claim[field] = row.text(field);
    if (typeof claim['amount'] === 'string' && !AMOUNT.test(claim['amount'])) {
      throw row.fault('row-invalid', 'amount', 'amount must be a whole number of base units (satoshi) above 0, without a decimal point');
    }
    if (row.has('outputIndex')) claim['outputIndex'] = Number(row.whole('outputIndex'));
    const parsed = parseMessage(PayoutClaim, claim);
    if (parsed.ok) return { kind: 'payout', row: index, claim: parsed.value };
    throw row.fault('row-invalid', parsed.errors[0]?.field ?? '', parsed.errors.map(({ message }) => message).join('; '));
  },
};

export const canonical = parserOf({
  format: 'canonical',
  kinds: [PAYOUTS],
  lineKind: PAYOUTS,
  // One message alone is a list of one.
  open: (document) => ({ lists: [{ path: '', rows: isSourceObject(document) ? [document] : listOf(document, ''), kindOf: () => PAYOUTS }] }),
});
