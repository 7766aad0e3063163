import type { ScreeningListUpdated } from '@qazyna/contracts';
import { specification } from '@qazyna/testing';
import { screeningListDecider, type UpdateList } from './screening-list.js';

const [A, B] = ['aa'.repeat(32), 'bb'.repeat(32)];
const update = (changes: Partial<ScreeningListUpdated> = {}): UpdateList['update'] => ({
  list: 'ofac', format: 'ofac-sdn', version: '2024-09-27', sha256: A, contentSha256: A, parts: 1, entries: 10, added: 10, removed: 0, unrecognised: 0, types: ['XBT'], ...changes,
});
const command = (changes: Partial<UpdateList> = {}): UpdateList => ({ update: update(), perType: { XBT: 10 }, comparedWith: undefined, mayShrink: false, ...changes });
const first = { type: 'intake.screening-list-updated', data: update() } as const;
const { given } = specification(screeningListDecider);

describe('a screening list', () => {
  it('names the version before', () => {
    given().when(command()).then(first);
    const next = update({ sha256: B, contentSha256: B, version: '2024-10-01' });
    given(first).when(command({ update: next, comparedWith: A })).then({ type: 'intake.screening-list-updated', data: { ...next, previousVersion: '2024-09-27', previousContentSha256: A } });
  });

  it('is the same when the same file comes again', () => given(first).when(command({ comparedWith: A })).thenNothing());

  it('raises an alert for a type never seen before, once', () => {
    const types = ['QZN', 'XBT'];
    const alert = { type: 'intake.screening-type-unknown', data: { list: 'ofac', version: '2024-09-27', addressType: 'QZN', entries: 3 } } as const;
    given().when(command({ update: update({ types }), perType: { XBT: 7, QZN: 3 } })).then({ ...first, data: update({ types }) }, alert);
    const next = update({ types, sha256: B, contentSha256: B });
    given({ ...first, data: update({ types }) }, alert)
      .when(command({ update: next, comparedWith: A }))
      .then({ type: 'intake.screening-list-updated', data: { ...next, previousVersion: '2024-09-27', previousContentSha256: A } });
  });

  it('does not lose most of its entries unless an officer says so', () => {
    const next = update({ sha256: B, contentSha256: B, entries: 4 });
    given(first).when(command({ update: next, comparedWith: A })).thenRefused('list-shrinks', 'mayShrink');
    given(first).when(command({ update: next, comparedWith: A, mayShrink: true })).then({ type: 'intake.screening-list-updated', data: { ...next, previousVersion: '2024-09-27', previousContentSha256: A } });
  });

  it('refuses what was counted against another version than the last', () => given(first).when(command({ update: update({ sha256: B }), comparedWith: B })).thenRefused('list-conflict', 'list'));

  it('is not changed by a comparison', () =>
    given(first, { type: 'intake.screening-rescreened', data: { list: 'ofac', version: '2024-09-27', contentSha256: A, addresses: 1, changed: 0 } }).when(command({ comparedWith: A })).thenNothing());
});
