/**
 * The Bitcoin networks and the constants in which they differ. Source: Bitcoin Core's kernel/chainparams.cpp,
 * BIP-32 (versions of extended keys), BIP-173 (human-readable parts), BIP-325 (signet).
 */

export type BitcoinNetwork = 'mainnet' | 'testnet' | 'signet' | 'regtest';

export const BITCOIN_NETWORKS: readonly BitcoinNetwork[] = ['mainnet', 'testnet', 'signet', 'regtest'];

/** Blocks after which an output of a coinbase may be spent, on every network. */
export const COINBASE_MATURITY_BLOCKS = 100;

export interface NetworkParameters {
  readonly network: BitcoinNetwork;
  /** Human-readable part of segwit addresses. */
  readonly bech32Hrp: string;
  /** First byte of base58check addresses. */
  readonly pubKeyHashVersion: number;
  readonly scriptHashVersion: number;
  /** First byte of a private key in wallet import format: known so that it can be refused. */
  readonly wifVersion: number;
  /** First four bytes of extended keys. */
  readonly extendedPublicVersion: number;
  readonly extendedPrivateVersion: number;
  /** Block hash in the usual (reversed) hexadecimal. */
  readonly genesisHash: string;
  /** The easiest target a block may have. */
  readonly powLimit: bigint;
  readonly powLimitBits: number;
  readonly halvingIntervalBlocks: number;
  /** From this height on each coinbase names its height (BIP-34). */
  readonly bip34Height: number;
}

const TEST_KEYS = { pubKeyHashVersion: 0x6f, scriptHashVersion: 0xc4, wifVersion: 0xef, extendedPublicVersion: 0x043587cf, extendedPrivateVersion: 0x04358394 };

const PARAMETERS: Readonly<Record<BitcoinNetwork, NetworkParameters>> = {
  mainnet: {
    network: 'mainnet',
    bech32Hrp: 'bc',
    pubKeyHashVersion: 0x00,
    scriptHashVersion: 0x05,
    wifVersion: 0x80,
    extendedPublicVersion: 0x0488b21e,
    extendedPrivateVersion: 0x0488ade4,
    genesisHash: '000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f',
    powLimit: (1n << 224n) - 1n,
    powLimitBits: 0x1d00ffff,
    halvingIntervalBlocks: 210_000,
    bip34Height: 227_931,
  },
  testnet: {
    network: 'testnet',
    bech32Hrp: 'tb',
    ...TEST_KEYS,
    genesisHash: '000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943',
    powLimit: (1n << 224n) - 1n,
    powLimitBits: 0x1d00ffff,
    halvingIntervalBlocks: 210_000,
    bip34Height: 21_111,
  },
  signet: {
    network: 'signet',
    bech32Hrp: 'tb',
    ...TEST_KEYS,
    genesisHash: '00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6',
    powLimit: 0x00000377aen << 216n,
    powLimitBits: 0x1e0377ae,
    halvingIntervalBlocks: 210_000,
    bip34Height: 1,
  },
  regtest: {
    network: 'regtest',
    bech32Hrp: 'bcrt',
    ...TEST_KEYS,
    genesisHash: '0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206',
    powLimit: (1n << 255n) - 1n,
    powLimitBits: 0x207fffff,
    halvingIntervalBlocks: 150,
    bip34Height: 1,
  },
};

export function networkParameters(network: BitcoinNetwork): NetworkParameters {
  return PARAMETERS[network];
}

/** True for the text of a network this library knows. */
export function isBitcoinNetwork(text: string): text is BitcoinNetwork {
  return (BITCOIN_NETWORKS as readonly string[]).includes(text);
}

/** Subsidy of a block in satoshi: 50 coins, halved every `halvingIntervalBlocks`. */
export function blockSubsidy(height: number, network: BitcoinNetwork): bigint {
  const halvings = Math.floor(height / PARAMETERS[network].halvingIntervalBlocks);
  return halvings >= 64 ? 0n : (50n * 100_000_000n) >> BigInt(halvings);
}
