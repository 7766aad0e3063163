import type { BitcoinNetwork } from './networks.js';

/**
 * Where blocks come from. Two adapters implement it: a node spoken to by JSON-RPC, and the sandbox chain. Neither is
 * believed: a block is handed out only after its hash, proof of work and Merkle root were checked here.
 */
export interface ChainSource {
  readonly network: BitcoinNetwork;
  /** The newest block of the best chain. */
  tip(options?: ChainCallOptions): Promise<BlockReference>;
  /** Hash of the block at this height in the best chain; undefined above the tip. */
  blockHash(height: number, options?: ChainCallOptions): Promise<string | undefined>;
  /**
   * @throws {BlockUnknown} the source has no such block
   * @throws {BlockInvalid} what the source sent is not that block
   */
  block(hash: string, options?: ChainCallOptions): Promise<Block>;
  /**
   * A transaction by its id, which is its hash and was checked; undefined where the source does not know it. Sources
   * that keep no index of transactions do not have this, or know only some.
   */
  transaction?(txid: string, options?: ChainCallOptions): Promise<Transaction | undefined>;
  /** Resolves when the tip is another than `sinceHash`, when the timeout has passed, or when the signal aborts. Never rejects for those. */
  waitForChange(sinceHash: string, options: { readonly timeoutMs: number; readonly signal?: AbortSignal }): Promise<void>;
  /**
   * Resolves when the source answers and is of the right network.
   * @throws {ChainSourceUnavailable}
   * @throws {ChainSourceMismatch} it answers for another network
   */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface ChainCallOptions {
  readonly signal?: AbortSignal;
}

export interface BlockReference {
  readonly height: number;
  /** Reversed hexadecimal, as people write it. */
  readonly hash: string;
}

export interface Block extends BlockReference {
  readonly previousHash: string;
  /** The time the header claims; it may run up to two hours ahead and is not strictly rising. */
  readonly time: Date;
  /** The header's compact target, 8 hexadecimal digits; undefined where a source does not say. */
  readonly bits?: string;
  readonly transactions: readonly Transaction[];
}

export interface Transaction {
  readonly txid: string;
  readonly coinbase: boolean;
  /** Outputs spent; empty for a coinbase. */
  readonly inputs: readonly TransactionInput[];
  readonly outputs: readonly TransactionOutput[];
}

export interface TransactionInput {
  readonly txid: string;
  readonly vout: number;
  /** What the spend reveals of the output it spends: see `revealedAddress`. */
  readonly scriptSig?: Uint8Array;
  readonly witness?: readonly Uint8Array[];
}

export interface TransactionOutput {
  readonly vout: number;
  /** Satoshi. */
  readonly amount: bigint;
  readonly script: Uint8Array;
  /** Where the script has an address. */
  readonly address?: string;
}

/** The source does not answer, or not in time. Worth trying again. */
export class ChainSourceUnavailable extends Error {
  override readonly name = 'ChainSourceUnavailable';
  readonly code = 'chain-source-unavailable';
}

/** The source answers, and will never be the right one: another network, or credentials it refuses. */
export class ChainSourceMismatch extends Error {
  override readonly name = 'ChainSourceMismatch';
  readonly code = 'chain-source-mismatch';
}

/** The source has no block of this hash. After a reorganisation a node may have forgotten it. */
export class BlockUnknown extends Error {
  override readonly name = 'BlockUnknown';
  readonly code = 'block-unknown';
}

export type BlockFault =
  | 'truncated'
  | 'header-hash'
  | 'proof-of-work'
  | 'no-coinbase'
  | 'merkle-root'
  | 'duplicate-transactions'
  | 'witness-commitment'
  | 'height'
  | 'amount';

/** What the source sent is not the block it claims to be. */
export class BlockInvalid extends Error {
  override readonly name = 'BlockInvalid';
  readonly code = 'block-invalid';

  constructor(
    readonly fault: BlockFault,
    message: string,
  ) {
    super(message);
  }
}
