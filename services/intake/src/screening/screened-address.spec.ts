import fc from 'fast-check';
import { addressForm, addressKey } from './screened-address.adapter.js';

describe('the one form of an address', () => {
  it.each([
    ['bc1qllf33yhp7m80sfm35fce0tagcckey7dljauwd5', 'bitcoin', 'bc1qllf33yhp7m80sfm35fce0tagcckey7dljauwd5'],
    ['BC1QLLF33YHP7M80SFM35FCE0TAGCCKEY7DLJAUWD5', 'bitcoin', 'bc1qllf33yhp7m80sfm35fce0tagcckey7dljauwd5'],
    [' 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa\t', 'bitcoin', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa'],
    ['0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed', 'evm', '0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed'],
    ['0X5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED', 'evm', '0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed'],
    ['TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t', 'tron', 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t'],
  ])('%s is %s', (written, chain, address) => expect(addressForm(written)).toEqual({ chain, address, sound: true }));

  it.each([
    ['0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed', 'evm', 'its EIP-55 checksum is wrong'],
    ['TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u', 'other', 'a mistyped Tron address'],
    ['1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb', 'other', 'a mistyped Bitcoin address'],
    ['bc1qllf33yhp7m80sfm35fce0tagcckey7dljauwd6', 'other', 'a mistyped bech32 address'],
    ['44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A', 'other', 'Monero'],
  ])('%s is compared all the same, as %s: %s', (written, chain) => expect(addressForm(written)).toMatchObject({ chain, sound: false }));

  it('keeps a base58 address exactly: another case is another address', () => {
    expect(addressKey(addressForm('1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa'))).not.toBe(addressKey(addressForm('1a1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa')));
  });

  it('is its own form, whatever was written', () => {
    const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdefABCDEF'), minLength: 40, maxLength: 40 });
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 140 }), hex.map((digits) => `0x${digits}`), fc.string({ unit: fc.constantFrom(...'123456789ABCDEFabcdefT'), maxLength: 40 })), (written) => {
        const form = addressForm(written);
        const again = addressForm(form.address);
        expect(addressKey(again)).toBe(addressKey(form));
        expect(addressKey(addressForm(` ${written.trim()} `))).toBe(addressKey(form));
      }),
      { numRuns: 2_000 },
    );
  });
});
