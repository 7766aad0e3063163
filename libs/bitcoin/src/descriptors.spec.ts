import { networks, payments } from 'bitcoinjs-lib';
import { parseAddress } from './addresses.js';
import { descriptorChecksum } from './descriptor-checksum.js';
import { DescriptorError } from './descriptor-keys.js';
import { deriveAddress, multisigScript, parseDescriptor, type ParseDescriptorOptions } from './descriptors.js';
import { fromHex, hash160, toHex } from './hashing.js';
import type { BitcoinNetwork } from './networks.js';
import { sandboxVaultDescriptor } from './sandbox/vault-descriptor.js';

const A = 'xpub6ERApfZwUNrhLCkDtcHTcxd75RbzS1ed54G1LkBUHQVHQKqhMkhgbmJbZRkrgZw4koxb5JaHWkY4ALHY2grBGRjaDMzQLcgJvLJuZZvRcEL';
const B = 'xpub68NZiKmJWnxxS6aaHmn81bvJeTESw724CRDs6HbuccFQN9Ku14VQrADWgqbhhTHBaohPX4CjNLf9fq9MYo6oDaPPLPxSb7gwQN3ih19Zm4Y';
const PRIVATE = 'xprv9s21ZrQH143K31xYSDQpPDxsXRTUcvj2iNHm5NUtrGiGG5e2DtALGdso3pGz6ssrdK4PFmM8NSpSBHNqPqm55Qn3LqFtT2emdEXVYsCzC2U';

const withChecksum = (body: string): string => `${body}#${descriptorChecksum(body)}`;
const read = (body: string, network: BitcoinNetwork = 'mainnet', options?: ParseDescriptorOptions): ReturnType<typeof parseDescriptor> => parseDescriptor(withChecksum(body), network, options);

function refusal(parse: () => unknown): DescriptorError {
  try {
    parse();
  } catch (error) {
    if (error instanceof DescriptorError) return error;
    throw error;
  }
  throw new Error('the descriptor was accepted');
}

describe('descriptor checksum (BIP-380)', () => {
  it('is that of the vector', () => {
    expect(descriptorChecksum('raw(deadbeef)')).toBe('89f8spxm');
  });

  it('is required and must match', () => {
    const text = sandboxVaultDescriptor('checksum', 'regtest');
    expect(refusal(() => parseDescriptor(text.split('#')[0] ?? '', 'regtest')).code).toBe('descriptor-checksum-missing');
    expect(refusal(() => parseDescriptor(text.replace('/<0;1>', '/<0;2>'), 'regtest')).code).toBe('descriptor-checksum');
    expect(refusal(() => parseDescriptor(`${text}q`, 'regtest')).code).toBe('descriptor-checksum');
  });
});

describe('multisig scripts', () => {
  it('sorts keys as BIP-67 says (vector 1)', () => {
    const keys = ['02ff12471208c14bd580709cb2358d98975247d8765f92bc25eab3b2763ed605f8', '02fe6f0a5a297eb38c391581c4413e084773ea23954d93f7753db7dc0adc188b2f'];
    const { witnessScript } = deriveAddress(read(`wsh(sortedmulti(2,${keys.join(',')}))`, 'mainnet', { fixed: true }), { change: 0, index: 0 });
    expect(toHex(witnessScript)).toBe(`5221${keys[1]}21${keys[0]}52ae`);
    expect(toHex(hash160(witnessScript))).toBe(toHex(parseAddress('39bgKC7RFbpoCRbtD5KEdkYKtNyhpsNa3Z', 'mainnet').script.slice(2, 22)));
  });

  it('derives the scripts of BIP-383', () => {
    const descriptor = read(`wsh(sortedmulti(2,${A}/*,${B}/0/0/*))`);
    expect([0, 1, 2].map((index) => toHex(deriveAddress(descriptor, { change: 0, index }).witnessScript))).toEqual([
      '5221025d5fc65ebb8d44a5274b53bac21ff8307fec2334a32df05553459f8b1f7fe1b62102fbd47cc8034098f0e6a94c6aeee8528abf0a2153a5d8e46d325b7284c046784652ae',
      '52210264fd4d1f5dea8ded94c61e9641309349b62f27fbffe807291f664e286bfbe6472103f4ece6dfccfa37b211eb3d0af4d0c61dba9ef698622dc17eecdf764beeb005a652ae',
      '5221022ccabda84c30bad578b13c89eb3b9544ce149787e5b538175b1d1ba259cbb83321024d902e1a2fc7a8755ab5b694c575fce742c48d9ff192e63df5193e4c7afe1f9c52ae',
    ]);
  });

  it('writes counts above 16 as a push', () => {
    const keys = Array.from({ length: 20 }, (_, i) => Uint8Array.of(2, ...new Uint8Array(31), i + 1));
    expect(toHex(multisigScript(17, keys).slice(0, 2))).toBe('0111');
    expect(toHex(multisigScript(17, keys).slice(-3))).toBe('0114ae');
  });
});

describe('multipath (BIP-389)', () => {
  it('expands to the two descriptors of the vector', () => {
    const pair = read(`wsh(multi(2,${A}/<1;2>/*,${B}/<3;4>/0/*))`);
    const receive = read(`wsh(multi(2,${A}/1/*,${B}/3/0/*))`);
    const change = read(`wsh(multi(2,${A}/2/*,${B}/4/0/*))`);
    for (const index of [0, 1, 2_147_483_647]) {
      expect(deriveAddress(pair, { change: 0, index })).toEqual(deriveAddress(receive, { change: 0, index }));
      expect(deriveAddress(pair, { change: 1, index })).toEqual(deriveAddress(change, { change: 0, index }));
    }
    expect(refusal(() => deriveAddress(receive, { change: 1, index: 0 })).code).toBe('descriptor-multipath');
  });

  it.each([
    [`${A}/<0;1>/<2;3>/*`, 'descriptor-multipath'],
    [`[deadbeef/<0;1>]${A}/0/*`, 'descriptor-key-format'],
    [`${A}/<0;1;2>/*`, 'descriptor-multipath'],
    [`${A}/<>/*`, 'descriptor-key-format'],
    [`${A}/0>/*`, 'descriptor-key-format'],
    [`${A}/<0/*`, 'descriptor-key-format'],
    [`${A}/<0;>/*`, 'descriptor-key-format'],
    [`${A}/<1;1>/*`, 'descriptor-multipath'],
  ])('refuses %s', (key, code) => {
    expect(refusal(() => read(`wsh(sortedmulti(1,${key},${B}/<0;1>/*))`)).code).toBe(code);
  });

  it('refuses tuples of different lengths', () => {
    expect(refusal(() => read(`wsh(sortedmulti(1,${A}/0/*,${B}/<0;1>/*))`)).code).toBe('descriptor-multipath');
  });
});

describe('a vault descriptor', () => {
  it.each<[string, string, string]>([
    ['an extended private key', `wsh(sortedmulti(1,${PRIVATE}/<0;1>/*))`, 'private-key-refused'],
    ['a private key in wallet import format', 'wsh(sortedmulti(1,KzoAz5CanayRKex3fSLQ2BwJpN7U52gZvxMyk78nDMHuqrUxuSJy))', 'private-key-refused'],
    ['the same key twice', `wsh(sortedmulti(2,${A}/<0;1>/*,${A}/<2;3>/*))`, 'descriptor-key-duplicate'],
    ['more signatures than keys', `wsh(sortedmulti(3,${A}/<0;1>/*,${B}/<0;1>/*))`, 'descriptor-threshold'],
    ['no signature', `wsh(sortedmulti(0,${A}/<0;1>/*))`, 'descriptor-threshold'],
    ['a threshold that is no number', `wsh(sortedmulti(a,${A}/<0;1>/*))`, 'descriptor-threshold'],
    ['no keys', 'wsh(sortedmulti(1))', 'descriptor-keys-count'],
    ['a hardened step after a public key', `wsh(sortedmulti(1,${A}/0h/*))`, 'descriptor-key-hardened'],
    ['hardened children', `wsh(sortedmulti(1,${A}/0/*'))`, 'descriptor-key-hardened'],
    ['a single address', `wsh(sortedmulti(1,${A}/0))`, 'descriptor-not-ranged'],
    ['another script', `wpkh(${A}/<0;1>/*)`, 'descriptor-unsupported'],
    ['a damaged key', `wsh(sortedmulti(1,${A.replace('ERA', 'ERB')}/<0;1>/*))`, 'descriptor-key-format'],
    ['an uncompressed key', `wsh(sortedmulti(1,04${'11'.repeat(64)}))`, 'descriptor-key-format'],
    ['a step above 2^31', `wsh(sortedmulti(1,${A}/2147483648/*))`, 'descriptor-key-format'],
  ])('is refused with %s', (_, body, code) => {
    expect(refusal(() => read(body)).code).toBe(code);
  });

  it('is refused with keys of another network', () => {
    expect(refusal(() => read(`wsh(sortedmulti(1,${A}/<0;1>/*))`, 'regtest'))).toMatchObject({ code: 'descriptor-key-network' });
  });

  it('never repeats a private key in its refusal', () => {
    const error = refusal(() => parseDescriptor(`wsh(sortedmulti(1,${PRIVATE}/<0;1>/*))`, 'mainnet'));
    expect(error.code).toBe('private-key-refused');
    expect(error.message).not.toContain(PRIVATE.slice(0, 20));
  });

  it('takes h and apostrophes for the same', () => {
    const [withH, withApostrophe] = ['48h/0h/0h/2h', "48'/0'/0'/2'"].map((path) => read(`wsh(sortedmulti(1,[DEADBEEF/${path}]${A}/<0;1>/*))`));
    expect(withApostrophe?.keys[0]?.text).toBe(withH?.keys[0]?.text);
    expect(withH?.keys[0]?.origin).toEqual({ fingerprint: 'deadbeef', path: '/48h/0h/0h/2h' });
  });

  it('gives the addresses that a second implementation gives', () => {
    const text = sandboxVaultDescriptor('cross-check', 'regtest');
    const descriptor = parseDescriptor(text, 'regtest');
    expect(descriptor).toMatchObject({ threshold: 2, branches: 2, kind: 'wsh-sortedmulti' });
    for (const change of [0, 1] as const) {
      for (const index of [0, 1, 999]) {
        const mine = deriveAddress(descriptor, { change, index });
        const pubkeys = descriptor.keys.map((key) => key.publicKey(change, index)).sort((a, b) => Buffer.compare(a, b));
        const other = payments.p2wsh({ redeem: payments.p2ms({ m: 2, pubkeys, network: networks.regtest }), network: networks.regtest });
        expect(mine.address).toBe(other.address);
        expect(toHex(mine.witnessScript)).toBe(toHex(other.redeem?.output ?? new Uint8Array()));
      }
    }
  });

  it('is made for the sandbox by name, with public keys only, and never for mainnet', () => {
    expect(sandboxVaultDescriptor('a', 'regtest')).toBe(sandboxVaultDescriptor('a', 'regtest'));
    expect(sandboxVaultDescriptor('a', 'regtest')).not.toBe(sandboxVaultDescriptor('b', 'regtest'));
    expect(sandboxVaultDescriptor('a', 'regtest')).not.toContain('prv');
    expect(() => sandboxVaultDescriptor('a', 'mainnet')).toThrow(RangeError);
  });
});

it('reads hexadecimal strictly', () => {
  expect(() => fromHex('0')).toThrow(RangeError);
});
