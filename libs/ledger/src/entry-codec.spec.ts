import { InvalidAccount, account } from './accounts.js';
import { AmountError } from './amounts.js';
import { bitcoinAsset } from './assets.js';
import type { Entry } from './entries.js';
import { MalformedEntry, decodeEntry, entryFromJson, entryToJson } from './entry-codec.js';
import { toInstant } from './instants.js';
import { InvariantViolation } from './invariants.js';

const asset = bitcoinAsset('mainnet').id;
const entry: Entry = {
  entryId: '0192f0c1-0000-7000-8000-000000000001',
  kind: 'deposit',
  effectiveAt: '2026-03-01T09:30:00.000Z',
  cause: 'deposit-7f37.0@2',
  postings: [
    { account: account.vault('reserve', 'cold-1'), asset, amount: 9_007_199_254_740_993n },
    { account: account.mining('L-1'), asset, amount: -9_007_199_254_740_993n },
  ],
};
const json = entryToJson(entry);

describe('an entry as JSON', () => {
  it('has amounts as decimal strings, beyond what a double holds', () => {
    expect(json.postings.map(({ amount }) => amount)).toEqual(['9007199254740993', '-9007199254740993']);
  });

  it('comes back the same through text', () => {
    expect(entryFromJson(JSON.parse(JSON.stringify(json)))).toEqual(entry);
  });

  it('keeps act, corrected entry and case', () => {
    const whole: Entry = { ...entry, kind: 'compensation', corrects: '0192f0c1-0000-7000-8000-000000000009', act: { kind: 'finality', reference: 'o', caseId: 'C' } };
    expect(entryFromJson(JSON.parse(JSON.stringify(entryToJson(whole))))).toEqual(whole);
    const bare: Entry = { ...entry, act: { kind: 'resolution', reference: 'R' } };
    expect(entryFromJson(entryToJson(bare))).toEqual(bare);
  });

  it('leaves out what custody notes beside it', () => {
    expect(entryFromJson({ ...json, depositId: 'ab.0', blockHeight: 7 })).toEqual(entry);
  });

  it.each<[string, unknown, new (...args: never[]) => Error]>([
    ['nothing', null, MalformedEntry],
    ['a list', [], MalformedEntry],
    ['text', 'entry', MalformedEntry],
    ['no postings', { ...json, postings: undefined }, MalformedEntry],
    ['a posting that is none', { ...json, postings: [null, null] }, MalformedEntry],
    ['a kind that is a number', { ...json, kind: 7 }, MalformedEntry],
    ['an act that is text', { ...json, act: 'order' }, MalformedEntry],
    ['an amount that is a number', { ...json, postings: json.postings.map((posting) => ({ ...posting, amount: 5 })) }, AmountError],
    ['an amount with a fraction', { ...json, postings: json.postings.map((posting) => ({ ...posting, amount: '5.0' })) }, AmountError],
    ['an account outside the chart', { ...json, postings: json.postings.map((posting) => ({ ...posting, account: 'x:y:z' })) }, InvalidAccount],
    ['an entry that does not balance', { ...json, postings: json.postings.map((posting) => ({ ...posting, amount: '5' })) }, InvariantViolation],
    ['an unknown kind', { ...json, kind: 'gift' }, InvariantViolation],
  ])('is refused when it is %s', (_, value, error) => {
    expect(() => entryFromJson(value)).toThrow(error);
  });

  it('is never written when it is unsound', () => {
    expect(() => entryToJson({ ...entry, postings: entry.postings.slice(0, 1) })).toThrow(InvariantViolation);
  });

  it('can be decoded first and checked by the fold', () => {
    expect(decodeEntry({ ...json, kind: 'gift' }).kind).toBe('gift');
  });
});

describe('times of entries', () => {
  it('come in one spelling from any that upstreams use', () => {
    expect(toInstant('2026-03-01T09:30:00Z')).toBe('2026-03-01T09:30:00.000Z');
    expect(toInstant('2026-03-01T09:30:00.5Z')).toBe('2026-03-01T09:30:00.500Z');
    expect(toInstant(new Date(0))).toBe('1970-01-01T00:00:00.000Z');
  });
  it.each(['2026-02-31T09:30:00Z', '2026-03-01', '2026-03-01T09:30:00+05:00', '2026-03-01T09:30:00.1234Z', '2026-03-01T24:00:00Z'])('refuse %s', (text) => {
    expect(() => toInstant(text)).toThrow(RangeError);
  });
});
