/** The part of a claim that decides which output it means. */
export interface WaitingClaim {
  readonly payoutId: string;
  readonly poolAccountId: string;
  readonly asset: string;
  readonly amount: string;
  readonly address: string;
  readonly txid: string;
  readonly outputIndex?: number | undefined;
}

/** An output of the claimed transaction that pays us. */
export interface CandidateOutput {
  readonly depositId: string;
  readonly vout: number;
  readonly purposeKind: string;
  readonly purposeId: string;
  readonly asset: string;
  readonly amount: string;
  readonly address: string;
  /** The payout it is matched with already. */
  readonly payoutId: string | undefined;
}

export type Matching =
  | { readonly kind: 'match'; readonly depositId: string }
  | { readonly kind: 'dispute'; readonly code: string; readonly message: string }
  /** The transaction pays us nothing that was seen: it may still come. */
  | { readonly kind: 'wait' };

/**
 * Which output a claim means, given every output of its transaction that pays us: the one at its index, or else the only
 * free output to its pool account's address with exactly its amount. Whatever differs is disputed, never guessed.
 */
export function findOutput(claim: WaitingClaim, outputs: readonly CandidateOutput[]): Matching {
  const own = outputs.find(({ payoutId }) => payoutId === claim.payoutId);
  if (own) return { kind: 'match', depositId: own.depositId };
  if (outputs.length === 0) return { kind: 'wait' };
  if (claim.outputIndex !== undefined) {
    const named = outputs.find(({ vout }) => vout === claim.outputIndex);
    if (named) return { kind: 'match', depositId: named.depositId };
    return { kind: 'dispute', code: 'claim-output-not-ours', message: `output ${claim.outputIndex} of the transaction pays none of our addresses` };
  }
  const ofAccount = outputs.filter(
    (output) => output.purposeKind === 'pool-account' && output.purposeId === claim.poolAccountId && output.address === claim.address && output.asset === claim.asset,
  );
  if (ofAccount.length === 0) {
    return { kind: 'dispute', code: 'claim-address-differs', message: `the transaction does not pay ${claim.address} of pool account ${claim.poolAccountId}` };
  }
  const exact = ofAccount.filter(({ amount }) => amount === claim.amount);
  if (exact.length === 0) {
    return { kind: 'dispute', code: 'claim-amount-differs', message: `the transaction pays ${ofAccount.map(({ amount }) => amount).join(', ')} base units there, the claim says ${claim.amount}` };
  }
  const free = exact.filter(({ payoutId }) => payoutId === undefined);
  const [only, another] = free;
  if (only === undefined) {
    return { kind: 'dispute', code: 'deposit-already-matched', message: `the output is the coins of payout ${exact.map(({ payoutId }) => payoutId).join(', ')}` };
  }
  if (another) return { kind: 'dispute', code: 'claim-ambiguous', message: `${free.length} outputs of the transaction pay exactly that: the claim must name its output` };
  return { kind: 'match', depositId: only.depositId };
}
