/**
 * Which assets exist and how precise they are. Assets are reference data: one more is a line of this table, or is added
 * through {@link createAssetRegistry} by whoever embeds the ledger. A symbol is for people and names no chain.
 */
import { DECIMALS_MAX } from './amounts.js';

/** CAIP-19 asset id, the only name of an asset in entries and messages. */
export type AssetId = string & { readonly __brand: 'AssetId' };

export type BitcoinNetwork = 'mainnet' | 'testnet' | 'signet' | 'regtest';
export const ASSET_KINDS = ['coin', 'token', 'equipment', 'fund-unit'] as const;
export type AssetKind = (typeof ASSET_KINDS)[number];

export interface Asset {
  readonly id: AssetId;
  /** For people. Several assets may share one: USDT is on many chains. */
  readonly symbol: string;
  readonly name: string;
  /** Digits after the point between a coin and its base unit: 8 for BTC, 0 for things counted in pieces. */
  readonly decimals: number;
  readonly kind: AssetKind;
  /** The chain's network, such as `mainnet` (Bitcoin), `ethereum` or `tron`; absent for what is on no chain. */
  readonly network?: string;
  /** Digital Token Identifier (ISO 24165), where one is assigned. */
  readonly dti?: string;
  /** Worth nothing anywhere: test networks. Production shows no figure of these. */
  readonly test: boolean;
}

/** An asset as configuration writes it. */
export type AssetDefinition = Omit<Asset, 'id'> & { readonly id: string };

export class UnknownAsset extends Error {
  readonly code = 'unknown-asset';
  override readonly name = 'UnknownAsset';
  constructor(readonly assetId: string) {
    super(`no asset has the id ${JSON.stringify(String(assetId).slice(0, 200))}`);
  }
}

/** Configuration that defines an asset wrongly: the whole registry is refused. */
export class InvalidAsset extends Error {
  readonly code = 'invalid-asset';
  override readonly name = 'InvalidAsset';
}

export interface AssetRegistry extends Iterable<Asset> {
  readonly size: number;
  /** @throws {UnknownAsset} */
  assetById(id: string): Asset;
  findAsset(id: string): Asset | undefined;
  /** Every asset with that symbol: more than one is normal. */
  withSymbol(symbol: string): readonly Asset[];
  has(id: string): boolean;
}

const BITCOIN_IDS: Readonly<Record<BitcoinNetwork, string>> = {
  mainnet: 'bip122:000000000019d6689c085ae165831e93/slip44:0',
  testnet: 'bip122:000000000933ea01ad0ee984209779ba/slip44:1',
  signet: 'bip122:00000008819873e925422c1ff0f99f7c/slip44:1',
  regtest: 'bip122:0f9188f13cb7b2c71f2a335e3a4fc328/slip44:1',
};

/**
 * Ids below `qazyna:` are a local convention in CAIP-19's shape for what is on no chain: `qazyna:local/<kind>:<name>`.
 * No such namespace is registered and none is meant to be: outside this system they must be mapped.
 * `tron:0x2b6653dc/trc20:…` is a local convention as well (Tron has no registered CAIP-2 namespace).
 */
const BUILT_IN: readonly AssetDefinition[] = [
  { id: BITCOIN_IDS.mainnet, symbol: 'BTC', name: 'Bitcoin', decimals: 8, kind: 'coin', network: 'mainnet', dti: '4H95J0R2X', test: false },
  { id: BITCOIN_IDS.testnet, symbol: 'tBTC', name: 'Bitcoin testnet3', decimals: 8, kind: 'coin', network: 'testnet', test: true },
  { id: BITCOIN_IDS.signet, symbol: 'sBTC', name: 'Bitcoin signet', decimals: 8, kind: 'coin', network: 'signet', test: true },
  { id: BITCOIN_IDS.regtest, symbol: 'rBTC', name: 'Bitcoin regtest', decimals: 8, kind: 'coin', network: 'regtest', test: true },
  { id: 'eip155:1/slip44:60', symbol: 'ETH', name: 'Ether', decimals: 18, kind: 'coin', network: 'ethereum', dti: 'X9J9K872S', test: false },
  { id: 'eip155:1/erc20:0xdac17f958d2ee523a2206206994597c13d831ec7', symbol: 'USDT', name: 'Tether USD on Ethereum', decimals: 6, kind: 'token', network: 'ethereum', test: false },
  { id: 'tron:0x2b6653dc/trc20:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t', symbol: 'USDT', name: 'Tether USD on Tron', decimals: 6, kind: 'token', network: 'tron', test: false },
  { id: 'qazyna:local/pieces:asic-miner', symbol: 'ASIC', name: 'ASIC mining machines, in pieces', decimals: 0, kind: 'equipment', test: false },
  { id: 'qazyna:local/fund:reserve-unit', symbol: 'UNIT', name: 'Units of a crypto-asset fund', decimals: 6, kind: 'fund-unit', test: false },
];

/** CAIP-19: chain namespace and reference, asset namespace and reference. */
const CAIP19 = /^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}\/[-a-z0-9]{3,8}:[-.%a-zA-Z0-9]{1,128}$/;

/**
 * The built-in assets and a deployment's own.
 * @throws {InvalidAsset} an id that is no CAIP-19, given twice (also in another letter case of an EVM address),
 * decimals out of range, an unknown kind, an empty symbol
 */
export function createAssetRegistry(extra: Iterable<AssetDefinition> = []): AssetRegistry {
  const byId = new Map<string, Asset>();
  for (const definition of [...BUILT_IN, ...extra]) {
    const asset = checked(definition);
    if (byId.has(asset.id)) throw new InvalidAsset(`asset ${asset.id} is defined twice`);
    byId.set(asset.id, asset);
  }
  return {
    size: byId.size,
    assetById(id) {
      const asset = byId.get(id);
      if (!asset) throw new UnknownAsset(id);
      return asset;
    },
    findAsset: (id) => byId.get(id),
    withSymbol: (symbol) => [...byId.values()].filter((asset) => asset.symbol === symbol),
    has: (id) => byId.has(id),
    [Symbol.iterator]: () => byId.values(),
  };
}

function checked(asset: AssetDefinition): Asset {
  const { id, symbol, name, decimals, kind, test } = asset;
  const refuse = (rule: string): never => {
    throw new InvalidAsset(`asset ${JSON.stringify(id)}: ${rule}`);
  };
  if (typeof id !== 'string' || !CAIP19.test(id)) refuse('the id must be a CAIP-19 asset id');
  // An EVM address is the same in any letter case; one spelling keeps one token from becoming two assets.
  if (id.startsWith('eip155:') && id !== id.toLowerCase()) refuse('an EVM contract address must be in lower case');
  if (typeof symbol !== 'string' || !/^[!-~]{1,16}$/.test(symbol)) refuse('the symbol must be 1 to 16 printable ASCII characters');
  if (typeof name !== 'string' || name.length < 1 || name.length > 100) refuse('the name must have 1 to 100 characters');
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > DECIMALS_MAX) refuse(`decimals must be a whole number from 0 to ${DECIMALS_MAX}`);
  if (!ASSET_KINDS.includes(kind)) refuse(`the kind must be one of ${ASSET_KINDS.join(', ')}`);
  if (typeof test !== 'boolean') refuse('test must be true or false');
  return Object.freeze({ ...asset, id: id as AssetId });
}

/** The built-in assets alone. */
export const ASSETS: AssetRegistry = createAssetRegistry();

/** A built-in asset. @throws {UnknownAsset} */
export function assetById(id: string): Asset {
  return ASSETS.assetById(id);
}

/** A built-in asset, if there is one with that id. */
export function findAsset(id: string): Asset | undefined {
  return ASSETS.findAsset(id);
}

/** The native coin of a Bitcoin network. */
export function bitcoinAsset(network: BitcoinNetwork): Asset {
  return ASSETS.assetById(BITCOIN_IDS[network]);
}
