import { address as second, networks } from 'bitcoinjs-lib';
import fc from 'fast-check';
import { AddressError, addressOfScript, isAddress, parseAddress, witnessScriptOf, type AddressErrorCode, type AddressKind } from './addresses.js';
import { toHex } from './hashing.js';
import type { BitcoinNetwork } from './networks.js';

function refusal(text: string, network: BitcoinNetwork): AddressError {
  try {
    parseAddress(text, network);
  } catch (error) {
    if (error instanceof AddressError) return error;
    throw error;
  }
  throw new Error(`${text} was accepted`);
}

describe('segwit addresses (vectors of BIP-350)', () => {
  const valid: [string, BitcoinNetwork, AddressKind, string][] = [
    ['BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4', 'mainnet', 'p2wpkh', '0014751e76e8199196d454941c45d1b3a323f1433bd6'],
    ['tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7', 'testnet', 'p2wsh', '00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262'],
    ['bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y', 'mainnet', 'witness-unknown', '5128751e76e8199196d454941c45d1b3a323f1433bd6751e76e8199196d454941c45d1b3a323f1433bd6'],
    ['BC1SW50QGDZ25J', 'mainnet', 'witness-unknown', '6002751e'],
    ['bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs', 'mainnet', 'witness-unknown', '5210751e76e8199196d454941c45d1b3a323'],
    ['tb1qqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesrxh6hy', 'signet', 'p2wsh', '0020000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433'],
    ['tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c', 'testnet', 'p2tr', '5120000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433'],
    ['bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0', 'mainnet', 'p2tr', '512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798'],
  ];
  it.each(valid)('accepts %s', (text, network, kind, script) => {
    const parsed = parseAddress(text, network);
    expect({ ...parsed, script: toHex(parsed.script) }).toEqual({ kind, script, address: text.toLowerCase() });
    expect(addressOfScript(parsed.script, network)).toBe(text.toLowerCase());
  });

  const invalid: [string, BitcoinNetwork, AddressErrorCode][] = [
    ['tc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq5zuyut', 'mainnet', 'address-network'],
    ['bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd', 'mainnet', 'address-checksum'],
    ['tb1z0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqglt7rf', 'testnet', 'address-checksum'],
    ['BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL', 'mainnet', 'address-checksum'],
    ['bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh', 'mainnet', 'address-checksum'],
    ['tb1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq24jc47', 'testnet', 'address-checksum'],
    ['bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4', 'mainnet', 'address-format'],
    ['BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R', 'mainnet', 'address-program'],
    ['bc1pw5dgrnzv', 'mainnet', 'address-program'],
    ['bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav', 'mainnet', 'address-program'],
    ['BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P', 'mainnet', 'address-program'],
    ['tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq47Zagq', 'testnet', 'address-format'],
    ['bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf', 'mainnet', 'address-program'],
    ['tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vpggkg4j', 'testnet', 'address-program'],
    ['bc1gmk9yu', 'mainnet', 'address-program'],
  ];
  it.each(invalid)('refuses %s', (text, network, code) => {
    expect(refusal(text, network).code).toBe(code);
    expect(isAddress(text, network)).toBe(false);
  });
});

describe('addresses', () => {
  it('reads base58check addresses', () => {
    expect(parseAddress('1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', 'mainnet').kind).toBe('p2pkh');
    expect(parseAddress('3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy', 'mainnet').kind).toBe('p2sh');
    expect(parseAddress('mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn', 'regtest').kind).toBe('p2pkh');
  });

  it('says of which network a valid address is', () => {
    expect(refusal('1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', 'regtest')).toMatchObject({ code: 'address-network', networks: ['mainnet'] });
    expect(refusal('tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c', 'mainnet')).toMatchObject({ code: 'address-network', networks: ['testnet', 'signet'] });
  });

  it.each([
    ['1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb', 'address-checksum'],
    ['bc1qllf33yhp7m80sfm35fce0tagcckey7dljauwd4', 'address-checksum'],
    ['', 'address-format'],
    ['0xdac17f958d2ee523a2206206994597c13d831ec7', 'address-format'],
    [' 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', 'address-format'],
    ['TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t', 'address-network'],
    ['1'.repeat(91), 'address-format'],
  ])('refuses "%s"', (text, code) => {
    expect(refusal(text, 'mainnet').code).toBe(code);
  });

  it('agrees with a second implementation on every witness program', () => {
    fc.assert(
      fc.property(fc.constantFrom(20, 32), fc.boolean(), fc.uint8Array({ minLength: 32, maxLength: 32 }), (length, taproot, bytes) => {
        const script = taproot ? witnessScriptOf(1, bytes) : witnessScriptOf(0, bytes.slice(0, length));
        const text = addressOfScript(script, 'mainnet') ?? '';
        // The second implementation needs an elliptic curve library for taproot.
        if (!taproot) expect(text).toBe(second.fromOutputScript(script, networks.bitcoin));
        expect(parseAddress(text, 'mainnet').script).toEqual(script);
      }),
    );
  });

  it('finds every single mistyped character', () => {
    const address = 'bc1qllf33yhp7m80sfm35fce0tagcckey7dljauwd5';
    for (let i = 4; i < address.length; i += 1) {
      const typo = address.slice(0, i) + (address[i] === 'q' ? 'p' : 'q') + address.slice(i + 1);
      expect(isAddress(typo, 'mainnet')).toBe(false);
    }
  });

  it('gives data and bare keys no address', () => {
    expect(addressOfScript(Uint8Array.of(0x6a, 1, 1), 'mainnet')).toBeUndefined();
    expect(addressOfScript(new Uint8Array(), 'mainnet')).toBeUndefined();
  });
});
