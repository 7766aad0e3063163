import type { DatabaseSync } from 'node:sqlite';

const SAMPLES_MAX = 10;
const ROWS_A_TURN = 2_000;

/** A row of one file that the other does not have in the same place. */
export interface DifferentRow {
  readonly table: string;
  /** 1 for the first row. */
  readonly row: number;
  /** As JSON; absent where the table has ended. */
  readonly before?: string;
  readonly after?: string;
}

export interface ViewComparison {
  readonly rows: number;
  readonly differences: number;
  /** The first of them. */
  readonly samples: readonly DifferentRow[];
}

/**
 * Compares two files of one view, table by table and row by row, in the order the rows were written: the same events
 * give the same rows. Nothing may write to either meanwhile; the event loop runs on between chunks of rows.
 */
export async function compareViews(before: DatabaseSync, after: DatabaseSync): Promise<ViewComparison> {
  const samples: DifferentRow[] = [];
  let rows = 0;
  let differences = 0;
  for (const table of tablesOf(before, after)) {
    const left = rowsOf(before, table);
    const right = rowsOf(after, table);
    for (let row = 1; ; row++) {
      const [was, is] = [left.next(), right.next()];
      if (was.done === true && is.done === true) break;
      rows += 1;
      const [wasText, isText] = [was.done === true ? undefined : JSON.stringify(was.value), is.done === true ? undefined : JSON.stringify(is.value)];
      if (wasText !== isText) {
        differences += 1;
        if (samples.length < SAMPLES_MAX) samples.push({ table, row, ...(wasText === undefined ? {} : { before: wasText }), ...(isText === undefined ? {} : { after: isText }) });
      }
      if (rows % ROWS_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return { rows, differences, samples };
}

function tablesOf(...files: readonly DatabaseSync[]): readonly string[] {
  const names = files.flatMap((db) => db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'read_model'`).all());
  return [...new Set(names.map(({ name }) => name as string))].sort();
}

function rowsOf(db: DatabaseSync, table: string): Iterator<unknown> {
  const exists = db.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?`).get(table) !== undefined;
  return exists ? db.prepare(`SELECT * FROM "${table}"`).iterate() : [][Symbol.iterator]();
}
