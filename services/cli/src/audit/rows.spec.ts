import { compareRows, type Row } from './rows.js';

const compare = (expected: readonly Row[], actual: readonly Row[]): unknown[] => [...compareRows(1, expected.values(), actual.values())];

describe('two tables', () => {
  it('are the same row by row, or tell where they are not', () => {
    const rows: Row[] = [[1n, 'a'], [2n, 'b'], [4n, null]];
    expect(compare(rows, rows)).toEqual([]);
    expect(compare(rows, [[1n, 'a'], [2n, 'B'], [3n, 'c']])).toEqual([
      { kind: 'differing', key: [2n], columns: [1] },
      { kind: 'surplus', key: [3n], columns: [] },
      { kind: 'lacking', key: [4n], columns: [] },
    ]);
    expect(compare([], [[1n]])).toEqual([{ kind: 'surplus', key: [1n], columns: [] }]);
    expect(compare([[1n]], [])).toEqual([{ kind: 'lacking', key: [1n], columns: [] }]);
  });

  it('are read in the order of SQLite, whose text is sorted by its bytes and not by its UTF-16 units', () => {
    const sorted: Row[] = [[null], [3n], ['\uff61'], ['\u{1f600}'], [Buffer.from([1])]];
    expect(compare(sorted, sorted.filter((_, index) => index !== 2))).toEqual([{ kind: 'lacking', key: ['\uff61'], columns: [] }]);
  });
});
