/** Pure rules of naming, which domain code may use: they reach no library. */
const TXID = /^[0-9a-f]{64}$/;

export const BITCOIN_NETWORKS = ['mainnet', 'testnet', 'signet', 'regtest'] as const;

/** Whether text is a well-formed transaction id. */
export function isTxid(text: string): boolean {
  return TXID.test(text);
}

/** One case has one id: "/" becomes "_", which a case number cannot contain, so two cases never share an id. */
export function caseIdOf(agency: string, caseNumber: string): string {
  return `${agency}.${caseNumber.replaceAll('/', '_')}`;
}

/** Pool short names have no dot, so the parts can be told apart again. */
export function poolAccountIdOf(pool: string, account: string): string {
  return `${pool}.${account}`;
}

/** Identity of a payout: the pool's own payment id within the pool account. "~" occurs in neither part. */
export function payoutIdOf(pool: string, account: string, paymentId: string): string {
  return `${pool}.${account}~${paymentId}`;
}

/** Identity of an output on chain, safe inside a stream name. */
export function depositIdOf(txid: string, vout: number): string {
  return `${txid}.${vout}`;
}

/** Identity of an energy reading: meter, period and number of the correction. "~" occurs in none of them. */
export function energyReadingIdOf({ meterId, from, to, revision = 0 }: { readonly meterId: string; readonly from: string; readonly to: string; readonly revision?: number }): string {
  const second = (time: string): string => `${time.slice(0, 19)}Z`;
  return `${meterId}~${second(from)}~${second(to)}~${revision}`;
}
