import { parseMessage, PayoutClaim } from '@qazyna/contracts';
import { AmountError, parseAmount } from '@qazyna/ledger';
import { UnreadableStatement, type PoolStatementParser, type StatementContext, type StatementRow } from './statement.js';

/**
 * btcpool.kz, `GET ?v=1&method=payment_history&currency=BTC`. All values are strings; `created_time` is Unix seconds;
 * amounts are decimal coins.
 */
const FIELDS = ['amount', 'address', 'tx', 'created_time', 'payment_id'] as const;
type Row = Record<(typeof FIELDS)[number], string>;

const UNIX_SECONDS = /^[1-9][0-9]{8,10}$/;

export const btcpoolKz: PoolStatementParser = {
  pool: 'btcpool-kz',
  parse(raw, context) {
    return rowsOf(raw).map((row, index) => readRow(row, index, context));
  },
};

function rowsOf(raw: Uint8Array): readonly unknown[] {
  let statement: unknown;
  try {
    statement = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw));
  } catch (error) {
    throw new UnreadableStatement('statement-not-json', `the statement is not JSON in UTF-8: ${(error as Error).message}`);
  }
  if (typeof statement !== 'object' || statement === null) throw new UnreadableStatement('statement-shape', 'the statement must be a JSON object');
  const { status, data } = statement as { status?: unknown; data?: unknown };
  if (status !== 'OK') throw new UnreadableStatement('statement-refused-by-pool', `the pool's status must be "OK"; it is ${JSON.stringify(status)}`, 'status');
  if (!Array.isArray(data)) throw new UnreadableStatement('statement-shape', 'data must be a list of payments', 'data');
  return data as unknown[];
}

function readRow(row: unknown, index: number, { account, asset, decimals }: StatementContext): StatementRow {
  const unreadable = (code: string, field: string, message: string): StatementRow => ({ kind: 'unreadable', row: index, code, field, message });
  if (typeof row !== 'object' || row === null) return unreadable('row-shape', `data.${index}`, 'a payment must be a JSON object');
  for (const field of FIELDS) {
    if (typeof (row as Partial<Row>)[field] !== 'string') return unreadable('row-shape', `data.${index}.${field}`, `${field} must be text`);
  }
  const { amount, address, tx, created_time: createdTime, payment_id: paymentId } = row as Row;
  if (!UNIX_SECONDS.test(createdTime)) return unreadable('row-time', `data.${index}.created_time`, 'created_time must be Unix seconds');
  let units: bigint;
  try {
    units = parseAmount(amount, decimals);
  } catch (error) {
    if (!(error instanceof AmountError)) throw error;
    return unreadable(error.code, `data.${index}.amount`, error.message);
  }
  const claim = parseMessage(PayoutClaim, {
    pool: 'btcpool-kz',
    account,
    paymentId,
    asset,
    amount: units.toString(),
    address,
    txid: tx,
    paidAt: new Date(Number.parseInt(createdTime, 10) * 1000).toISOString(),
  });
  if (!claim.ok) {
    const [first] = claim.errors;
    return unreadable('row-invalid', `data.${index}.${first?.field ?? ''}`, claim.errors.map((error) => error.message).join('; '));
  }
  return { kind: 'payout', row: index, claim: claim.value };
}
