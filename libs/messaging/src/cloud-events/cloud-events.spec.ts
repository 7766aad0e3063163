import fc from 'fast-check';
import { createHash } from 'node:crypto';
import type { NewCloudEvent } from './cloud-event.js';
import { decodeHttp, encodeHttp, encodeHttpBatch, encodeHttpBinary } from './http-binding.js';
import { decodeRecord, encodeRecord, encodeStructuredRecord } from './kafka-binding.js';
import { parseJson } from './json-text.js';

const event: NewCloudEvent = {
  id: 'fact-1',
  source: 'https://afm.example/cases',
  type: 'qazyna.seizure-fact.v1',
  time: '2026-03-01T10:00:00.5+05:00',
  subject: 'дело 7',
  extensions: { partitionkey: 'case-7', traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' },
  data: { amount: '10000000' },
};
const BATCH = { 'content-type': 'application/cloudevents-batch+json' };
const STRUCTURED = { 'content-type': 'application/cloudevents+json' };
const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');
const structured = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  specversion: '1.0', id: 'a', source: '/s', type: 't', time: '2026-03-01T10:00:00Z', data: {}, ...changes,
});

function refusal(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    const { code, field } = error as { code: string; field: string };
    return { code, field };
  }
  return 'accepted';
}

describe('CloudEvents', () => {
  it('reads what it writes, in every mode', () => {
    const { data, ...attributes } = event;
    const all = [
      decodeRecord(encodeRecord(event)),
      decodeRecord(encodeStructuredRecord(event)),
      ...[encodeHttp(event), encodeHttpBinary(event), encodeHttpBatch([event])].map(({ headers, body }) => {
        const [decoded] = decodeHttp(headers, body).events;
        return decoded?.ok === true ? decoded.event : undefined;
      }),
    ];
    for (const decoded of all) expect(decoded).toMatchObject({ ...attributes, data, dataText: '{"amount":"10000000"}' });
    expect(encodeRecord(event).key).toBe('case-7');
  });

  it('keeps the source text of the body, so that digits survive and signatures can be checked', () => {
    const body = '{ "amount": 0.10000000000000000001 ,\n "note":"\\u049b" }';
    const text = `{"specversion":"1.0","id":"a","source":"/s","type":"t","time":"2026-03-01T10:00:00Z", "data" : ${body} }`;
    const decoded = decodeRecord({ key: null, headers: STRUCTURED, value: bytes(text) });
    expect(decoded.dataText).toBe(body);
    expect(decoded.dataSha256).toBe(createHash('sha256').update(body).digest('hex'));
  });

  it.each<[string, Record<string, unknown>, { code: string; field: string }]>([
    ['no id', { id: undefined }, { code: 'missing-attribute', field: 'id' }],
    ['an empty id', { id: '' }, { code: 'invalid-attribute', field: 'id' }],
    ['a null type', { type: null }, { code: 'missing-attribute', field: 'type' }],
    ['another version', { specversion: '0.3' }, { code: 'unsupported-specversion', field: 'specversion' }],
    ['a source with a space', { source: 'a b' }, { code: 'invalid-attribute', field: 'source' }],
    ['a day that does not exist', { time: '2026-02-30T10:00:00Z' }, { code: 'invalid-attribute', field: 'time' }],
    ['a time without zone', { time: '2026-02-03T10:00:00' }, { code: 'invalid-attribute', field: 'time' }],
    ['an empty time', { time: '' }, { code: 'invalid-attribute', field: 'time' }],
    ['an object as attribute', { subject: {} }, { code: 'invalid-attribute', field: 'subject' }],
    ['an attribute in capitals', { Foo: 'x' }, { code: 'invalid-attribute', field: 'Foo' }],
    ['control characters', { trace: 'a\u0000' }, { code: 'invalid-attribute', field: 'trace' }],
    ['another content type', { datacontenttype: 'text/xml' }, { code: 'wrong-content-type', field: 'datacontenttype' }],
    ['no data', { data: undefined }, { code: 'missing-data', field: 'data' }],
    ['bad base64', { data: undefined, data_base64: '%%%' }, { code: 'invalid-attribute', field: 'data_base64' }],
    ['an endless id', { id: 'x'.repeat(2_000) }, { code: 'invalid-attribute', field: 'id' }],
  ])('refuses %s', (_, changes, expected) => {
    const value = bytes(JSON.stringify(structured(changes)));
    expect(refusal(() => decodeRecord({ key: null, headers: STRUCTURED, value }))).toEqual(expected);
    expect(refusal(() => decodeHttp(STRUCTURED, value))).toEqual(expected);
  });

  it.each<[string, Buffer | null, Record<string, string>, { code: string; field: string }]>([
    ['a tombstone', null, {}, { code: 'missing-data', field: 'data' }],
    ['an empty body', bytes(''), {}, { code: 'missing-data', field: 'data' }],
    ['truncated JSON', bytes('{"a":'), {}, { code: 'invalid-json', field: 'data' }],
    ['NaN', bytes('{"a":NaN}'), {}, { code: 'invalid-json', field: 'data' }],
    ['invalid UTF-8', Buffer.from([0x22, 0xff, 0x22]), {}, { code: 'invalid-utf8', field: 'data' }],
    ['a byte order mark', bytes('\uFEFF{}'), {}, { code: 'invalid-json', field: 'data' }],
    ['a key twice', bytes('{"a":{"b":1,"\\u0062":2}}'), {}, { code: 'duplicate-key', field: 'data' }],
    ['half of a surrogate pair', bytes('{"a":"\\ud800"}'), {}, { code: 'invalid-json', field: 'data' }],
    ['deep nesting', bytes('['.repeat(100) + ']'.repeat(100)), {}, { code: 'too-deep', field: 'data' }],
    ['another content type', bytes('{}'), { 'content-type': 'text/plain' }, { code: 'wrong-content-type', field: 'content-type' }],
    ['another charset', bytes('{}'), { 'content-type': 'application/json; charset=windows-1251' }, { code: 'wrong-content-type', field: 'content-type' }],
  ])('refuses %s in binary mode', (_, value, headers, expected) => {
    const record = encodeRecord(event);
    expect(refusal(() => decodeRecord({ ...record, headers: { ...record.headers, ...headers }, value }))).toEqual(expected);
  });

  it('does without a time, which is optional', () => {
    const decoded = decodeRecord({ key: null, headers: STRUCTURED, value: bytes(JSON.stringify(structured({ time: undefined }))) });
    expect('time' in decoded).toBe(false);
  });

  it('bounds sizes', () => {
    const limits = { eventBytesMax: 300, batchEventsMax: 2, batchBytesMax: 2_000 };
    const large = { ...event, data: { text: 'x'.repeat(400) } };
    expect(refusal(() => decodeRecord(encodeRecord(large), limits))).toEqual({ code: 'too-large', field: 'data' });
    const three = encodeHttpBatch([event, event, event]);
    expect(refusal(() => decodeHttp(three.headers, three.body, limits))).toEqual({ code: 'batch-too-large', field: 'body' });
  });

  it('answers for each item of a batch, in its place', () => {
    const items = [structured(), structured({ id: undefined }), 7, structured({ id: 'b' })];
    const { batch, events } = decodeHttp(BATCH, bytes(JSON.stringify(items)));
    expect(batch).toBe(true);
    expect(events.map((result) => (result.ok ? result.event.id : result.error.code))).toEqual(['a', 'missing-attribute', 'invalid-json', 'b']);
  });

  it('agrees with JSON.parse about every JSON text, and finds each member where it stands', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })), fc.constantFrom(undefined, 2), (object, indent) => {
        const text = JSON.stringify(object, null, indent);
        const { value, members } = parseJson(text, 'data');
        expect(value).toEqual(JSON.parse(text));
        for (const [key, { start, end }] of members) {
          expect(JSON.parse(text.slice(start, end))).toEqual((value as Record<string, unknown>)[key]);
        }
        expect(members.size).toBe(Object.keys(value as object).length);
      }),
    );
  });

  it('refuses any mangled record with a reason of its own, and nothing else', () => {
    const { headers } = encodeStructuredRecord(event);
    const whole = Buffer.from(encodeStructuredRecord(event).value ?? []);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }), fc.boolean(), (at, byte, cut) => {
        const value = Buffer.from(cut ? whole.subarray(0, at) : whole);
        if (!cut) value[at] = byte;
        try {
          decodeRecord({ key: null, headers, value });
        } catch (error) {
          expect((error as Error).name).toBe('MalformedMessage');
        }
      }),
      { numRuns: 500 },
    );
  });
});
