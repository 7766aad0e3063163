import fc from 'fast-check';
import { JSON_DEPTH_MAX, parseStrictJson } from './strict-json.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function nativeTakes(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('strict JSON', () => {
  it('reads what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.integer({ min: 0, max: 4 }), (text, indent) => {
        const formatted = JSON.stringify(JSON.parse(text), undefined, indent);
        const result = parseStrictJson(bytes(formatted));
        // A generated name may be one of the forbidden ones; everything else must be read as the platform reads it.
        if (result.ok || result.code !== 'json-forbidden-name') expect(result).toEqual({ ok: true, value: JSON.parse(formatted) as unknown });
      }),
    );
  });

  it('takes a damaged text exactly when the platform does, apart from its own stricter rules', () => {
    const damaged = fc.tuple(fc.json({ maxDepth: 3 }), fc.nat(), fc.constantFrom('', '"', '{', ']', ',', '\\', '0', '-', '.', 'e', '\n', '\u0001', 'é')).map(([text, at, insert]) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + insert + text.slice(place + 1);
    });
    fc.assert(
      fc.property(damaged, (text) => {
        const result = parseStrictJson(bytes(text));
        if (result.ok) expect(nativeTakes(text)).toBe(true);
        else if (result.code === 'json-malformed') expect(nativeTakes(text)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['', 'expected a value, but the text ends at line 1, column 1 (offset 0)'],
    ['{"a":1', 'expected "," or "}", but the text ends at line 1, column 7 (offset 6)'],
    ['[1,]', 'expected a value, but "]" stands at line 1, column 4 (offset 3)'],
    ['{"a" 1}', 'expected ":", but "1" stands at line 1, column 6 (offset 5)'],
    ['{a:1}', 'expected a string in double quotes, but "a" stands at line 1, column 2 (offset 1)'],
    ['\n\n nul', 'expected a value, but "n" stands at line 3, column 2 (offset 3)'],
    ['1 2', 'expected the end of the text, but "2" stands at line 1, column 3 (offset 2)'],
    ['01', 'expected the end of the text, but "1" stands at line 1, column 2 (offset 1)'],
  ])('says where %j goes wrong', (text, message) => {
    expect(parseStrictJson(bytes(text))).toEqual({ ok: false, code: 'json-malformed', message });
  });

  it.each(['{"a":"\\ud800"}', '["x\\udc00"]', '{"\\ud800":1}', '["\\udc00\\ud800"]'])('refuses half of a surrogate pair: %s', (text) => {
    expect(parseStrictJson(bytes(text))).toMatchObject({ ok: false, code: 'json-malformed', message: expect.stringContaining('surrogate') as string });
    expect(parseStrictJson(bytes('["\\ud83d\\ude00"]'))).toEqual({ ok: true, value: ['\u{1f600}'] });
  });

  it('sees through escapes when a name comes twice or is forbidden', () => {
    expect(parseStrictJson(bytes('{"amount":1,"\\u0061mount":2}'))).toMatchObject({ code: 'json-duplicate-name' });
    expect(parseStrictJson(bytes('{"\\u005f_proto__":{}}'))).toMatchObject({ code: 'json-forbidden-name' });
    expect(parseStrictJson(bytes('[{"a":1},{"a":2}]'))).toMatchObject({ ok: true });
  });

  it('bounds the depth', () => {
    const nested = (depth: number): Uint8Array => bytes('['.repeat(depth) + ']'.repeat(depth));
    expect(parseStrictJson(nested(JSON_DEPTH_MAX)).ok).toBe(true);
    expect(parseStrictJson(nested(JSON_DEPTH_MAX + 1))).toMatchObject({ code: 'json-too-deep' });
    expect(parseStrictJson(nested(500_000))).toMatchObject({ code: 'json-too-deep' });
  });

  it('takes long texts and lists without growing the stack', () => {
    expect(parseStrictJson(bytes(`"${'\\u0041'.repeat(1_000_000)}"`)).ok).toBe(true);
    expect(parseStrictJson(bytes(JSON.stringify({ text: 'x"'.repeat(1_000_000), list: Array.from({ length: 100_000 }, (_, n) => n) }))).ok).toBe(true);
  });
});
