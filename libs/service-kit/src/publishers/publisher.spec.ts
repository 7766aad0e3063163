import { specification } from '@qazyna/testing';
import { judgeKey, judgeRemit } from './key-judgement.js';
import { KEYS_MAX, publisherDecider, type NewKey, type PublisherEvent } from './publisher.js';

const { given } = specification(publisherDecider);
const publisherId = 'afm';
const remit = { sources: ['urn:qazyna:agency:afm'], grants: [{ agency: 'afm' }] };
const key = (keyId: string, changes: Partial<NewKey> = {}): NewKey => ({ keyId, publicKey: `${keyId.padEnd(42, 'A')}A`, validFrom: '2026-01-01T00:00:00Z', validUntil: '2027-01-01T00:00:00Z', ...changes });
const registered: PublisherEvent = { type: 'operations.publisher-registered', data: { publisherId, organisation: 'agency', remit } };
const added = (keyId: string): PublisherEvent => ({ type: 'operations.publisher-key-added', data: { publisherId, ...key(keyId) } });
const revoked = (keyId: string, revokedFrom: string): PublisherEvent => ({ type: 'operations.publisher-key-revoked', data: { publisherId, keyId, revokedFrom, reason: 'stolen' } });
const NOW = '2026-06-01T00:00:00Z';

describe('a publisher', () => {
  it('is registered once; the same again changes nothing, other content is a conflict', () => {
    const command = { kind: 'register', publisherId, organisation: 'agency', remit } as const;
    given().when(command).then(registered);
    given(registered).when(command).thenNothing();
    given(registered).when({ ...command, organisation: 'another' }).thenRefused('publisher-conflict', 'publisherId');
    given(registered).when({ ...command, remit: { ...remit, sources: ['urn:x'] } }).thenRefused('publisher-conflict');
  });

  it('must be registered before anything else', () => {
    given().when({ kind: 'add-key', publisherId, key: key('k1') }).thenRefused('publisher-not-found');
    given().when({ kind: 'revoke', publisherId, keyId: 'k1', revokedFrom: NOW, reason: 'stolen', now: NOW }).thenRefused('publisher-not-found');
  });

  it.each([
    ['both an agency and a pool', { agency: 'afm', pool: 'p-1' }, 'remit.grants.0'],
    ['neither', {}, 'remit.grants.0'],
    ['accounts with an agency', { agency: 'afm', accounts: ['a'] }, 'remit.grants.0.accounts'],
    ['acts with a pool', { pool: 'p-1', acts: ['arrest'] }, 'remit.grants.0.acts'],
    ['case prefixes with a pool', { pool: 'p-1', casePrefixes: ['2'] }, 'remit.grants.0.casePrefixes'],
  ])('is not granted %s', (_, grant, field) => {
    given().when({ kind: 'register', publisherId, organisation: 'agency', remit: { ...remit, grants: [grant] } }).thenRefused('grant-unclear', field);
    given(registered).when({ kind: 'change-remit', publisherId, remit: { ...remit, grants: [grant] } }).thenRefused('grant-unclear', field);
  });

  it('gets another remit, once', () => {
    const wider = { ...remit, grants: [{ agency: 'afm' }, { pool: 'btcpool-kz' }] };
    given(registered).when({ kind: 'change-remit', publisherId, remit: wider }).then({ type: 'operations.publisher-remit-changed', data: { publisherId, remit: wider } });
    given(registered).when({ kind: 'change-remit', publisherId, remit }).thenNothing();
  });
});

describe('a key', () => {
  it('is added once', () => {
    given(registered).when({ kind: 'add-key', publisherId, key: key('k1') }).then(added('k1'));
    given(registered, added('k1')).when({ kind: 'add-key', publisherId, key: key('k1') }).thenNothing();
    given(registered, added('k1')).when({ kind: 'add-key', publisherId, key: key('k1', { validUntil: '2026-12-01T00:00:00Z' }) }).thenRefused('key-conflict', 'keyId');
  });

  it('does not come back under another name, revoked or not', () => {
    const again = { kind: 'add-key', publisherId, key: { ...key('k1'), keyId: 'k2' } } as const;
    given(registered, added('k1')).when(again).thenRefused('key-already-registered', 'publicKey');
    given(registered, added('k1'), revoked('k1', NOW)).when(again).thenRefused('key-already-registered', 'publicKey');
  });

  it('is valid for a time, and not for ever', () => {
    given(registered).when({ kind: 'add-key', publisherId, key: key('k1', { validUntil: '2026-01-01T00:00:00Z' }) }).thenRefused('key-validity', 'validUntil');
    given(registered).when({ kind: 'add-key', publisherId, key: key('k1', { validUntil: '2036-01-01T00:00:00Z' }) }).thenRefused('key-validity', 'validUntil');
  });

  it('is one of a bounded number', () => {
    const many = Array.from({ length: KEYS_MAX }, (_, n) => added(`k${n}`));
    given(registered, ...many).when({ kind: 'add-key', publisherId, key: key('more') }).thenRefused('keys-too-many');
  });

  it('is rotated without a moment in which none counts', () => {
    const next = key('k2', { validFrom: '2026-06-01T00:00:00Z', validUntil: '2027-06-01T00:00:00Z' });
    const command = { kind: 'rotate', publisherId, key: next, replaces: 'k1', overlapUntil: '2026-06-08T00:00:00Z' } as const;
    given(registered, added('k1'))
      .when(command)
      .then({ type: 'operations.publisher-key-added', data: { publisherId, ...next } }, { type: 'operations.publisher-key-ended', data: { publisherId, keyId: 'k1', replacedBy: 'k2', validUntil: '2026-06-08T00:00:00Z' } });
    given(registered, added('k1')).when({ ...command, overlapUntil: '2026-05-31T00:00:00Z' }).thenRefused('rotation-gap');
    given(registered, added('k1')).when({ ...command, overlapUntil: '2027-02-01T00:00:00Z' }).thenRefused('rotation-prolongs');
    given(registered, added('k1')).when({ ...command, replaces: 'k0' }).thenRefused('key-not-found', 'replaces');
    given(registered, added('k1'), revoked('k1', NOW)).when(command).thenRefused('key-revoked');
  });

  it('is revoked from now or earlier; a revocation moves back and never forward', () => {
    const revoke = (revokedFrom: string) => ({ kind: 'revoke', publisherId, keyId: 'k1', revokedFrom, reason: 'stolen', now: NOW }) as const;
    given(registered, added('k1')).when(revoke(NOW)).then(revoked('k1', NOW));
    given(registered, added('k1'), revoked('k1', NOW)).when(revoke(NOW)).thenNothing();
    given(registered, added('k1'), revoked('k1', NOW)).when(revoke('2026-05-01T00:00:00Z')).then(revoked('k1', '2026-05-01T00:00:00Z'));
    given(registered, added('k1'), revoked('k1', '2026-05-01T00:00:00Z')).when(revoke(NOW)).thenRefused('already-revoked');
    given(registered, added('k1')).when(revoke('2026-06-01T00:00:01Z')).thenRefused('revocation-in-future', 'revokedFrom');
    given(registered).when(revoke(NOW)).thenRefused('key-not-found');
  });
});

describe('whether a key counts', () => {
  const valid = { publicKey: 'x', validFrom: '2026-01-01T00:00:00Z', validUntil: '2027-01-01T00:00:00Z' };
  const stolen = { ...valid, revokedFrom: '2026-06-01T00:00:00Z' };
  it.each([
    ['while it is valid', valid, '2026-03-01T00:00:00Z', '2026-03-01T00:00:01Z', undefined],
    ['in its first moment', valid, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', undefined],
    ['signed too early', valid, '2025-12-31T23:59:59Z', '2026-01-02T00:00:00Z', 'signature-key-not-yet-valid'],
    ['received too early, by a clock ahead', valid, '2026-01-01T00:00:01Z', '2025-12-31T23:59:59Z', 'signature-key-not-yet-valid'],
    ['received in the moment it ends', valid, '2026-12-31T23:59:59Z', '2027-01-01T00:00:00Z', 'signature-key-expired'],
    ['signed before it ended and received after, as a thief would have it', valid, '2026-03-01T00:00:00Z', '2028-01-01T00:00:00Z', 'signature-key-expired'],
    ['signed after it ended, by a clock ahead', valid, '2027-01-01T00:00:01Z', '2026-12-31T23:59:59Z', 'signature-key-expired'],
    ['signed by a clock a little ahead', valid, '2026-03-01T00:05:00Z', '2026-03-01T00:00:00Z', undefined],
    ['signed in the future', valid, '2026-03-01T00:05:01Z', '2026-03-01T00:00:00Z', 'signature-from-future'],
    ['before it was revoked', stolen, '2026-05-31T23:59:58Z', '2026-05-31T23:59:59Z', undefined],
    ['received in the moment it was revoked', stolen, '2026-05-31T23:59:59Z', '2026-06-01T00:00:00Z', 'signature-key-revoked'],
    ['revoked before it was ever valid', { ...valid, revokedFrom: '2025-01-01T00:00:00Z' }, '2026-03-01T00:00:00Z', '2026-03-01T00:00:00Z', 'signature-key-revoked'],
  ])('%s', (_, publisherKey, issued, received, code) => {
    expect(judgeKey('afm/k1', publisherKey, { issuedAtMs: Date.parse(issued), receivedAtMs: Date.parse(received) })?.code).toBe(code);
  });
});

describe('a remit', () => {
  const source = 'urn:qazyna:agency:afm';
  const limited = { sources: [source], grants: [{ agency: 'afm', casePrefixes: ['2471'], acts: ['reported'] }, { pool: 'btcpool-kz', accounts: ['reserve-01'] }, { pool: 'poolb' }] };
  const act = (changes: object = {}) => ({ about: 'case', agency: 'afm', caseNumber: '247100031/1', act: 'reported', ...changes }) as const;
  it.each([
    ['its case', act(), undefined],
    ['a case of another number', act({ caseNumber: '2371' }), 'agency'],
    ['another act', act({ act: 'finality' }), 'agency'],
    ['another agency', act({ agency: 'customs' }), 'agency'],
    ['its account', { about: 'payout', pool: 'btcpool-kz', account: 'reserve-01' } as const, undefined],
    ['another account', { about: 'payout', pool: 'btcpool-kz', account: 'reserve-02' } as const, 'pool'],
    ['any account of a whole pool', { about: 'payout', pool: 'poolb', account: 'x' } as const, undefined],
    ['another pool', { about: 'payout', pool: 'poolc', account: 'x' } as const, 'pool'],
  ])('judges %s', (_, spoken, field) => {
    const refusal = judgeRemit('afm', limited, source, spoken);
    expect(refusal?.field).toBe(field);
    expect(refusal?.code).toBe(field === undefined ? undefined : 'signature-outside-remit');
  });

  it('names the sources it may use', () => {
    expect(judgeRemit('afm', limited, 'urn:qazyna:agency:customs', act())).toMatchObject({ code: 'signature-outside-remit', field: 'source' });
  });
});
