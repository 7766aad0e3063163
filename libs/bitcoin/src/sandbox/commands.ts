import type { BlockReference } from '../chain-source.js';
import { SandboxRefused } from './payments.js';

export interface SandboxChainOptions {
  /** SQLite file, or ':memory:'. */
  readonly file: string;
  /** Decides the miner's key and with it every block and transaction id. A file keeps its first seed. */
  readonly seed: string;
  /** Blocks take its time; without one, block `n` is at the fixed start plus ten minutes each. */
  readonly clock?: { now(): Date };
  /** Blocks mined when the file is new. Default 110: ten rewards, 500 coins, are spendable at once. */
  readonly premine?: number;
}

export interface ReorganiseOptions {
  /** Length of the new branch; must exceed the depth, since the chain with more work wins. Default: depth + 1. */
  readonly newBlocks?: number;
  /** Transactions that vanish instead of being mined again; those that spend their outputs vanish with them. */
  readonly dropTransactions?: readonly string[];
}

export interface Reorganisation {
  /** Oldest first. */
  readonly disconnected: readonly BlockReference[];
  readonly connected: readonly BlockReference[];
  /** Every transaction that is gone, those that followed from `dropTransactions` included. */
  readonly dropped: readonly string[];
}

/** Blocks one command may mine: a bound, so that a mistyped number does not fill the disk. */
const BLOCKS_PER_COMMAND_MAX = 10_000;

/** @throws {SandboxRefused} */
export function requireCount(count: number, name: string, min: number): void {
  if (!Number.isInteger(count) || count < min || count > BLOCKS_PER_COMMAND_MAX) {
    throw new SandboxRefused('sandbox-request', `${name} must be a whole number from ${min} to ${BLOCKS_PER_COMMAND_MAX}, not ${count}`);
  }
}

/** @throws {SandboxRefused} */
export function requireDepth(depth: number, newBlocks: number, height: number): void {
  requireCount(depth, 'depth', 1);
  requireCount(newBlocks, 'newBlocks', depth + 1);
  if (depth > height) throw new SandboxRefused('sandbox-request', `the chain has only ${height} blocks above its first`);
}

/** @throws {SandboxRefused} the transaction is none of those that a reorganisation puts back */
export function requireCandidate(txid: string, candidates: readonly { readonly txid: string }[]): void {
  if (!candidates.some((each) => each.txid === txid)) {
    throw new SandboxRefused('sandbox-request', `transaction ${txid} neither waits nor is in an abandoned block`);
  }
}
