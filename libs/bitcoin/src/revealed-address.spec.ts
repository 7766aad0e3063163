import fc from 'fast-check';
import { addressOfScript, witnessScriptOf } from './addresses.js';
import { concat, fromHex, hash160, sha256 } from './hashing.js';
import { revealedAddress } from './revealed-address.js';

const outpoint = { txid: 'ab'.repeat(32), vout: 0 };
const signature = concat(Uint8Array.of(0x30, 69), new Uint8Array(70).fill(1));
const key = concat(Uint8Array.of(2), new Uint8Array(32).fill(7));
const push = (bytes: Uint8Array): Uint8Array => concat(bytes.length < 0x4c ? Uint8Array.of(bytes.length) : Uint8Array.of(0x4c, bytes.length), bytes);
const multisig = concat(Uint8Array.of(0x51), push(key), Uint8Array.of(0x51, 0xae));
const reveal = (input: { scriptSig?: Uint8Array; witness?: Uint8Array[] }): string | undefined => revealedAddress({ ...outpoint, ...input }, 'mainnet');

describe('the address that a spend reveals', () => {
  it('P2WPKH, as BIP-84 writes its first address', () => {
    const publicKey = fromHex('0330d54fd0dd420a6e5f8d3624f5f3482cae350f79d5f0753bf5beef9c2d91af3c');
    expect(reveal({ witness: [signature, publicKey] })).toBe('bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu');
  });

  it('P2PKH by its key, P2SH by its script', () => {
    expect(reveal({ scriptSig: concat(push(signature), push(key)) })).toBe(addressOfScript(concat(Uint8Array.of(0x76, 0xa9, 0x14), hash160(key), Uint8Array.of(0x88, 0xac)), 'mainnet'));
    expect(reveal({ scriptSig: concat(Uint8Array.of(0), push(signature), push(multisig)) })).toBe(addressOfScript(concat(Uint8Array.of(0xa9, 0x14), hash160(multisig), Uint8Array.of(0x87)), 'mainnet'));
  });

  it('P2WSH by its script, and segwit wrapped in P2SH by the program', () => {
    expect(reveal({ witness: [new Uint8Array(), signature, multisig] })).toBe(addressOfScript(witnessScriptOf(0, sha256(multisig)), 'mainnet'));
    const program = witnessScriptOf(0, hash160(key));
    expect(reveal({ scriptSig: push(program), witness: [signature, key] })).toBe(addressOfScript(concat(Uint8Array.of(0xa9, 0x14), hash160(program), Uint8Array.of(0x87)), 'mainnet'));
  });

  it.each([
    ['a Taproot key', { witness: [new Uint8Array(64)] }],
    ['a Taproot key with an annex', { witness: [new Uint8Array(65), Uint8Array.of(0x50)] }],
    ['a Taproot script', { witness: [Uint8Array.of(0x51), concat(Uint8Array.of(0xc0), new Uint8Array(32))] }],
    ['a bare key', { scriptSig: push(signature) }],
    ['bare multisig', { scriptSig: concat(Uint8Array.of(0), push(signature)) }],
    ['a script that is more than pushes', { scriptSig: Uint8Array.of(0x51, 0xac) }],
    ['a push beyond the end', { scriptSig: Uint8Array.of(0x4d, 0xff, 0xff) }],
    ['nothing', {}],
  ])('%s does not show in its spend', (_what, input) => expect(reveal(input)).toBeUndefined());

  it('whatever the bytes, it is an address or nothing', () => {
    const bytes = fc.uint8Array({ maxLength: 120 });
    fc.assert(fc.property(bytes, fc.array(bytes, { maxLength: 4 }), (scriptSig, witness) => expect(typeof (reveal({ scriptSig, witness }) ?? '')).toBe('string')), { numRuns: 1_000 });
  });
});
