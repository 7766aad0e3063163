import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { EntryIds } from './entry-ids.js';

describe('the ids of a journal', () => {
  it('are known exactly, however many there are', () => {
    const ids = new EntryIds(2);
    const added = Array.from({ length: 20_000 }, () => randomUUID());
    for (const id of added) ids.add(id);
    for (const id of added) ids.add(id);
    expect(ids.size).toBe(added.length);
    expect(added.every((id) => ids.has(id))).toBe(true);
    expect(Array.from({ length: 1_000 }, () => randomUUID()).some((id) => ids.has(id))).toBe(false);
  });

  it('answer as a set does', () => {
    fc.assert(
      fc.property(fc.array(fc.uuid()), fc.array(fc.uuid()), (added, asked) => {
        const ids = new EntryIds(2);
        const set = new Set(added);
        for (const id of added) ids.add(id);
        return ids.size === set.size && [...added, ...asked].every((id) => ids.has(id) === set.has(id));
      }),
    );
  });

  it('tell ids apart that differ in one digit', () => {
    const ids = new EntryIds();
    ids.add('00000000-0000-5000-8000-000000000001');
    expect(ids.has('00000000-0000-5000-8000-000000000002')).toBe(false);
    expect(ids.has('10000000-0000-5000-8000-000000000001')).toBe(false);
  });
});
