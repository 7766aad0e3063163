import { ASSETS, UnknownAsset, InvalidAsset, assetById, bitcoinAsset, createAssetRegistry, findAsset, type AssetDefinition } from './assets.js';

const gold: AssetDefinition = { id: 'qazyna:local/fund:gold-backed', symbol: 'GLDU', name: 'Gold-backed units', decimals: 4, kind: 'fund-unit', test: false };

describe('the asset registry', () => {
  it('knows each Bitcoin network by the hash of its first block', () => {
    expect(bitcoinAsset('mainnet')).toMatchObject({ symbol: 'BTC', decimals: 8, dti: '4H95J0R2X', test: false });
    for (const network of ['testnet', 'signet', 'regtest'] as const) expect(bitcoinAsset(network)).toMatchObject({ network, test: true, decimals: 8 });
    expect(new Set((['mainnet', 'testnet', 'signet', 'regtest'] as const).map((network) => bitcoinAsset(network).id)).size).toBe(4);
  });

  it('tells USDT on Ethereum from USDT on Tron: the ticker is not the chain', () => {
    const tethers = ASSETS.withSymbol('USDT');
    expect(tethers.map(({ network }) => network)).toEqual(['ethereum', 'tron']);
  });

  it('counts equipment in whole pieces', () => {
    expect(assetById('qazyna:local/pieces:asic-miner')).toMatchObject({ kind: 'equipment', decimals: 0 });
  });

  it('refuses an id it does not know and finds nothing for it', () => {
    expect(() => assetById('bip122:dead/slip44:0')).toThrow(UnknownAsset);
    expect(findAsset('__proto__')).toBeUndefined();
    expect(() => assetById('constructor')).toThrow(UnknownAsset);
  });

  it('takes more assets from configuration without touching the built-in ones', () => {
    const registry = createAssetRegistry([gold]);
    expect(registry.assetById(gold.id)).toEqual(gold);
    expect(registry.size).toBe(ASSETS.size + 1);
    expect(findAsset(gold.id)).toBeUndefined();
    expect([...registry]).toHaveLength(registry.size);
  });

  it('cannot be changed after it was made', () => {
    expect(() => Object.assign(bitcoinAsset('mainnet'), { decimals: 2 })).toThrow(TypeError);
  });

  it.each<[string, Partial<AssetDefinition>]>([
    ['an id that is no CAIP-19', { id: 'BTC' }],
    ['an id that is taken', { id: bitcoinAsset('mainnet').id }],
    ['an EVM address in mixed case', { id: 'eip155:1/erc20:0xdAC17F958D2ee523a2206206994597C13D831ec7' }],
    ['decimals below zero', { decimals: -1 }],
    ['decimals that are not whole', { decimals: 1.5 }],
    ['an unknown kind', { kind: 'share' as 'coin' }],
    ['an empty symbol', { symbol: '' }],
    ['an empty name', { name: '' }],
    ['no word on whether it is a test asset', { test: undefined as unknown as boolean }],
  ])('refuses configuration with %s', (_, fault) => {
    expect(() => createAssetRegistry([{ ...gold, ...fault }])).toThrow(InvalidAsset);
  });
});
