import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import fc from 'fast-check';
import { asyncApiDocument, schemasOf } from './asyncapi.js';
import { catalogueValidator, parseMessage } from './validator.js';
import { contentHash } from './content-hash.js';
import { EVENT_CATALOGUE, messageTypeOf, schemaOf } from './catalogue.js';
import { eventPages } from './event-pages.js';
import { isInstant } from './fields.js';
import { caseIdOf, payoutIdOf } from './names.js';
import { SeizureFact, SEIZURE_FACT_TYPE } from './upstream/seizure-fact.js';
import { STREAM_PREFIXES } from './streams.js';

const fact = {
  agency: 'afm',
  caseNumber: '257100031/00142',
  act: 'reported',
  document: { reference: 'СУ-2026/118', authority: 'court-astana', sha256: 'ab'.repeat(32) },
  actAt: '2026-03-01T09:00:00Z',
  effectiveAt: '2026-03-01T09:00:00.5Z',
  assets: [{ asset: 'bip122:000000000019d6689c085ae165831e93/slip44:0', amount: '9007199254740993', location: { kind: 'device', reference: 'E-7' } }],
};

function rulesBroken(changes: Record<string, unknown>): string[] {
  const parsed = parseMessage(SeizureFact, { ...fact, ...changes });
  return parsed.ok ? [] : parsed.errors.map(({ field, rule }) => `${field}:${rule}`);
}

describe('a message at the edge', () => {
  it('is taken when every rule holds, amounts beyond 2^53 untouched', () => {
    const parsed = parseMessage(SeizureFact, fact);
    expect(parsed.ok && parsed.value.assets?.[0]?.amount).toBe('9007199254740993');
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['an unknown field', { extra: 1 }, 'extra:whitelistValidation'],
    ['an unknown field that every object has', { toString: 1 }, 'toString:whitelistValidation'],
    ['an unknown field that every object has deep inside', { assets: [{ ...fact.assets[0], valueOf: {} }] }, 'assets.0.valueOf:whitelistValidation'],
    ['an unknown field deep inside', { assets: [{ ...fact.assets[0], x: 1 }] }, 'assets.0.x:whitelistValidation'],
    ['a missing object', { document: undefined }, 'document:isDefined'],
    ['a number for an amount', { assets: [{ ...fact.assets[0], amount: 150000000 }] }, 'assets.0.amount:matches'],
    ['NaN for an amount', { assets: [{ ...fact.assets[0], amount: NaN }] }, 'assets.0.amount:matches'],
    ['a negative amount', { assets: [{ ...fact.assets[0], amount: '-1' }] }, 'assets.0.amount:matches'],
    ['a zero amount', { assets: [{ ...fact.assets[0], amount: '0' }] }, 'assets.0.amount:matches'],
    ['an amount with a point', { assets: [{ ...fact.assets[0], amount: '1.5' }] }, 'assets.0.amount:matches'],
    ['an absurdly huge amount', { assets: [{ ...fact.assets[0], amount: '9'.repeat(41) }] }, 'assets.0.amount:matches'],
    ['a day that does not exist', { actAt: '2026-02-31T00:00:00Z' }, 'actAt:isInstant'],
    ['a local time', { actAt: '2026-03-01T09:00:00+05:00' }, 'actAt:isInstant'],
    ['an unknown act', { act: 'seize' }, 'act:isIn'],
    ['a list for an object', { document: [] }, 'document:isObject'],
    ['text for a list', { assets: 'all of it' }, 'assets:isArray'],
    ['null for a field that may be left out', { lapsesAt: null }, 'lapsesAt:isInstant'],
    ['null for a list that may be left out', { assets: null }, 'assets:isArray'],
    ['null for a field deep inside', { assets: [{ ...fact.assets[0], location: { kind: 'device', reference: 'E-7', address: null } }] }, 'assets.0.location.address:matches'],
    ['a path in a case number', { caseNumber: '../../etc' }, 'caseNumber:matches'],
    ['a case number of 65 characters', { caseNumber: '1'.repeat(65) }, 'caseNumber:maxLength'],
  ])('is refused for %s, naming field and rule', (_name, changes, broken) => expect(rulesBroken(changes)).toContain(broken));

  it.each([null, [], 'text', 7, undefined])('is refused when the body is %p', (body) => expect(parseMessage(SeizureFact, body).ok).toBe(false));

  it('never throws, whatever JSON comes', () => {
    fc.assert(fc.property(fc.jsonValue(), (body) => typeof parseMessage(SeizureFact, body).ok === 'boolean'), { numRuns: 500 });
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(fact)), fc.jsonValue(), (key, value) => typeof parseMessage(SeizureFact, { ...fact, [key]: value }).ok === 'boolean'),
      { numRuns: 500 },
    );
  });

  it('is validated by its CloudEvents type', () => {
    expect(catalogueValidator.validate(SEIZURE_FACT_TYPE, fact).ok).toBe(true);
    expect(catalogueValidator.validate(SEIZURE_FACT_TYPE, { ...fact, act: 'x' })).toMatchObject({ ok: false, code: 'invalid-message', field: 'act' });
    expect(catalogueValidator.validate('qazyna.nobody.v1', fact)).toMatchObject({ ok: false, code: 'unknown-message-type' });
  });
});

describe('identities', () => {
  it('are different for different cases and payouts', () => {
    const part = fc.stringMatching(/^[a-z0-9][a-z0-9/.-]{0,6}$/);
    fc.assert(
      fc.property(part, part, (a, b) => {
        if (a === b) return;
        expect(caseIdOf('afm', a)).not.toBe(caseIdOf('afm', b));
        expect(payoutIdOf('pool', a, b)).not.toBe(payoutIdOf('pool', b, a));
      }),
    );
  });
  it('hash content and not spelling', () => {
    expect(contentHash({ a: '1', b: { c: 'x', d: 'y' } })).toBe(contentHash({ b: { d: 'y', c: 'x' }, a: '1' }));
    expect(contentHash({ a: '1' })).not.toBe(contentHash({ a: '2' }));
  });
  it('take moments only in UTC', () => {
    expect(isInstant('2024-02-29T23:59:59.999Z')).toBe(true);
    for (const wrong of ['2023-02-29T00:00:00Z', '2026-03-01', '2026-03-01T24:00:00Z', '2026-03-01T09:00:00', 5, null]) expect(isInstant(wrong)).toBe(false);
  });
});

describe('the catalogue', () => {
  it('is a valid AsyncAPI 3.0 document', () => {
    const specification = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0.json') as object;
    // The specification brings draft-07's own schema along, so Ajv must not add its copy.
    const ajv = new Ajv({ strict: false, allErrors: true, meta: false, validateSchema: false });
    formats.default(ajv);
    const validate = ajv.compile(specification);
    validate(asyncApiDocument('1.0.0'));
    expect(validate.errors ?? []).toEqual([]);
    expect(validate({ ...asyncApiDocument('1.0.0'), channels: 'none' })).toBe(false);
  });

  it('gives every event a stream prefix, a schema and a place on the events page', () => {
    const page = eventPages(new Map([['intake.act-applied', ['intake/seizures']]]));
    for (const { type, version, owner } of EVENT_CATALOGUE) {
      expect(STREAM_PREFIXES[owner].length).toBeGreaterThan(0);
      expect(schemaOf(messageTypeOf(type, version))).toBeDefined();
      expect(page).toContain(`### \`${type}\``);
    }
  });

  it('refuses two classes of one name', () => {
    const Twin = { SeizureFact: class SeizureFact {} }.SeizureFact;
    expect(() => schemasOf([SeizureFact, Twin], '#/')).toThrow('two message classes are called SeizureFact');
  });
});
