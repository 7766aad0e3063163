import { ChainSourceUnavailable, type Block, type BlockReference, type ChainCallOptions, type ChainSource } from '@qazyna/bitcoin';

/** A chain source that can be made to go away and come back. */
export class InterruptibleSource implements ChainSource {
  /** While true, every question is answered with `ChainSourceUnavailable`. */
  away = false;

  constructor(private readonly inner: ChainSource) {}

  get network(): ChainSource['network'] {
    return this.inner.network;
  }

  tip(options?: ChainCallOptions): Promise<BlockReference> {
    return this.ask(() => this.inner.tip(options));
  }

  blockHash(height: number, options?: ChainCallOptions): Promise<string | undefined> {
    return this.ask(() => this.inner.blockHash(height, options));
  }

  block(hash: string, options?: ChainCallOptions): Promise<Block> {
    return this.ask(() => this.inner.block(hash, options));
  }

  waitForChange(sinceHash: string, options: { readonly timeoutMs: number; readonly signal?: AbortSignal }): Promise<void> {
    return this.inner.waitForChange(sinceHash, options);
  }

  ping(): Promise<void> {
    return this.ask(() => this.inner.ping());
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  private ask<T>(question: () => Promise<T>): Promise<T> {
    return this.away ? Promise.reject(new ChainSourceUnavailable('the source is away')) : question();
  }
}
