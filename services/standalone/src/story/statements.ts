/** Statements as btcpool.kz sends them (`payment_history`): all values are text, amounts are decimal coins. */

export const MAINNET_WALLET = 'bc1qllf33yhp7m80sfm35fce0tagcckey7dljauwd5';

/** In the second row's transaction id a digit is missing: it is held for that, and not guessed at. */
export const MAINNET_STATEMENT =
  '{"status":"OK","data":[{"amount":"0.00149377","address":"bc1qllf33yhp7m80sfm35fce0tagcckey7dljauwd5","tx":"7f37726aca676a11ae30277d1a12bfec761f3523dc64c151abe2ec7d410c36fb","created_time":"1683017935","payment_id":"38518124"},{"amount":"0.00137954","address":"bc1qllf33yhp7m80sfm35fce0tagcckey7dljauwd5","tx":"398e02bff83a6e71df32516ac584314fd234e00e479274df8d6b46265c93286","created_time":"1682845283","payment_id":"38409239"}],"count":2,"offset":0,"limit":2,"total":11}';

interface Payment {
  /** Decimal coins. */
  readonly amount: string;
  readonly address: string;
  readonly txid: string;
  readonly paymentId: string;
}

/** 1 January 2025, 15:00 UTC: when the sandbox's chain is a hundred blocks old. */
const CREATED_TIME = '1735743600';

export function statementOf(payments: readonly Payment[]): string {
  const data = payments.map(({ amount, address, txid, paymentId }) => ({ amount, address, tx: txid, created_time: CREATED_TIME, payment_id: paymentId }));
  return JSON.stringify({ status: 'OK', data, count: data.length, offset: 0, limit: 100, total: data.length });
}
