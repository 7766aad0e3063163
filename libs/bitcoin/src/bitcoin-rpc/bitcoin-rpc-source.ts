import { setTimeout as sleep } from 'node:timers/promises';
import { blockOf, transactionOf, verifyBlock } from '../blocks.js';
import { BlockUnknown, ChainSourceMismatch, ChainSourceUnavailable, type Block, type BlockReference, type ChainCallOptions, type ChainSource, type Transaction } from '../chain-source.js';
import { fromHex } from '../hashing.js';
import { networkParameters, type BitcoinNetwork } from '../networks.js';
import { parseTransaction } from '../transactions.js';
import { RpcClient, RpcRefused, type RpcClientOptions } from './rpc-client.js';

export interface BitcoinRpcSourceOptions extends RpcClientOptions {
  readonly network: BitcoinNetwork;
  /** Pause between two looks at the tip while waiting for a change. Default 1 s. */
  readonly pollMs?: number;
}

/** "Block not found" of Core and btcd, and "no such transaction" of both: a node without an index of transactions knows only its mempool. */
const RPC_UNKNOWN_BLOCK = -5;
/** What btcd says of a block that a reorganisation has just taken out of the best chain: an internal error, told apart by its words alone. */
const RPC_INTERNAL = -32603;
const NOT_IN_BEST_CHAIN = /is not in the main chain/;
/** "Block height out of range": Core's code; btcd's is -1. */
const RPC_OUT_OF_RANGE = [-8, -1];

/**
 * A node spoken to by JSON-RPC: Bitcoin Core, btcd, or another that has `getbestblockhash`, `getblockhash`,
 * `getblockheader` and `getblock` with verbosity 0. Blocks are read raw and checked here.
 */
export class BitcoinRpcSource implements ChainSource {
  readonly network: BitcoinNetwork;
  private readonly client: RpcClient;
  private readonly pollMs: number;
  private readonly closing = new AbortController();
  private networkChecked: Promise<void> | undefined;

  constructor(options: BitcoinRpcSourceOptions) {
    this.network = options.network;
    this.client = new RpcClient(options);
    this.pollMs = options.pollMs ?? 1_000;
  }

  async tip(options?: ChainCallOptions): Promise<BlockReference> {
    const hash = requireHash(await this.call('getbestblockhash', [], options));
    return { height: await this.heightOf(hash, options), hash };
  }

  async blockHash(height: number, options?: ChainCallOptions): Promise<string | undefined> {
    try {
      return requireHash(await this.call('getblockhash', [height], options));
    } catch (error) {
      if (error instanceof RpcRefused && RPC_OUT_OF_RANGE.includes(error.rpcCode)) return undefined;
      throw error;
    }
  }

  async block(hash: string, options?: ChainCallOptions): Promise<Block> {
    const height = await this.heightOf(hash, options);
    const hex = await this.whenKnown(hash, this.call('getblock', [hash, 0], options));
    if (typeof hex !== 'string' || !/^(?:[0-9a-f]{2})+$/i.test(hex)) throw new ChainSourceUnavailable(`getblock at ${this.client.address}: the block is not hexadecimal`);
    return blockOf(verifyBlock(fromHex(hex), { hash, height }, this.network), height, this.network);
  }

  async transaction(txid: string, options?: ChainCallOptions): Promise<Transaction | undefined> {
    try {
      const hex = await this.call('getrawtransaction', [txid, 0], options);
      if (typeof hex !== 'string' || !/^(?:[0-9a-f]{2})+$/i.test(hex)) return undefined;
      const transaction = transactionOf(parseTransaction(fromHex(hex)), this.network);
      return transaction.txid === txid ? transaction : undefined;
    } catch (error) {
      if (error instanceof RpcRefused || error instanceof RangeError) return undefined;
      throw error;
    }
  }

  async waitForChange(sinceHash: string, options: { readonly timeoutMs: number; readonly signal?: AbortSignal }): Promise<void> {
    const stop = AbortSignal.any([AbortSignal.timeout(options.timeoutMs), this.closing.signal, ...(options.signal === undefined ? [] : [options.signal])]);
    while (!stop.aborted) {
      try {
        if ((await this.call('getbestblockhash', [], { signal: stop })) !== sinceHash) return;
        await sleep(this.pollMs, undefined, { signal: stop });
      } catch (error) {
        // The caller's next question meets the fault and reports it.
        if (!stop.aborted && !(error instanceof ChainSourceUnavailable)) return;
        await sleep(this.pollMs, undefined, { signal: stop }).catch(() => undefined);
      }
    }
  }

  async ping(): Promise<void> {
    await this.call('getbestblockhash', []);
  }

  close(): Promise<void> {
    this.closing.abort(new ChainSourceUnavailable('the chain source is closed'));
    return Promise.resolve();
  }

  /** The node's word; `verifyBlock` holds it against the height in the coinbase. */
  private async heightOf(hash: string, options: ChainCallOptions | undefined): Promise<number> {
    const header = await this.whenKnown(hash, this.call('getblockheader', [hash, true], options));
    const height = typeof header === 'object' && header !== null ? (header as { height?: unknown }).height : undefined;
    if (typeof height !== 'number' || !Number.isInteger(height) || height < 0) throw new ChainSourceUnavailable(`getblockheader at ${this.client.address}: no height`);
    return height;
  }

  private async whenKnown(hash: string, answer: Promise<unknown>): Promise<unknown> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof RpcRefused && (error.rpcCode === RPC_UNKNOWN_BLOCK || (error.rpcCode === RPC_INTERNAL && NOT_IN_BEST_CHAIN.test(error.message)))) throw new BlockUnknown(`${this.client.address} has no block ${hash} in its best chain`);
      throw error;
    }
  }

  private async call(method: string, parameters: readonly (string | number | boolean)[], options?: ChainCallOptions): Promise<unknown> {
    const signal = options?.signal === undefined ? this.closing.signal : AbortSignal.any([options.signal, this.closing.signal]);
    signal.throwIfAborted();
    await this.checkNetwork(signal);
    return this.client.call(method, parameters, signal);
  }

  /** Once per source: the first block tells the networks apart on every node. */
  private async checkNetwork(signal: AbortSignal): Promise<void> {
    this.networkChecked ??= this.compareGenesis(signal);
    try {
      await this.networkChecked;
    } catch (error) {
      this.networkChecked = undefined;
      throw error;
    }
  }

  private async compareGenesis(signal: AbortSignal): Promise<void> {
    const genesis = await this.client.call('getblockhash', [0], signal);
    if (genesis !== networkParameters(this.network).genesisHash) throw new ChainSourceMismatch(`the node at ${this.client.address} is not on ${this.network}`);
  }
}

function requireHash(value: unknown): string {
  if (typeof value !== 'string' || !/^[0-9a-f]{64}$/.test(value)) throw new ChainSourceUnavailable('the node answered with something that is no block hash');
  return value;
}
