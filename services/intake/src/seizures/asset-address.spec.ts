import { bitcoinAsset } from '@qazyna/ledger';
import { checkedAddress, withChainAddresses } from './asset-address.adapter.js';

const ETHER = 'eip155:1/slip44:60';
const USDT_TRON = 'tron:0x2b6653dc/trc20:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t';
const BITCOIN = bitcoinAsset('mainnet').id;

/** The examples of EIP-55 itself. */
const EIP_55 = [
  '0x52908400098527886E0F7030069857D2E4169EE7', '0x8617E340B3D01FA5F11F306F4090FD50E238070D', '0xde709f2102306220921060314715629080e2fb77', '0x27b1fdb04752bbc536007a920d24acb045561c26',
  '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed', '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359', '0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB', '0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb',
];

describe('the address of an asset', () => {
  it.each(EIP_55)('on Ethereum is written with its checksum: %s', (address) => {
    expect(checkedAddress(ETHER, address)).toEqual({ address });
    expect(checkedAddress(ETHER, address.toLowerCase())).toEqual({ address });
    expect(checkedAddress(ETHER, `0x${address.slice(2).toUpperCase()}`)).toEqual({ address });
  });

  it('with a letter of the wrong case is refused', () => expect(checkedAddress(ETHER, '0x5aaeb6053F3E94C9b9A09f33669435E7Ef1BeAed')).toMatchObject({ code: 'address-checksum' }));

  it.each([
    [BITCOIN, '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa'],
    [BITCOIN, '3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy'],
    [BITCOIN, 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4'],
    [BITCOIN, 'bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3'],
    [BITCOIN, 'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0'],
    [USDT_TRON, 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t'],
  ])('of each kind is known: %s %s', (asset, address) => expect(checkedAddress(asset, address)).toEqual({ address }));

  it('of a segregated witness in capitals is written small', () =>
    expect(checkedAddress(BITCOIN, 'BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4')).toEqual({ address: 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4' }));

  it.each([
    [BITCOIN, '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb'],
    [BITCOIN, 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5'],
    [BITCOIN, 'tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx'],
    [BITCOIN, EIP_55[4] ?? ''],
    [USDT_TRON, 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u'],
    [USDT_TRON, '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa'],
    [ETHER, 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t'],
    [ETHER, '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe'],
  ])('that its network does not have is refused: %s %s', (asset, address) => expect(checkedAddress(asset, address)).toMatchObject({ code: expect.stringMatching(/^address-/) as unknown, message: expect.any(String) as unknown }));

  it('is kept in one writing in a fact', () => {
    const [, , , , address = ''] = EIP_55;
    const fact = { act: 'reported', assets: [{ asset: ETHER, amount: '1', location: { kind: 'address', address: address.toLowerCase() } }] } as unknown as Parameters<typeof withChainAddresses>[0];
    expect(withChainAddresses(fact).assets?.[0]?.location.address).toBe(address);
  });
});
