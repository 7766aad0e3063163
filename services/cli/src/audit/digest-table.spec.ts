import { DigestTable } from './digest-table.js';

describe('a digest table', () => {
  it('finds every text it was given with its numbers, and no other, however it grows', () => {
    const table = new DigestTable(2);
    for (let n = 0; n < 20_000; n++) {
      const slot = table.insert(`text ${n}`);
      table.set(slot, 0, n);
      table.set(slot, 1, 0xffff_ffff - n);
    }
    expect(table.size).toBe(20_000);
    const wrong = Array.from({ length: 20_000 }, (_, n) => n).filter((n) => {
      const slot = table.find(`text ${n}`);
      return slot === -1 || table.get(slot, 0) !== n || table.get(slot, 1) !== 0xffff_ffff - n;
    });
    expect(wrong).toEqual([]);
    expect(table.find('text 20000')).toBe(-1);
    expect([...table.slots()]).toHaveLength(20_000);
  });

  it('keeps a text once', () => {
    const table = new DigestTable(1);
    table.set(table.insert('a'), 0, 7);
    expect(table.get(table.insert('a'), 0)).toBe(7);
    expect(table.size).toBe(1);
  });
});
