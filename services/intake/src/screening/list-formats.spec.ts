import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { contentHashOf, entriesOf, entryOfLine, linesOf, UnreadableList } from './list-entries.adapter.js';
import { ofacFormatOf, readList } from './list-formats.adapter.js';
import { fuzzList, LIST_FORMATS } from '../spec-support/list-fuzz.js';
import { addressForm, addressKey } from './screened-address.adapter.js';

const fixture = (name: string): Buffer => readFileSync(new URL(`fixtures/${name}`, import.meta.url));
const SDN = fixture('sdn.xml');
const ADVANCED = fixture('sdn_advanced.xml');
const OPENSANCTIONS = fixture('opensanctions.jsonl');
const TEXT = fixture('own.txt');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const code = async (read: Promise<unknown>): Promise<string> => read.then(() => 'read', (error: unknown) => (error instanceof UnreadableList ? error.code : `thrown ${String(error)}`));

describe('readers of lists', () => {
  it('sdn.xml: every digital currency address with its programmes, and nothing else', async () => {
    const { publishedOn, found } = await readList('ofac-sdn', SDN);
    expect(publishedOn).toBe('2024-09-27');
    expect(found).toEqual([
      { written: '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h', type: 'XBT', entry: '25308', categories: ['CYBER2'] },
      { written: '0x8589427373D6D84E98730D7795D8f6f8731FDA16', type: 'ETH', entry: '25308', categories: ['CYBER2'] },
      { written: 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t', type: 'USDT', entry: '39796', categories: ['DPRK3', 'SDGT'] },
      { written: 'bc1qllf33yhp7m80sfm35fce0tagcckey7dljauwd5', type: 'USDT', entry: '39796', categories: ['DPRK3', 'SDGT'] },
      { written: '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed', type: 'USDT', entry: '39796', categories: ['DPRK3', 'SDGT'] },
      { written: 'someNewCoinAddress1', type: 'QZN', entry: '39796', categories: ['DPRK3', 'SDGT'] },
    ]);
  });

  it('sdn_advanced.xml: the same addresses by feature type and profile', async () => {
    expect([ofacFormatOf(SDN), ofacFormatOf(ADVANCED)]).toEqual(['ofac-sdn', 'ofac-sdn-advanced']);
    const { publishedOn, found } = await readList('ofac-sdn-advanced', ADVANCED);
    expect(publishedOn).toBe('2024-09-27');
    expect(found).toEqual([
      { written: '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h', type: 'XBT', entry: '25308', categories: ['CYBER2'] },
      { written: '0x8589427373D6D84E98730D7795D8f6f8731FDA16', type: 'ETH', entry: '25308', categories: ['CYBER2'] },
    ]);
  });

  it('"USDT" is on three chains, told by the address', async () => {
    const { found } = await readList('ofac-sdn', SDN);
    const { entries, perType } = entriesOf(found);
    expect(entries.filter(({ type }) => type === 'USDT').map(({ chain }) => chain).sort()).toEqual(['bitcoin', 'evm', 'tron']);
    expect(perType).toEqual({ XBT: 1, ETH: 1, USDT: 3, QZN: 1 });
  });

  it('no name of the files is kept', async () => {
    for (const [format, file] of [['ofac-sdn', SDN], ['ofac-sdn-advanced', ADVANCED], ['opensanctions', OPENSANCTIONS]] as const) {
      expect(file.toString()).toContain('EXAMPLE');
      expect(JSON.stringify(entriesOf((await readList(format, file)).found))).not.toContain('EXAMPLE');
    }
  });

  it('OpenSanctions: wallets by public key, other entities passed over', async () => {
    expect((await readList('opensanctions', OPENSANCTIONS)).found).toEqual([
      { written: '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h', type: 'XBT', entry: 'ofac-wallet-1', categories: ['crime.cyber', 'sanction'] },
      { written: '0x8589427373D6D84E98730D7795D8f6f8731FDA16', type: 'ETH', entry: 'NK-2', categories: [] },
      { written: 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t', type: '-', entry: 'NK-2', categories: [] },
    ].map((each, index) => (index === 2 ? { ...each, type: 'ETH' } : each)));
  });

  it('text: one address a line, with comments and Windows line ends', async () => {
    expect((await readList('text', TEXT)).found.map(({ written }) => written)).toEqual(['1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed']);
  });

  it.each([
    ['a truncated document', SDN.subarray(0, SDN.length - 40)],
    ['another document', bytes('<html><body/></html>')],
    ['a type declaration that would expand', bytes('<!DOCTYPE sdnList [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><sdnList><x>&b;</x></sdnList>')],
    ['an entity nobody declared', bytes('<sdnList><x>&b;</x></sdnList>')],
    ['a tower of elements', bytes(`<sdnList>${'<a>'.repeat(100_000)}`)],
    ['a text without end', bytes(`<sdnList><lastName>${'x'.repeat(500_000)}</lastName></sdnList>`)],
    ['an address of two words', bytes('<sdnList><sdnEntry><idList><id><idType>Digital Currency Address - XBT</idType><idNumber>one two</idNumber></id></idList></sdnEntry></sdnList>')],
    ['nothing', bytes(' ')],
  ])('XML: %s is refused', async (_what, file) => expect(await code(readList('ofac-sdn', file))).toBe('list-malformed'));

  it('lines: what is no address, no entity, too long or not UTF-8 refuses the file', async () => {
    expect(await code(readList('text', bytes('1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa\ntwo words\n')))).toBe('list-malformed');
    expect(await code(readList('text', bytes('a'.repeat(2_000_000))))).toBe('list-malformed');
    expect(await code(readList('opensanctions', bytes('{"schema":"CryptoWallet","properties":{}}\n')))).toBe('list-malformed');
    expect(await code(readList('opensanctions', bytes('{"schema":"CryptoWallet"')))).toBe('list-malformed');
    expect(await code(readList('text', Uint8Array.of(0x61, 0xff, 0xfe)))).toBe('list-encoding');
  });

  it('an address is listed if and only if its form is among the entries', async () => {
    const address = fc.constantFrom('12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h', '0x8589427373D6D84E98730D7795D8f6f8731FDA16', '0x8589427373d6d84e98730d7795d8f6f8731fda16', 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t', 'bc1qllf33yhp7m80sfm35fce0tagcckey7dljauwd5', 'BC1QLLF33YHP7M80SFM35FCE0TAGCCKEY7DLJAUWD5', 'other1', 'other2');
    await fc.assert(
      fc.asyncProperty(fc.array(address, { minLength: 1, maxLength: 8 }), address, async (listed, asked) => {
        const { entries } = entriesOf((await readList('text', bytes(listed.join('\n')))).found);
        const keys = new Set(entries.map(addressKey));
        expect(keys.has(addressKey(addressForm(asked)))).toBe(listed.some((each) => addressKey(addressForm(each)) === addressKey(addressForm(asked))));
      }),
      { numRuns: 300 },
    );
  });

  it('entries survive being kept as lines, under one hash whatever their order in the file', async () => {
    const { entries } = entriesOf((await readList('ofac-sdn', SDN)).found);
    expect(linesOf(entries).map(entryOfLine)).toEqual(entries);
    const { entries: reversed } = entriesOf([...(await readList('ofac-sdn', SDN)).found].reverse());
    expect(contentHashOf(linesOf(reversed))).toBe(contentHashOf(linesOf(entries)));
  });

  it.each(LIST_FORMATS)('%s: mutated files are read whole or refused, never more, and in time', async (format) => {
    const { refused, addresses } = await fuzzList(format, 400, seeded(1));
    expect([refused > 0, addresses > 0]).toEqual([true, true]);
  });
});

/** Mulberry32: the same seed gives the same files everywhere. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
