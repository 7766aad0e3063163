import fc from 'fast-check';
import { formatUuid, isUuid, parseUuid, systemIds, uuidV5, uuidV7 } from './ids.js';

const DNS = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';

describe('UUIDs', () => {
  it("give RFC 9562's version 5 vector (appendix A.4)", () => {
    expect(uuidV5(DNS, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
  });

  it("give RFC 9562's version 7 vector (appendix A.6)", () => {
    const random = Buffer.from('0cc318c4dc0c0c07398f', 'hex');
    expect(uuidV7(new Date('2022-02-22T19:22:22.000Z'), random)).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
  });

  it('survive parsing and formatting, and sort by time', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        expect(new Uint8Array(parseUuid(formatUuid(bytes)))).toEqual(bytes);
      }),
    );
    fc.assert(
      fc.property(fc.nat(2 ** 31), fc.nat(2 ** 31), fc.uint8Array({ minLength: 10, maxLength: 10 }), (a, b, random) => {
        expect(uuidV7(new Date(a), random) < uuidV7(new Date(b), random)).toBe(a < b);
      }),
    );
  });

  it('are told from other text', () => {
    for (const text of ['', 'x', DNS.slice(1), `${DNS}0`, DNS.replaceAll('-', ''), DNS.replace('b', 'g')]) {
      expect(isUuid(text)).toBe(false);
      expect(() => parseUuid(text)).toThrow(TypeError);
    }
    expect(isUuid(systemIds.next())).toBe(true);
    expect(() => uuidV7(new Date(), new Uint8Array(9))).toThrow(RangeError);
  });
});
