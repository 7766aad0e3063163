/**
 * When an output counts. Its own block is the first confirmation. A coinbase output of height `h` may first be spent in
 * the block at `h + 100` (Bitcoin consensus, COINBASE_MATURITY), so it counts when that block is the next one: at 100
 * confirmations, and not at 99.
 */
export const COINBASE_CONFIRMATIONS = 100;

/** Confirmations of an output at `height` when the chain's tip is at `tipHeight`; 0 when it is above the tip. */
export function confirmationsAt(height: number, tipHeight: number): number {
  return Math.max(0, tipHeight - height + 1);
}

/** Confirmations that an output needs, `required` being the deployment's own number. */
export function confirmationsNeeded(coinbase: boolean, required: number): number {
  return coinbase ? Math.max(required, COINBASE_CONFIRMATIONS) : required;
}
