import fc from 'fast-check';
import { flattenedVerify, FlattenedSign } from 'jose';
import { encodeBase64Url } from './base64url.js';
import { sign, verify } from './detached-jws.js';
import { generateKeyPair, privateKeyOf, publicKeyOf, publicKeyText, publicKeyTextOfPem } from './keys.js';
import { parseSignature, type ParsedSignature, type SignedAttributes } from './signature.js';

/** RFC 8032's first test key, which RFC 8037's appendix A uses too. */
const PRIVATE = privateKeyOf('-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n');
const PUBLIC_TEXT = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo';
const PUBLIC = publicKeyOf(PUBLIC_TEXT);
const KEY_ID = { publisher: 'afm', key: '2026-1' };
const ATTRIBUTES: SignedAttributes = { source: 'urn:qazyna:agency:afm', id: 'fact-1', type: 'qazyna.seizure.fact.v1' };
const BODY = Buffer.from('{ "agency": "afm", "note": "дело" }', 'utf8');
const ISSUED_AT = new Date('2026-03-01T09:30:00.900Z');
const signed = (changes: Partial<Parameters<typeof sign>[0]> = {}): string => sign({ body: BODY, attributes: ATTRIBUTES, keyId: KEY_ID, privateKey: PRIVATE, issuedAt: ISSUED_AT, ...changes });

/** Ed25519 is deterministic: every implementation must come to exactly this. */
const KNOWN =
  'eyJhbGciOiJFZERTQSIsImtpZCI6ImFmbS8yMDI2LTEiLCJiNjQiOmZhbHNlLCJpYXQiOjE3NzIzNTc0MDAsImNlX3NvdXJjZSI6InVybjpxYXp5bmE6YWdlbmN5OmFmbSIsImNlX2lkIjoiZmFjdC0xIiwiY2VfdHlwZSI6InFhenluYS5zZWl6dXJlLmZhY3QudjEiLCJjcml0IjpbImI2NCIsImlhdCIsImNlX3NvdXJjZSIsImNlX2lkIiwiY2VfdHlwZSJdfQ..gqRefn-ue6C38NDS5rjOuL4JgLuuzs6XkjwhmyajA1l6VjJpPVDxSyFGntUMDo7M99T1Y_J5E4iT-rHxrN0lBQ';

function read(text: string): ParsedSignature {
  const reading = parseSignature(text);
  if (!reading.ok) throw new Error(reading.message);
  return reading.signature;
}

describe('a signature', () => {
  it('is the known one for the known key, header and body', () => {
    expect(signed()).toBe(KNOWN);
  });

  it('says what it covers', () => {
    expect(read(KNOWN)).toMatchObject({ keyId: KEY_ID, issuedAtMs: Date.parse('2026-03-01T09:30:00Z'), attributes: ATTRIBUTES });
    expect(verify({ signature: read(KNOWN), body: BODY, publicKey: PUBLIC })).toBe(true);
  });

  it('verifies the example of RFC 8037, appendix A.4', () => {
    const bytes = Buffer.from('hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg', 'base64url');
    const signature = { ...read(KNOWN), prefix: Buffer.from('eyJhbGciOiJFZERTQSJ9.'), bytes };
    expect(verify({ signature, body: Buffer.from('RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc'), publicKey: PUBLIC })).toBe(true);
  });

  it('is understood by another implementation of RFC 7797, and understands what that one signs', async () => {
    const [header = '', , signature = ''] = signed().split('.');
    const crit = { iat: true, ce_source: true, ce_id: true, ce_type: true };
    await expect(flattenedVerify({ protected: header, payload: BODY, signature }, PUBLIC, { crit })).resolves.toBeDefined();
    const protectedHeader = JSON.parse(Buffer.from(header, 'base64url').toString()) as Record<string, unknown>;
    const theirs = await new FlattenedSign(BODY).setProtectedHeader({ ...protectedHeader, alg: 'EdDSA' }).sign(PRIVATE, { crit });
    expect(verify({ signature: read(`${theirs.protected ?? ''}..${theirs.signature}`), body: BODY, publicKey: PUBLIC })).toBe(true);
  });

  it('holds for no other body, header or key', () => {
    const other = generateKeyPair();
    expect(verify({ signature: read(KNOWN), body: Buffer.from(`${BODY.toString()} `), publicKey: PUBLIC })).toBe(false);
    expect(verify({ signature: read(KNOWN), body: BODY, publicKey: publicKeyOf(other.publicKeyText) })).toBe(false);
    const renamed = signed({ attributes: { ...ATTRIBUTES, id: 'fact-2' } });
    const mixed = `${renamed.split('.')[0] ?? ''}..${KNOWN.split('.')[2] ?? ''}`;
    expect(verify({ signature: read(mixed), body: BODY, publicKey: PUBLIC })).toBe(false);
  });

  it('covers every bit of the body', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.nat(), fc.nat(7), (body, at, bit) => {
        const signature = read(signed({ body }));
        const changed = Uint8Array.from(body);
        changed[at % body.length] = (changed[at % body.length] ?? 0) ^ (1 << bit);
        return verify({ signature, body, publicKey: PUBLIC }) && !verify({ signature, body: changed, publicKey: PUBLIC });
      }),
      { numRuns: 100 },
    );
  });
});

const HEADER = JSON.parse(Buffer.from(KNOWN.split('.')[0] ?? '', 'base64url').toString()) as Record<string, unknown>;
const withHeader = (header: string): string => `${encodeBase64Url(Buffer.from(header))}..${KNOWN.split('.')[2] ?? ''}`;
const changed = (changes: Record<string, unknown>): string => withHeader(JSON.stringify({ ...HEADER, ...changes }));

describe('reading a signature', () => {
  it.each<[string, string]>([
    ['nothing', ''],
    ['a body inside', KNOWN.replace('..', '.e30.')],
    ['four parts', `${KNOWN}.e30`],
    ['padding', `${KNOWN}==`],
    ['ordinary base64', KNOWN.replace('..', '..+')],
    ['stray bits at the end', `${KNOWN.slice(0, -1)}B`],
    ['a short signature', KNOWN.slice(0, -4)],
    ['an endless text', `${KNOWN}${'A'.repeat(9_000)}`],
    ['alg none', changed({ alg: 'none' })],
    ['an HMAC', changed({ alg: 'HS256' })],
    ['another curve', changed({ alg: 'ES256' })],
    ['an encoded payload', changed({ b64: true })],
    ['b64 as text', changed({ b64: 'false' })],
    ['crit without the id', changed({ crit: ['b64', 'iat', 'ce_source', 'ce_type'] })],
    ['crit with one more', changed({ crit: ['b64', 'iat', 'ce_source', 'ce_id', 'ce_type', 'exp'] })],
    ['crit with one twice', changed({ crit: ['b64', 'b64', 'ce_source', 'ce_id', 'ce_type'] })],
    ['crit as text', changed({ crit: 'b64' })],
    ['a key of its own', changed({ jwk: { kty: 'OKP' } })],
    ['an address of keys', changed({ jku: 'https://attacker.example' })],
    ['no kid', changed({ kid: undefined })],
    ['a kid without publisher', changed({ kid: '2026-1' })],
    ['a kid of three parts', changed({ kid: 'afm/2026/1' })],
    ['a kid that climbs', changed({ kid: '../2026-1' })],
    ['a time with a fraction', changed({ iat: 1.5 })],
    ['a time as text', changed({ iat: '1772357400' })],
    ['a time before all', changed({ iat: -1 })],
    ['an empty id', changed({ ce_id: '' })],
    ['an endless source', changed({ ce_source: 'x'.repeat(1_025) })],
    ['a type that is no text', changed({ ce_type: 1 })],
    ['half of a surrogate pair', withHeader(JSON.stringify(HEADER).replace('fact-1', '\\ud800'))],
    ['a member twice', withHeader(JSON.stringify(HEADER).replace('{', '{"alg":"none",'))],
    ['a member twice, once in escapes', withHeader(JSON.stringify(HEADER).replace('{', '{"\\u0061lg":"none",'))],
    ['a byte order mark', withHeader(`\uFEFF${JSON.stringify(HEADER)}`)],
    ['a list', withHeader('[]')],
    ['half an object', withHeader(JSON.stringify(HEADER).slice(0, -1))],
    ['bytes that are no UTF-8', `${encodeBase64Url(Buffer.from([0x7b, 0xff, 0x7d]))}..${KNOWN.split('.')[2] ?? ''}`],
  ])('refuses %s', (_, text) => {
    expect(parseSignature(text).ok).toBe(false);
  });

  it('takes any order and spacing of the header, and the newer name of the algorithm', () => {
    const turned = Object.fromEntries(Object.entries({ ...HEADER, alg: 'Ed25519', ce_id: 'say "a": {"b":1}' }).reverse());
    expect(read(withHeader(JSON.stringify(turned, null, 2))).attributes.id).toBe('say "a": {"b":1}');
  });

  it('answers with a reason and never with a fault, whatever comes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json().map(withHeader), fc.nat(KNOWN.length).map((at) => KNOWN.slice(0, at))), (text) => {
        const reading = parseSignature(text);
        return reading.ok || reading.message.length > 0;
      }),
      { numRuns: 500 },
    );
  });
});

describe('a genuine signature with one mistake in it', () => {
  const [header = '', , signature = ''] = KNOWN.split('.');
  const json = Buffer.from(header, 'base64url').toString();
  const inside = fc.tuple(fc.nat(json.length), fc.constantFrom('"', '{', '}', ',', ':', '\\', '0', 'a', 'é', ' ', ''), fc.nat(2)).map(([at, put, over]) => `${encodeBase64Url(Buffer.from(json.slice(0, at) + put + json.slice(at + over)))}..${signature}`);
  const outside = fc.tuple(fc.nat(KNOWN.length), fc.constantFrom('A', 'z', '0', '-', '_', '.', '=', '+', '\n', ''), fc.nat(1)).map(([at, put, over]) => KNOWN.slice(0, at) + put + KNOWN.slice(at + over));

  it('is never genuine', () => {
    fc.assert(
      fc.property(fc.oneof(inside, outside).filter((text) => text !== KNOWN), (text) => {
        const reading = parseSignature(text);
        return !reading.ok || !verify({ signature: reading.signature, body: BODY, publicKey: PUBLIC });
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('signing', () => {
  it('writes nothing that cannot be read', () => {
    expect(() => signed({ attributes: { ...ATTRIBUTES, id: 'x'.repeat(2_000) } })).toThrow(RangeError);
    expect(() => signed({ keyId: { publisher: 'AFM', key: '1' } })).toThrow(RangeError);
    expect(() => signed({ issuedAt: new Date(Number.NaN) })).toThrow(RangeError);
  });
});

describe('keys', () => {
  it('come from PEM and go back as they are registered', () => {
    const pair = generateKeyPair();
    expect(publicKeyTextOfPem(pair.publicKey)).toBe(pair.publicKeyText);
    expect(publicKeyText(privateKeyOf(pair.privateKey))).toBe(pair.publicKeyText);
    expect(publicKeyText(PRIVATE)).toBe(PUBLIC_TEXT);
  });

  it.each([
    ['of 31 bytes', encodeBase64Url(new Uint8Array(31)), 'key-format'],
    ['with padding', `${PUBLIC_TEXT}=`, 'key-format'],
    ['that is the neutral point', encodeBase64Url(Buffer.from(`01${'00'.repeat(31)}`, 'hex')), 'key-weak'],
    ['of order two', encodeBase64Url(Buffer.from(`ec${'ff'.repeat(30)}7f`, 'hex')), 'key-weak'],
    ['of order eight, mirrored', encodeBase64Url(Buffer.from('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85', 'hex')), 'key-weak'],
  ])('refuse one %s', (_, text, code) => {
    expect(() => publicKeyOf(text)).toThrow(expect.objectContaining({ code }) as Error);
  });

  it('refuse another kind of key', () => {
    expect(() => privateKeyOf('nonsense')).toThrow(expect.objectContaining({ code: 'key-format' }) as Error);
    expect(() => sign({ body: BODY, attributes: ATTRIBUTES, keyId: KEY_ID, privateKey: PUBLIC, issuedAt: ISSUED_AT })).toThrow(expect.objectContaining({ code: 'key-type' }) as Error);
  });
});
