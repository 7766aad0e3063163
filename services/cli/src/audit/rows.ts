import type { SQLOutputValue } from 'node:sqlite';

/** A row of a table: its key columns first, in the order the rows are sorted by. */
export type Row = readonly SQLOutputValue[];

export interface RowDifference {
  readonly kind: 'lacking' | 'surplus' | 'differing';
  readonly key: Row;
  /** Columns that differ, by their places in the row. */
  readonly columns: readonly number[];
}

/**
 * Compares two tables row by row, both sorted by their first `keyWidth` columns as SQLite sorts them. Holds one row of each.
 * @param expected what must be there @param actual what is there
 */
export function* compareRows(keyWidth: number, expected: Iterator<Row>, actual: Iterator<Row>): Generator<RowDifference> {
  let wanted = expected.next();
  let found = actual.next();
  while (wanted.done !== true || found.done !== true) {
    const order = wanted.done === true ? 1 : found.done === true ? -1 : compareKeys(keyWidth, wanted.value, found.value);
    if (order < 0) {
      yield { kind: 'lacking', key: keyOf(wanted.value as Row, keyWidth), columns: [] };
      wanted = expected.next();
    } else if (order > 0) {
      yield { kind: 'surplus', key: keyOf(found.value as Row, keyWidth), columns: [] };
      found = actual.next();
    } else {
      const [right, left] = [wanted.value as Row, found.value as Row];
      const columns = right.flatMap((value, index) => (compareValues(value, left[index] ?? null) === 0 ? [] : [index]));
      if (columns.length > 0) yield { kind: 'differing', key: keyOf(right, keyWidth), columns };
      wanted = expected.next();
      found = actual.next();
    }
  }
}

function keyOf(row: Row, keyWidth: number): Row {
  return row.slice(0, keyWidth);
}

function compareKeys(keyWidth: number, a: Row, b: Row): number {
  for (let column = 0; column < keyWidth; column++) {
    const order = compareValues(a[column] ?? null, b[column] ?? null);
    if (order !== 0) return order;
  }
  return 0;
}

/** SQLite's order: NULL, then numbers, text by its bytes, blobs. */
function compareValues(a: SQLOutputValue, b: SQLOutputValue): number {
  const [rankA, rankB] = [rankOf(a), rankOf(b)];
  if (rankA !== rankB) return rankA - rankB;
  if (typeof a === 'string' && typeof b === 'string') return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
  if (a === null || b === null) return 0;
  return a === b ? 0 : a < b ? -1 : 1;
}

function rankOf(value: SQLOutputValue): number {
  if (value === null) return 0;
  if (typeof value === 'string') return 2;
  return value instanceof Uint8Array ? 3 : 1;
}
