/** Consensus: the outputs of a coinbase can be spent from the hundredth block on it (its own included). */
export const COINBASE_MATURITY_BLOCKS = 100;

/** Confirmations of an output in a block at `height` when the chain's tip is at `tipHeight`: its own block is the first. */
export function confirmationsAt(height: number, tipHeight: number): number {
  return tipHeight - height + 1;
}

/** Whether an output is deep enough to count, and matured if it is a coinbase's. */
export function isDeepEnough(output: { readonly height: number; readonly coinbase: boolean }, tipHeight: number, confirmationsNeeded: number): boolean {
  const needed = output.coinbase ? Math.max(confirmationsNeeded, COINBASE_MATURITY_BLOCKS) : confirmationsNeeded;
  return confirmationsAt(output.height, tipHeight) >= needed;
}
