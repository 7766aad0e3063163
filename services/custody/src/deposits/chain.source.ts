import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { BitcoinRpcSource, SandboxChain, type ChainSource } from '@qazyna/bitcoin';
import type { PlatformConfig } from '@qazyna/service-kit';

/**
 * Where blocks come from: the node that the configuration names, or else, in the sandbox only, a chain of its own in
 * the data folder, whose blocks have fixed times so that the same commands give the same blocks.
 */
export function openChainSource(config: PlatformConfig): ChainSource {
  if (config.bitcoinRpcUrl !== undefined) return new BitcoinRpcSource({ url: config.bitcoinRpcUrl, network: config.bitcoinNetwork });
  if (config.mode === 'production') throw new Error('production does not run on the sandbox chain');
  mkdirSync(config.dataDir, { recursive: true });
  return SandboxChain.open({ file: join(config.dataDir, 'sandbox-chain.sqlite'), seed: config.sandboxSeed });
}
